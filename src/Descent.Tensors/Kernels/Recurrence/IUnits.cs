using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>A register's worth of numbers of neighbouring units, with what recurrent cells do to them.</summary>
unsafe interface IUnits<TSelf, T> : IAdditionOperators<TSelf, TSelf, TSelf>, ISubtractionOperators<TSelf, TSelf, TSelf>, IMultiplyOperators<TSelf, TSelf, TSelf>
    where TSelf : struct, IUnits<TSelf, T>
    where T : unmanaged
{
    /// <summary>Units of a register.</summary>
    static abstract int Count { get; }

    /// <summary>Whether all of them are read and written; else only as many as are asked for.</summary>
    static abstract bool IsWhole { get; }

    static abstract TSelf One { get; }

    static abstract TSelf Load(T* from, int count);

    static abstract void Store(TSelf value, T* to, int count);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    static abstract TSelf Sigmoid(TSelf x);

    static abstract TSelf Tanh(TSelf x);

    /// <summary>x where <paramref name="sign"/> is above zero or a NaN, else 0.</summary>
    static abstract TSelf Gate(TSelf x, TSelf sign);
}

/// <summary>A whole register of the width that the machine has for both types.</summary>
unsafe readonly struct WholeUnits<T>(Vector<T> value) : IUnits<WholeUnits<T>, T> where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly Vector<T> _value = value;

    public static int Count => Vector<T>.Count;

    public static bool IsWhole => true;

    public static WholeUnits<T> One => new(Vector<T>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeUnits<T> operator +(WholeUnits<T> a, WholeUnits<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeUnits<T> operator -(WholeUnits<T> a, WholeUnits<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeUnits<T> operator *(WholeUnits<T> a, WholeUnits<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeUnits<T> Load(T* from, int count) => new(Vector.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WholeUnits<T> value, T* to, int count) => value._value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeUnits<T> Sigmoid(WholeUnits<T> x) => new(GateFunctions.Sigmoid(x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeUnits<T> Tanh(WholeUnits<T> x) => new(GateFunctions.Tanh(x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeUnits<T> Gate(WholeUnits<T> x, WholeUnits<T> sign) =>
        new(Vector.ConditionalSelect(Vector.LessThanOrEqual(sign._value, Vector<T>.Zero), Vector<T>.Zero, x._value));
}

/// <summary>The first units of a register, at the end of a row; the others are zeros and not written.</summary>
unsafe readonly struct PartUnits<T>(Vector<T> value) : IUnits<PartUnits<T>, T> where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly Vector<T> _value = value;

    public static int Count => Vector<T>.Count;

    public static bool IsWhole => false;

    public static PartUnits<T> One => new(Vector<T>.One);

    public static PartUnits<T> operator +(PartUnits<T> a, PartUnits<T> b) => new(a._value + b._value);

    public static PartUnits<T> operator -(PartUnits<T> a, PartUnits<T> b) => new(a._value - b._value);

    public static PartUnits<T> operator *(PartUnits<T> a, PartUnits<T> b) => new(a._value * b._value);

    public static PartUnits<T> Load(T* from, int count)
    {
        Vector<T> value = default;
        new ReadOnlySpan<T>(from, count).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<Vector<T>, T>(ref value), Vector<T>.Count));
        return new(value);
    }

    public static void Store(PartUnits<T> value, T* to, int count) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<PartUnits<T>, T>(ref value), count).CopyTo(new Span<T>(to, count));

    public static PartUnits<T> Sigmoid(PartUnits<T> x) => new(GateFunctions.Sigmoid(x._value));

    public static PartUnits<T> Tanh(PartUnits<T> x) => new(GateFunctions.Tanh(x._value));

    public static PartUnits<T> Gate(PartUnits<T> x, PartUnits<T> sign) =>
        new(Vector.ConditionalSelect(Vector.LessThanOrEqual(sign._value, Vector<T>.Zero), Vector<T>.Zero, x._value));
}

/// <summary>
/// Sixteen floats, where the machine has registers for them: each unit is a long chain of operations, and twice as many chains
/// are under way.
/// </summary>
unsafe readonly struct WideUnits<T>(Vector512<T> value) : IUnits<WideUnits<T>, T> where T : unmanaged
{
    readonly Vector512<T> _value = value;

    public static int Count => Vector512<T>.Count;

    public static bool IsWhole => true;

    public static WideUnits<T> One => new(Vector512<T>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideUnits<T> operator +(WideUnits<T> a, WideUnits<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideUnits<T> operator -(WideUnits<T> a, WideUnits<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideUnits<T> operator *(WideUnits<T> a, WideUnits<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideUnits<T> Load(T* from, int count) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WideUnits<T> value, T* to, int count) => value._value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideUnits<T> Sigmoid(WideUnits<T> x) => new(GateFunctions.Sigmoid<Vector512<float>, Lanes512<float>>(x._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideUnits<T> Tanh(WideUnits<T> x) => new(GateFunctions.Tanh<Vector512<float>, Lanes512<float>>(x._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideUnits<T> Gate(WideUnits<T> x, WideUnits<T> sign) =>
        new(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(sign._value, Vector512<T>.Zero), Vector512<T>.Zero, x._value));
}
