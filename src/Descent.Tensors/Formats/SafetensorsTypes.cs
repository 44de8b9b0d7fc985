namespace Descent.Tensors.Formats;

/// <summary>The element types that the format names, by their size in bits.</summary>
static class SafetensorsTypes
{
    internal readonly record struct Row(int Bits, StoredType? Stored);

    internal static Row? Find(string type) => type switch
    {
        "F64" => new(64, StoredType.Float64),
        "F32" => new(32, StoredType.Float32),
        "F16" => new(16, StoredType.Float16),
        "BF16" => new(16, StoredType.BFloat16),
        "I64" => new(64, StoredType.Int64),
        "I32" => new(32, StoredType.Int32),
        "I16" => new(16, StoredType.Int16),
        "I8" => new(8, StoredType.Int8),
        "U64" => new(64, StoredType.UInt64),
        "U32" => new(32, StoredType.UInt32),
        "U16" => new(16, StoredType.UInt16),
        "U8" => new(8, StoredType.UInt8),
        "BOOL" => new(8, StoredType.Bool),
        "F8_E4M3" or "F8_E5M2" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => new(8, null),
        "F6_E2M3" or "F6_E3M2" => new(6, null),
        "F4" => new(4, null),
        "C64" => new(64, null),
        _ => null,
    };

    internal static string Name(DType type) => type switch
    {
        DType.Float64 => "F64",
        DType.Float32 => "F32",
        DType.Float16 => "F16",
        DType.BFloat16 => "BF16",
        DType.Int64 => "I64",
        DType.Int32 => "I32",
        DType.Int8 => "I8",
        DType.UInt8 => "U8",
        _ => "BOOL",
    };
}
