using System.Numerics;

namespace Descent.Tensors.Kernels;

readonly struct EqualKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = a[i] == b[i] ? (byte)1 : (byte)0;
    }
}

readonly struct NotEqualKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = a[i] != b[i] ? (byte)1 : (byte)0;
    }
}

readonly struct LessKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = a[i] < b[i] ? (byte)1 : (byte)0;
    }
}

readonly struct LessOrEqualKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = a[i] <= b[i] ? (byte)1 : (byte)0;
    }
}

readonly struct GreaterKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = a[i] > b[i] ? (byte)1 : (byte)0;
    }
}

readonly struct GreaterOrEqualKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = a[i] >= b[i] ? (byte)1 : (byte)0;
    }
}

/// <summary>Whether a is not zero and b is not zero.</summary>
readonly struct LogicalAndKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = (a[i] != T.Zero) & (b[i] != T.Zero) ? (byte)1 : (byte)0;
    }
}

/// <summary>Whether a is not zero or b is not zero.</summary>
readonly struct LogicalOrKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = (a[i] != T.Zero) | (b[i] != T.Zero) ? (byte)1 : (byte)0;
    }
}

/// <summary>Whether a is not zero xor b is not zero.</summary>
readonly struct LogicalXorKernel : ICompareKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = (a[i] != T.Zero) ^ (b[i] != T.Zero) ? (byte)1 : (byte)0;
    }
}
