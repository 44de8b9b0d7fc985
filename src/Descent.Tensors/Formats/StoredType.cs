namespace Descent.Tensors.Formats;

/// <summary>
/// How elements lie in a file: as one of the tensor types, or as an integer that tensors do not have and that is
/// widened on loading.
/// </summary>
enum StoredType : byte
{
    Float32, Float64, Float16, BFloat16, Int64, Int32, Int8, UInt8, Bool,
    Int16, UInt16, UInt32, UInt64,
}

static class StoredTypes
{
    extension(StoredType type)
    {
        /// <summary>Bytes of one element in the file.</summary>
        internal int Size => type switch
        {
            StoredType.Int16 or StoredType.UInt16 => 2,
            StoredType.UInt32 => 4,
            StoredType.UInt64 => 8,
            _ => ((DType)type).Size,
        };

        /// <summary>Whether the elements are converted on loading.</summary>
        internal bool IsWidened => type >= StoredType.Int16;

        /// <summary>The type of the tensor: Int16 and UInt16 become Int32, UInt32 and UInt64 become Int64.</summary>
        internal DType Loaded => type switch
        {
            StoredType.Int16 or StoredType.UInt16 => DType.Int32,
            StoredType.UInt32 or StoredType.UInt64 => DType.Int64,
            _ => (DType)type,
        };
    }
}
