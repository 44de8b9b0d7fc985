using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>A formula of one floating number, for kernels that have no vector form.</summary>
interface IFloatFunction
{
    static abstract T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>A formula of two floating numbers.</summary>
interface IFloatFunction2
{
    static abstract T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>A formula of two numbers of any type.</summary>
interface INumberFunction2
{
    static abstract T Value<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>A formula of two integers.</summary>
interface IIntegerFunction2
{
    static abstract T Value<T>(T a, T b) where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>A formula as a kernel: element by element.</summary>
readonly struct Each<F> : IUnaryKernel where F : struct, IFloatFunction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = F.Value(x[i]);
    }
}

/// <summary>A formula of two numbers as a kernel.</summary>
readonly struct EachPair<F> : IBinaryKernel where F : struct, INumberFunction2
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = F.Value(a[i], b[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = F.Value(a[i], b);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = F.Value(a, b[i]);
    }
}

/// <summary>A formula of two floating numbers as a kernel; callers convert integers first.</summary>
readonly struct EachFloatPair<F> : IBinaryKernel where F : struct, IFloatFunction2
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(float)) Loop(Span<T, float>(a), Span<T, float>(b), Span<T, float>(y));
        else if (typeof(T) == typeof(double)) Loop(Span<T, double>(a), Span<T, double>(b), Span<T, double>(y));
        else Refuse<T>();
    }

    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(float)) Loop(Span<T, float>(a), Unsafe.BitCast<T, float>(b), Span<T, float>(y));
        else if (typeof(T) == typeof(double)) Loop(Span<T, double>(a), Unsafe.BitCast<T, double>(b), Span<T, double>(y));
        else Refuse<T>();
    }

    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(float)) Loop(Unsafe.BitCast<T, float>(a), Span<T, float>(b), Span<T, float>(y));
        else if (typeof(T) == typeof(double)) Loop(Unsafe.BitCast<T, double>(a), Span<T, double>(b), Span<T, double>(y));
        else Refuse<T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Loop<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = F.Value(a[i], b[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Loop<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = F.Value(a[i], b);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Loop<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = F.Value(a, b[i]);
    }

    static ReadOnlySpan<U> Span<T, U>(ReadOnlySpan<T> x) where T : struct where U : struct => MemoryMarshal.Cast<T, U>(x);

    static Span<U> Span<T, U>(Span<T> x) where T : struct where U : struct => MemoryMarshal.Cast<T, U>(x);

    static void Refuse<T>() => throw new NotSupportedException($"{typeof(F).Name} is a function of floating numbers, not of {typeof(T).Name}.");
}

/// <summary>A formula of two integers as a kernel.</summary>
readonly struct EachIntegerPair<F> : IBinaryKernel where F : struct, IIntegerFunction2
{
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(long)) Loop(MemoryMarshal.Cast<T, long>(a), MemoryMarshal.Cast<T, long>(b), MemoryMarshal.Cast<T, long>(y));
        else if (typeof(T) == typeof(int)) Loop(MemoryMarshal.Cast<T, int>(a), MemoryMarshal.Cast<T, int>(b), MemoryMarshal.Cast<T, int>(y));
        else if (typeof(T) == typeof(sbyte)) Loop(MemoryMarshal.Cast<T, sbyte>(a), MemoryMarshal.Cast<T, sbyte>(b), MemoryMarshal.Cast<T, sbyte>(y));
        else if (typeof(T) == typeof(byte)) Loop(MemoryMarshal.Cast<T, byte>(a), MemoryMarshal.Cast<T, byte>(b), MemoryMarshal.Cast<T, byte>(y));
        else throw new NotSupportedException($"{typeof(F).Name} is a function of integers, not of {typeof(T).Name}. Convert with To(DType).");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) Invoke(a.Slice(i, 1), new ReadOnlySpan<T>(in b), y.Slice(i, 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) Invoke(new ReadOnlySpan<T>(in a), b.Slice(i, 1), y.Slice(i, 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Loop<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = F.Value(a[i], b[i]);
    }
}
