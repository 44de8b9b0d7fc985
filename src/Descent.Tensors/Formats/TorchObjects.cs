using System.Text;

namespace Descent.Tensors.Formats;

/// <summary>What the globals of a checkpoint make: tensors over its storages, and plain containers.</summary>
/// <param name="file">The name for messages.</param>
/// <param name="length">Bytes of the file; the storages together cannot take more.</param>
/// <param name="bytesOf">Bytes of a storage that the file holds, or null where that is not known yet.</param>
sealed class TorchObjects(string file, long length, Func<string, long?> bytesOf)
{
    long _bytes;

    internal OrderedDictionary<string, TorchStorage> Storages { get; } = [];

    /// <summary><c>('storage', type, key, location, elements)</c>, in the stream format with a sixth item.</summary>
    internal TorchStorage PersistentId(object? id, long at)
    {
        if (id is not object?[] { Length: 5 or 6 } parts || parts[0] is not "storage" || parts[1] is not PickleGlobal { Kind: GlobalKind.Storage } global ||
            parts[2] is not string key || parts[4] is not long elements || elements < 0)
            throw Damage.At(file, at, "a persistent id is none of a storage: ('storage', type, key, location, elements).");
        if (parts.Length == 6 && parts[5] is not null) throw Damage.At(file, at, "a storage is a view of another, as PyTorch wrote before 0.4. Load and save it again with a later one.");
        if (Storages.TryGetValue(key, out var known))
            return known.Type == global.Type && known.Elements.Elements == elements ? known
                : throw Damage.At(file, at, $"the storage {Damage.Quote(key)} has two types or sizes.");
        var type = global.Type ?? StoredType.UInt8;
        if (elements > int.MaxValue) throw Damage.At(file, at, $"the storage {Damage.Quote(key)} has {elements} elements; a tensor holds at most {int.MaxValue}.");
        long bytes = elements * type.Size;
        if ((_bytes += bytes) > length || (bytesOf(key) is { } there && there != bytes))
            throw Damage.At(file, at, $"the storage {Damage.Quote(key)} is to have {bytes} bytes, which the file does not hold for it.");
        var storage = new TorchStorage(key, global.Type, Tensor.Uninitialized([(int)elements], type.Loaded));
        Storages.Add(key, storage);
        return storage;
    }

    internal object? Call(PickleGlobal function, object?[] arguments, long at)
    {
        InvalidDataException Bad(string what) => Damage.At(file, at, $"{function.Name}: {what}");
        switch (function.Kind, arguments)
        {
            case (GlobalKind.Dictionary, []): return new OrderedDictionary<object, object?>();
            case (GlobalKind.Dictionary or GlobalKind.CountedDictionary, [OrderedDictionary<object, object?> d]): return new OrderedDictionary<object, object?>(d);
            case (GlobalKind.CountedDictionary, []): return new OrderedDictionary<object, object?>();
            case (GlobalKind.List or GlobalKind.Set, []): return new List<object?>();
            case (GlobalKind.List or GlobalKind.Set, [List<object?> items]): return new List<object?>(items);
            case (GlobalKind.List or GlobalKind.Set, [object?[] items]): return new List<object?>(items);
            case (GlobalKind.Tuple, []): return Array.Empty<object?>();
            case (GlobalKind.Tuple, [object?[] items]): return items;
            case (GlobalKind.Tuple, [List<object?> items]): return items.ToArray();
            case (GlobalKind.Encode, [string text, "latin1" or "latin-1"]):
                return text.All(c => c < 256) ? Encoding.Latin1.GetBytes(text) : throw Bad("a character is above 255.");
            case (GlobalKind.Device, [string type]): return type;
            case (GlobalKind.Device, [string type, long index]): return $"{type}:{index}";
            case (GlobalKind.RebuildTensor, [TorchStorage { Type: not null } storage, long start, object?[] sizes, object?[] strides, ..]) when arguments.Length <= 7:
                return storage.View(start, sizes, strides, Bad);
            case (GlobalKind.RebuildTensorTyped, [TorchStorage storage, long start, object?[] sizes, object?[] strides, _, _, PickleGlobal { Kind: GlobalKind.Element } element, ..]):
                if (storage.Type is { } type1 ? type1 != element.Type : element.Type != StoredType.UInt8)
                    throw Bad($"bytes seen as {element.Name} are not supported. Save with a typed storage.");
                return storage.View(start, sizes, strides, Bad);
            case (GlobalKind.RebuildParameter, [Tensor x, bool, ..]) when arguments.Length <= 4: return x;
            default: throw Bad($"the {arguments.Length} arguments are not those it takes.");
        }
    }
}
