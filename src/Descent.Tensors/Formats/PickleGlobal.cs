namespace Descent.Tensors.Formats;

/// <summary>What the allow-listed names of Python stand for.</summary>
enum GlobalKind { Dictionary, CountedDictionary, List, Tuple, Set, Encode, Storage, Element, Device, RebuildTensor, RebuildTensorTyped, RebuildParameter }

/// <summary>A name of Python that a checkpoint may mention. Nothing is looked up or executed.</summary>
sealed record PickleGlobal(string Name, GlobalKind Kind, StoredType? Type = null)
{
    static readonly Dictionary<string, PickleGlobal> s_allowed = All().ToDictionary(g => g.Name);

    internal static PickleGlobal? Find(string name) => s_allowed.GetValueOrDefault(name);

    static IEnumerable<PickleGlobal> All()
    {
        yield return new("collections.OrderedDict", GlobalKind.Dictionary);
        yield return new("collections.Counter", GlobalKind.CountedDictionary);
        foreach (string builtins in (string[])["builtins", "__builtin__"])
        {
            yield return new($"{builtins}.dict", GlobalKind.Dictionary);
            yield return new($"{builtins}.list", GlobalKind.List);
            yield return new($"{builtins}.tuple", GlobalKind.Tuple);
            yield return new($"{builtins}.set", GlobalKind.Set);
            yield return new($"{builtins}.frozenset", GlobalKind.Set);
        }
        yield return new("_codecs.encode", GlobalKind.Encode);
        yield return new("torch.Size", GlobalKind.Tuple);
        yield return new("torch.device", GlobalKind.Device);
        yield return new("torch._utils._rebuild_tensor", GlobalKind.RebuildTensor);
        yield return new("torch._utils._rebuild_tensor_v2", GlobalKind.RebuildTensor);
        yield return new("torch._utils._rebuild_tensor_v3", GlobalKind.RebuildTensorTyped);
        yield return new("torch._utils._rebuild_parameter", GlobalKind.RebuildParameter);
        yield return new("torch._utils._rebuild_parameter_with_state", GlobalKind.RebuildParameter);
        foreach (var (storage, dtype, type) in ((string, string, StoredType)[])
        [
            ("FloatStorage", "float32", StoredType.Float32), ("DoubleStorage", "float64", StoredType.Float64),
            ("HalfStorage", "float16", StoredType.Float16), ("BFloat16Storage", "bfloat16", StoredType.BFloat16),
            ("LongStorage", "int64", StoredType.Int64), ("IntStorage", "int32", StoredType.Int32),
            ("ShortStorage", "int16", StoredType.Int16), ("CharStorage", "int8", StoredType.Int8),
            ("ByteStorage", "uint8", StoredType.UInt8), ("BoolStorage", "bool", StoredType.Bool),
        ])
        {
            yield return new($"torch.{storage}", GlobalKind.Storage, type);
            yield return new($"torch.{dtype}", GlobalKind.Element, type);
        }
        yield return new("torch.uint16", GlobalKind.Element, StoredType.UInt16);
        yield return new("torch.uint32", GlobalKind.Element, StoredType.UInt32);
        yield return new("torch.uint64", GlobalKind.Element, StoredType.UInt64);
        yield return new("torch.storage.UntypedStorage", GlobalKind.Storage);
        yield return new("torch.UntypedStorage", GlobalKind.Storage);
    }
}
