namespace Descent.Tensors;

/// <summary>The element type of a tensor.</summary>
public enum DType : byte
{
    /// <summary>IEEE 754 binary32; the default.</summary>
    Float32,
    /// <summary>IEEE 754 binary64.</summary>
    Float64,
    /// <summary>IEEE 754 binary16; stored as such, computed in float32.</summary>
    Float16,
    /// <summary>The upper half of a binary32; stored as such, computed in float32.</summary>
    BFloat16,
    /// <summary>64-bit signed integer; the type of labels and indices.</summary>
    Int64,
    /// <summary>32-bit signed integer.</summary>
    Int32,
    /// <summary>8-bit signed integer.</summary>
    Int8,
    /// <summary>8-bit unsigned integer.</summary>
    UInt8,
    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}

/// <summary>Sizes, categories and promotion of element types.</summary>
public static class DTypes
{
    extension(DType type)
    {
        /// <summary>Bytes of one element.</summary>
        public int Size => type switch
        {
            DType.Float64 or DType.Int64 => 8,
            DType.Float32 or DType.Int32 => 4,
            DType.Float16 or DType.BFloat16 => 2,
            _ => 1,
        };

        /// <summary>Float16, BFloat16, Float32 or Float64.</summary>
        public bool IsFloatingPoint => type <= DType.BFloat16;

        /// <summary>Float16 or BFloat16, which are stored narrow and computed in float32.</summary>
        public bool IsReduced => type is DType.Float16 or DType.BFloat16;

        /// <summary>Int64, Int32, Int8 or UInt8.</summary>
        public bool IsInteger => type is >= DType.Int64 and <= DType.UInt8;
    }

    extension(DType)
    {
        /// <summary>The element type that .NET's <typeparamref name="T"/> stands for.</summary>
        /// <exception cref="NotSupportedException">No element type corresponds to <typeparamref name="T"/>.</exception>
        public static DType Of<T>()
        {
            if (typeof(T) == typeof(float)) return DType.Float32;
            if (typeof(T) == typeof(double)) return DType.Float64;
            if (typeof(T) == typeof(long)) return DType.Int64;
            if (typeof(T) == typeof(int)) return DType.Int32;
            if (typeof(T) == typeof(bool)) return DType.Bool;
            if (typeof(T) == typeof(byte)) return DType.UInt8;
            if (typeof(T) == typeof(sbyte)) return DType.Int8;
            if (typeof(T) == typeof(Half)) return DType.Float16;
            if (typeof(T) == typeof(BFloat16)) return DType.BFloat16;
            throw new NotSupportedException($"No tensor element type corresponds to {typeof(T).Name}. " +
                "Expected float, double, Half, BFloat16, long, int, sbyte, byte or bool.");
        }

        /// <summary>
        /// The type of a result of two operands, as PyTorch promotes: the higher category (bool, integer, floating)
        /// wins; within one, the wider type; Int8 with UInt8 (Int32, there being no Int16) and Float16 with BFloat16 widen to a type that holds both.
        /// </summary>
        public static DType Promote(DType a, DType b)
        {
            if (a == b) return a;
            if (a == DType.Bool) return b;
            if (b == DType.Bool) return a;
            if (a.IsFloatingPoint != b.IsFloatingPoint) return a.IsFloatingPoint ? a : b;
            if (a.IsFloatingPoint)
                return a == DType.Float64 || b == DType.Float64 ? DType.Float64 : DType.Float32;
            if (a == DType.Int64 || b == DType.Int64) return DType.Int64;
            if (a == DType.Int32 || b == DType.Int32) return DType.Int32;
            return DType.Int32;
        }

        /// <summary>
        /// The type of a result of a tensor and a number: the number changes the type only if its category is higher,
        /// and then to the default of that category.
        /// </summary>
        public static DType Promote(DType tensor, Scalar number)
        {
            if (tensor.IsFloatingPoint) return tensor;
            if (number.IsFloatingPoint) return Tensor.DefaultDType;
            if (tensor == DType.Bool && !number.IsBool) return DType.Int64;
            return tensor;
        }
    }
}
