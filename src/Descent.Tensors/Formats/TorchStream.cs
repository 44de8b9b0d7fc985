using System.Buffers.Binary;
using System.Numerics;

namespace Descent.Tensors.Formats;

/// <summary>
/// The older format: pickles of a magic number, the protocol, facts about the machine, the value and the keys of its
/// storages, then each storage as its number of elements and their bytes.
/// </summary>
static class TorchStream
{
    const long Protocol = 1001;

    static readonly BigInteger s_magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    internal static object? Read(Stream stream, string file)
    {
        if (stream.Length > Array.MaxLength)
            throw Damage.At(file, 0, $"the file has {stream.Length} bytes, more than is read of the stream format. Save it again with PyTorch 1.6 or later.");
        var data = new byte[stream.Length];
        stream.ReadExactly(data);

        var objects = new TorchObjects(file, data.Length, _ => null);
        var pickle = new PickleReader(file, data, 0, objects);
        if (pickle.Read(0) is not BigInteger magic || magic != s_magic) throw Damage.At(file, 0, "the file does not start as those of torch.save do.");
        if (pickle.Read(pickle.Position) is not Protocol) throw Damage.At(file, pickle.Position, $"the protocol is not {Protocol}.");
        if (pickle.Read(pickle.Position) is not OrderedDictionary<object, object?> system || system.GetValueOrDefault("little_endian") is not bool isLittleEndian)
            throw Damage.At(file, pickle.Position, "the pickle before here does not tell the byte order.");
        object? root = pickle.Read(pickle.Position);
        int count = objects.Storages.Count;
        if (pickle.Read(pickle.Position) is not List<object?> keys || keys.Count != count || objects.Storages.Count != count)
            throw Damage.At(file, pickle.Position, $"the pickle before here does not list the keys of the {count} storages.");

        int at = pickle.Position;
        var read = new HashSet<string>();
        foreach (object? item in keys)
        {
            if (item is not string key || !objects.Storages.TryGetValue(key, out var storage) || !read.Add(key))
                throw Damage.At(file, at, "a storage is listed that no tensor uses, or twice.");
            if (data.Length - at < 8) throw Damage.At(file, data.Length, "the storages are cut off.");
            long elements = isLittleEndian ? BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(at)) : BinaryPrimitives.ReadInt64BigEndian(data.AsSpan(at));
            if (elements != storage.Elements.Elements) throw Damage.At(file, at, $"the storage {Damage.Quote(key)} has {elements} elements. Expected {storage.Elements.Elements}.");
            at += 8;
            var type = storage.Type ?? StoredType.UInt8;
            using var from = new MemoryStream(data, at, data.Length - at, writable: false);
            ElementStream.Read(storage.Elements, from, type, !isLittleEndian, file, at);
            at += (int)(elements * type.Size);
        }
        if (at != data.Length) throw Damage.At(file, at, "something follows the last storage.");
        return root;
    }
}
