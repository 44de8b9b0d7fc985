using Descent.Tensors;

namespace Descent.NN;

/// <summary>Square one-channel images with labels, part of them held out.</summary>
sealed class ImageSet
{
    const int DrawnSize = 28;
    const float Mean = 0.1307f, Deviation = 0.3081f;

    /// <summary>A black pixel as the models see it.</summary>
    internal const float Ground = -Mean / Deviation;

    readonly byte[] _heldOutPixels;

    ImageSet(string description, int size, int classes, TensorDataset train, TensorDataset heldOut, byte[] heldOutPixels) =>
        (Description, Size, Classes, Train, HeldOut, _heldOutPixels) = (description, size, classes, train, heldOut, heldOutPixels);

    internal string Description { get; }
    internal int Size { get; }
    internal int Classes { get; }
    internal TensorDataset Train { get; }
    internal TensorDataset HeldOut { get; }

    /// <summary>Held-out image <paramref name="index"/> as it was before normalisation.</summary>
    internal PngImage Picture(int index) => new(Size, Size, 1, _heldOutPixels[(index * Size * Size)..((index + 1) * Size * Size)]);

    /// <summary>A folder of IDX files, or digits drawn on the spot.</summary>
    /// <param name="folder">The folder, or null.</param>
    /// <param name="drawn">Digits to draw.</param>
    /// <param name="seed">What they are drawn from.</param>
    /// <param name="range">What black and white become; null takes MNIST's mean and deviation out.</param>
    /// <exception cref="IOException">The files cannot be read.</exception>
    /// <exception cref="InvalidDataException">They are damaged, or no square gray images.</exception>
    internal static ImageSet Load(string? folder, int drawn, ulong seed, (float Black, float White)? range = null)
    {
        // A pixel p from 0 to 1 becomes (p − mean) / deviation.
        var (mean, deviation) = range is { } r ? (-r.Black / (r.White - r.Black), 1 / (r.White - r.Black)) : (Mean, Deviation);
        if (folder is null)
        {
            var (pixels, labels) = Digits.Generate(drawn, seed, DrawnSize);
            return Split("drawn digits", DrawnSize, pixels, labels, heldOut: drawn / 6, mean, deviation);
        }
        var found = IdxFolder.Find(folder);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        if (found is { Train: { } train, Test: { } test })
        {
            var (a, b) = (Read(train), Read(test));
            if (a.Size != b.Size) throw new InvalidDataException($"{folder}: the training images are {a.Size} pixels wide, the test images {b.Size}; expected the same.");
            return Build(name, a.Size, a.Pixels, a.Labels, b.Pixels, b.Labels, mean, deviation);
        }
        // One pair alone: its last tenth is held out.
        var only = Read(found.Train ?? found.Test!);
        return Split(name, only.Size, only.Pixels, only.Labels, heldOut: only.Labels.Length / 10, mean, deviation);
    }

    static (int Size, byte[] Pixels, byte[] Labels) Read(IdxPair pair)
    {
        var (images, labels) = pair.Read();
        if (images.Dims is not [_, var h, var w] || h != w || h < 4 || images.Type != IdxType.UInt8 || labels.Type != IdxType.UInt8)
            throw new InvalidDataException($"{pair.Images}: holds {images.Type} ({string.Join(", ", images.Dims)}); expected bytes of shape (count, size, size), size at least 4.");
        return (h, images.AsSpan<byte>().ToArray(), labels.AsSpan<byte>().ToArray());
    }

    static ImageSet Split(string name, int size, byte[] pixels, byte[] labels, int heldOut, float mean, float deviation)
    {
        int train = labels.Length - heldOut, area = size * size;
        if (train < 1 || heldOut < 1) throw new InvalidDataException($"{name}: {labels.Length} images are too few to train on and hold some out.");
        return Build(name, size, pixels[..(train * area)], labels[..train], pixels[(train * area)..], labels[train..], mean, deviation);
    }

    static ImageSet Build(string name, int size, byte[] trainPixels, byte[] trainLabels, byte[] heldPixels, byte[] heldLabels, float mean, float deviation)
    {
        int classes = Math.Max(trainLabels.Max(), heldLabels.Max()) + 1;
        TensorDataset Tensors(byte[] pixels, byte[] labels) => IdxDataset.ToDataset(pixels, size, size, 1, labels, mean, deviation);
        return new(name, size, classes, Tensors(trainPixels, trainLabels), Tensors(heldPixels, heldLabels), heldPixels);
    }

    /// <summary>Bytes as the models see them: <c>(N, 1, size, size)</c>, with MNIST's mean and deviation taken out.</summary>
    internal static Tensor Normalize(ReadOnlySpan<byte> pixels, int size) => IdxDataset.ToInputs(pixels, size, size, 1, Mean, Deviation);
}
