using System.Numerics;
using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

readonly struct AddKernel : IBinaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Add(a, b, y);
    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Add(a, b, y);
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Add(b, a, y);
}

readonly struct SubtractKernel : IBinaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Subtract(a, b, y);
    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Subtract(a, b, y);
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Subtract(a, b, y);
}

readonly struct MultiplyKernel : IBinaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Multiply(a, b, y);
    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Multiply(a, b, y);
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Multiply(b, a, y);
}

readonly struct DivideKernel : IBinaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Divide(a, b, y);
    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Divide(a, b, y);
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Divide(a, b, y);
}

readonly struct MaximumKernel : IBinaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Max(a, b, y);
    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Max(a, b, y);
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Max(b, a, y);
}

readonly struct MinimumKernel : IBinaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Min(a, b, y);
    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Min(a, b, y);
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Min(b, a, y);
}

/// <summary>The remainder with the dividend's sign.</summary>
readonly struct FmodFunction : INumberFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => b == -T.One ? a % T.One : a % b;
}

/// <summary>The remainder with the divisor's sign.</summary>
readonly struct RemainderFunction : INumberFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T r = b == -T.One ? a % T.One : a % b;
        return r != T.Zero && T.IsNegative(r) != T.IsNegative(b) ? r + b : r;
    }
}

/// <summary>The quotient rounded to minus infinity; of floating numbers, that of the exact remainder.</summary>
readonly struct FloorDivideFunction : INumberFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
        {
            if (b == -T.One) return -a;
            T q = a / b;
            return a % b != T.Zero && T.IsNegative(a) != T.IsNegative(b) ? q - T.One : q;
        }
        if (b == T.Zero) return a / b;
        T r = a % b, quotient = (a - r) / b;
        if (r != T.Zero && T.IsNegative(r) != T.IsNegative(b)) quotient -= T.One;
        // (a − r) / b is whole but for rounding.
        if (quotient == T.Zero) return T.CopySign(T.Zero, a / b);
        T half = T.One / (T.One + T.One), floor = Floor(quotient);
        return quotient - floor > half ? floor + T.One : floor;
    }

    static T Floor<T>(T x) where T : unmanaged, INumber<T> => typeof(T) == typeof(float)
        ? T.CreateTruncating(MathF.Floor(float.CreateTruncating(x)))
        : T.CreateTruncating(Math.Floor(double.CreateTruncating(x)));

}

/// <summary>The quotient rounded to zero.</summary>
readonly struct TruncDivideFunction : INumberFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(float)) return T.CreateTruncating(MathF.Truncate(float.CreateTruncating(a / b)));
        if (typeof(T) == typeof(double)) return T.CreateTruncating(Math.Truncate(double.CreateTruncating(a / b)));
        return b == -T.One ? -a : a / b;
    }
}

/// <summary>The angle of the point (b, a).</summary>
readonly struct Atan2Function : IFloatFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => T.Atan2(a, b);
}

/// <summary>√(a² + b²) without overflow.</summary>
readonly struct HypotFunction : IFloatFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => T.Hypot(a, b);
}

/// <summary>ln(eᵃ + eᵇ).</summary>
readonly struct LogAddExpFunction : IFloatFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (a == b) return a + T.CreateTruncating(0.69314718055994530942);
        T high = T.Max(a, b), low = T.Min(a, b);
        return high + T.CreateTruncating(SpecialFunctions.LogP1(Math.Exp(double.CreateTruncating(low - high))));
    }
}

/// <summary>aᵇ.</summary>
readonly struct PowFunction : IFloatFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => T.Pow(a, b);
}

/// <summary>a · ln b, and 0 where a is 0 and b is a number.</summary>
readonly struct XLogYFunction : IFloatFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => a == T.Zero && !T.IsNaN(b) ? T.Zero : a * T.Log(b);
}

/// <summary>The b-th derivative of digamma at a.</summary>
readonly struct PolygammaFunction : IFloatFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(SpecialFunctions.Polygamma(double.CreateTruncating(a), int.CreateTruncating(b)));
}

/// <summary>aᵇ by squaring, wrapping around; a negative exponent leaves 0 but for a of ±1.</summary>
readonly struct IntegerPowFunction : IIntegerFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IBinaryInteger<T>
    {
        if (T.IsNegative(b)) return a == T.One ? a : a + T.One == T.Zero ? (T.IsOddInteger(b) ? a : T.One) : T.Zero;
        T y = T.One;
        for (; b > T.Zero; b >>= 1, a *= a)
            if (T.IsOddInteger(b)) y *= a;
        return y;
    }
}

/// <summary>Bit by bit and.</summary>
readonly struct BitwiseAndFunction : IIntegerFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IBinaryInteger<T> => a & b;
}

/// <summary>Bit by bit or.</summary>
readonly struct BitwiseOrFunction : IIntegerFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IBinaryInteger<T> => a | b;
}

/// <summary>Bit by bit xor.</summary>
readonly struct BitwiseXorFunction : IIntegerFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IBinaryInteger<T> => a ^ b;
}

/// <summary>a · 2ᵇ, wrapping around.</summary>
readonly struct ShiftLeftFunction : IIntegerFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IBinaryInteger<T> => a << int.CreateTruncating(b);
}

/// <summary>a / 2ᵇ rounded to minus infinity.</summary>
readonly struct ShiftRightFunction : IIntegerFunction2
{
    public static T Value<T>(T a, T b) where T : unmanaged, IBinaryInteger<T> => a >> int.CreateTruncating(b);
}
