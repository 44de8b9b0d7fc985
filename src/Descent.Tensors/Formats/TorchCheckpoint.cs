using System.Numerics;

namespace Descent.Tensors.Formats;

/// <summary>
/// Checkpoints as <c>torch.save</c> writes them: the zip format, and of old files the stream. Nothing in them is executed.
/// </summary>
/// <remarks>
/// The pickle inside may name only what makes tensors and plain values. Tensors that share a storage share it after
/// loading; views keep their strides. Everything is loaded into the CPU's memory, and nothing requires gradients.
/// Int16 becomes Int32.
/// </remarks>
public static class TorchCheckpoint
{
    /// <summary>
    /// What was saved: tensors, <c>string</c>, <c>long</c> (<see cref="BigInteger"/> beyond 64 bits), <c>double</c>, <c>bool</c>,
    /// <c>byte[]</c>, null and <see cref="DType"/>; lists and sets as <c>List&lt;object?&gt;</c>, tuples and <c>torch.Size</c> as <c>object?[]</c>,
    /// dictionaries as <c>OrderedDictionary&lt;object, object?&gt;</c>, devices as strings.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged or asks for another global of Python; the message names it and the byte.</exception>
    public static object? Load(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(file, path);
    }

    /// <summary>What was saved, from a file in memory; see <see cref="Load(string)"/>.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or asks for another global of Python; the message names it and the byte.</exception>
    public static object? Load(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var stream = new MemoryStream(file, writable: false);
        return Read(stream, "checkpoint");
    }

    /// <summary>The tensors of a checkpoint, in order, under the keys that lead to them joined by dots: <c>model.fc.weight</c>.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or asks for another global of Python; the message names it and the byte.</exception>
    public static OrderedDictionary<string, Tensor> LoadStateDict(string path) =>
        TorchTree.Flatten(Load(path), path, new FileInfo(path).Length);

    /// <summary>The tensors of a checkpoint in memory; see <see cref="LoadStateDict(string)"/>.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or asks for another global of Python; the message names it and the byte.</exception>
    public static OrderedDictionary<string, Tensor> LoadStateDict(byte[] file) =>
        TorchTree.Flatten(Load(file), "checkpoint", file.Length);

    /// <summary>
    /// Writes a file that <c>torch.load</c> reads, also with <c>weights_only=True</c>; what was there before stays whole until
    /// the new one is on the disk.
    /// </summary>
    /// <param name="path">Where to.</param>
    /// <param name="value">
    /// Tensors, string, int, long, <see cref="BigInteger"/>, float, double, bool, <c>byte[]</c>, <see cref="DType"/>, null; of such, dictionaries,
    /// lists, and <c>object?[]</c> as tuples; pairs of names and tensors as an <c>OrderedDict</c>, which a state dict is. Tensors that
    /// share a storage share it after loading, and keep their strides.
    /// </param>
    /// <exception cref="ArgumentException">The value holds something else, nests deeper than 128, or contains itself.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, object? value) => AtomicFile.Write(path, file => TorchZip.Write(file, value));

    /// <summary>Writes to a stream what <see cref="Load(string)"/> reads; see <see cref="Save(string, object)"/>.</summary>
    /// <exception cref="ArgumentException">The value holds something else, nests deeper than 128, or contains itself.</exception>
    public static void Save(Stream stream, object? value)
    {
        ArgumentNullException.ThrowIfNull(stream);
        TorchZip.Write(stream, value);
    }

    static object? Read(Stream stream, string file)
    {
        Span<byte> start = stackalloc byte[4];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        bool isZip = read == 4 && start.SequenceEqual("PK\x3\x4"u8);
        object? root = isZip ? TorchZip.Read(stream, file) : TorchStream.Read(stream, file);
        return TorchTree.Finish(root, file);
    }
}
