using Descent.Tensors;

namespace Descent.NN;

/// <summary>Images and labels of IDX files, as MNIST comes, ready to train on.</summary>
public static class IdxDataset
{
    /// <summary>
    /// Reads a folder of IDX files. Where it holds one pair of images and labels only, the first 80 % train and the
    /// last 20 % test.
    /// </summary>
    /// <param name="folder">A folder as <see cref="IdxFolder"/> finds them.</param>
    /// <param name="mean">Subtracted from the pixels of [0, 1].</param>
    /// <param name="std">Divides what is left.</param>
    /// <exception cref="IOException">The folder or a file cannot be read, or a pair is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or images and labels do not belong together.</exception>
    public static (TensorDataset Train, TensorDataset Test) Load(string folder, float mean = 0, float std = 1)
    {
        var found = IdxFolder.Find(folder);
        if (found is { Train: { } train, Test: { } test }) return (Read(train, mean, std), Read(test, mean, std));
        var all = Read((found.Train ?? found.Test)!, mean, std);
        int cut = (int)(all.Count * 0.8);
        return (Part(all, 0, cut), Part(all, cut, all.Count - cut));
    }

    /// <summary>Reads one pair: inputs <c>(count, channels, height, width)</c>, float32, and targets <c>(count)</c>, Int64.</summary>
    /// <inheritdoc cref="Load"/>
    public static TensorDataset Read(IdxPair pair, float mean = 0, float std = 1)
    {
        var (images, labels) = pair.Read();
        var dims = images.Dims;
        return ToDataset(images.AsSpan<byte>(), dims[1], dims[2], dims.Length == 4 ? dims[3] : 1, labels.AsSpan<byte>(), mean, std);
    }

    /// <summary>Pictures of bytes, <c>(count, height, width, channels)</c>, and their labels as a set.</summary>
    /// <param name="images">Pixels, one label's picture after the other's.</param>
    /// <param name="labels">One class each.</param>
    /// <inheritdoc cref="Load"/>
    public static TensorDataset ToDataset(ReadOnlySpan<byte> images, int height, int width, int channels, ReadOnlySpan<byte> labels,
        float mean = 0, float std = 1)
    {
        var inputs = ToInputs(images, height, width, channels, mean, std);
        if (inputs.Shape[0] != labels.Length)
            throw new ArgumentException($"{images.Length} bytes are {inputs.Shape[0]} images of {height} × {width} × {channels}, but there are {labels.Length} labels.", nameof(images));
        var targets = Tensor.Empty([labels.Length], DType.Int64);
        var classes = targets.AsSpan<long>();
        for (int i = 0; i < classes.Length; i++) classes[i] = labels[i];
        GC.KeepAlive(targets);
        return new(inputs, targets);
    }

    /// <summary>Pictures of bytes, <c>(count, height, width, channels)</c>, as <c>(count, channels, height, width)</c> of float32.</summary>
    /// <inheritdoc cref="Load"/>
    internal static Tensor ToInputs(ReadOnlySpan<byte> images, int height, int width, int channels, float mean = 0, float std = 1)
    {
        int plane = height * width, size = plane * channels;
        if (size == 0 || images.Length % size != 0)
            throw new ArgumentException($"{images.Length} bytes are no whole number of images of {height} × {width} × {channels}.", nameof(images));
        Span<float> levels = stackalloc float[256];
        for (int i = 0; i < levels.Length; i++) levels[i] = (i / 255f - mean) / std;
        var inputs = Tensor.Empty([images.Length / size, channels, height, width], DType.Float32);
        var pixels = inputs.AsSpan<float>();
        for (int i = 0; i < images.Length; i++)
        {
            // From channels last to channels first.
            int image = i / size, within = i % size;
            pixels[(image * channels + within % channels) * plane + within / channels] = levels[images[i]];
        }
        GC.KeepAlive(inputs);
        return inputs;
    }

    static TensorDataset Part(TensorDataset all, int start, int count) =>
        new(all.Inputs.Narrow(0, start, count), all.Targets.Narrow(0, start, count));
}
