using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>A function of one number, over spans of one length that may be the same memory.</summary>
interface IUnaryKernel
{
    static abstract void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Whether an element's last digit may depend on those beside it, so that a chain, cut elsewhere, would differ.</summary>
    static virtual bool LooksAside<T>() => false;
}

/// <summary>A function of one number that integers have too.</summary>
interface INumberUnaryKernel
{
    static abstract void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>A function of two numbers. The operands have the output's length, or one of them is a single number.</summary>
interface IBinaryKernel
{
    static abstract void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>;

    static abstract void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>;

    static abstract void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>A comparison of two numbers, giving one byte, 0 or 1.</summary>
interface ICompareKernel
{
    static abstract bool Holds<T>(T a, T b) where T : unmanaged, INumber<T>;

    /// <summary>All bits are set where the comparison holds.</summary>
    static abstract Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T>;
}
