using System.Numerics;

namespace Descent.Tensors.Formats;

/// <summary>Checkpoints that <c>torch.save</c> wrote: the zip format and the older stream. Nothing in them is executed.</summary>
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
