using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Descent.Tensors.Formats;

namespace Descent.Tensors.Tests.Formats;

/// <summary>Writes small checkpoints as <c>torch.save</c> does, and pickles that it never would.</summary>
sealed class TorchWriter
{
    readonly List<byte> _pickle = [];
    readonly List<(string Key, Tensor Elements)> _storages = [];

    internal byte[] Pickle => [.. _pickle];

    internal TorchWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _pickle.AddRange(bytes);
        return this;
    }

    internal TorchWriter Raw(string text) => Raw(Encoding.Latin1.GetBytes(text));

    internal TorchWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Raw("X").Raw(length).Raw(utf8);
    }

    internal TorchWriter Integer(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    internal TorchWriter Global(string module, string name) => Raw($"c{module}\n{name}\n");

    internal TorchWriter Tuple(params long[] values)
    {
        Raw("(");
        foreach (long value in values) Integer(value);
        return Raw("t");
    }

    /// <summary>A tensor over a storage; the storage is written once per key.</summary>
    internal TorchWriter Tensor(string storageType, string key, Tensor elements, long offset, long[] sizes, long[] strides, long? claimed = null)
    {
        if (_storages.All(s => s.Key != key)) _storages.Add((key, elements));
        return Global("torch._utils", "_rebuild_tensor_v2").Raw("((").Text("storage").Global("torch", storageType).Text(key).Text("cpu")
            .Integer(claimed ?? elements.Elements).Raw("tQ").Integer(offset).Tuple(sizes).Tuple(strides).Raw([0x89])
            .Global("collections", "OrderedDict").Raw(")RtR");
    }

    internal byte[] Zip(string byteOrder = "little")
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Put("a/data.pkl", Pickle);
            Put("a/byteorder", Encoding.ASCII.GetBytes(byteOrder));
            foreach (var (key, elements) in _storages) Put($"a/data/{key}", GoldenFiles.Bytes(elements));
            void Put(string name, byte[] bytes)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    internal byte[] Legacy()
    {
        var start = new TorchWriter().Raw(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).Raw(".")
            .Raw(0x80, 2).Raw("M").Raw(0xe9, 3).Raw(".").Raw("}(").Text("little_endian").Raw(0x88).Raw("u.");
        var end = new TorchWriter().Raw("](");
        foreach (var (key, _) in _storages) end.Text(key);
        end.Raw("e.");
        using var data = new MemoryStream();
        foreach (var (_, elements) in _storages)
        {
            data.Write(BitConverter.GetBytes((long)elements.Elements));
            data.Write(GoldenFiles.Bytes(elements));
        }
        return [.. start.Pickle, .. Pickle, .. end.Pickle, .. data.ToArray()];
    }
}
