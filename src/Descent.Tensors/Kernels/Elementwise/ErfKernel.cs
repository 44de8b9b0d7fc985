using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>The error function: of floats by polynomials on [0, 1] and [1, 4], beyond which it is ±1.</summary>
readonly struct ErfKernel : IUnaryKernel
{
    /// <summary>erf(x) / x as a polynomial of 2x² − 1, fitted at Chebyshev's points to 1.4·10⁻⁹.</summary>
    static ReadOnlySpan<float> Near =>
    [
        0.965468739f, -0.140536097f, 0.0198524977f, -0.00228541953f, 0.00021751199f, -1.76690808e-05f, 1.23164017e-06f,
    ];

    /// <summary>erf x on [1, 4] as a polynomial of (x − 5/2) / (3/2), fitted likewise to 5·10⁻⁸.</summary>
    static ReadOnlySpan<float> Far =>
    [
        0.999593079f, 0.00326696896f, -0.0122559081f, 0.0281958455f, -0.043602196f, 0.0463220683f, -0.032164326f,
        0.00981079118f, 0.00748362596f, -0.0107976606f, 0.00342609975f, 0.0018515676f, -0.00113001805f,
    ];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float)) Floats(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y));
        else
            for (int i = 0; i < y.Length; i++) y[i] = T.CreateTruncating(SpecialFunctions.Erf(double.CreateTruncating(x[i])));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Floats(ReadOnlySpan<float> x, Span<float> y)
    {
        int i = 0, width = Vector<float>.Count;
        ref float rx = ref MemoryMarshal.GetReference(x), ry = ref MemoryMarshal.GetReference(y);
        for (; i <= x.Length - width; i += width)
            Value(Vector.LoadUnsafe(ref rx, (nuint)i)).StoreUnsafe(ref ry, (nuint)i);
        for (; i < x.Length; i++) y[i] = Value(new(x[i]))[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Value(Vector<float> x)
    {
        var a = Vector.Abs(x);
        var near = x * Polynomial(Near, x * x * 2 - Vector<float>.One);
        // A comparison with a NaN is false, so that it stays: the bound is chosen only where a is beyond it.
        var bounded = Vector.ConditionalSelect(Vector.GreaterThan(a, new Vector<float>(4)), new(4), a);
        var far = Vector.Min(Polynomial(Far, (bounded - new Vector<float>(2.5f)) * (1 / 1.5f)), Vector<float>.One);
        far = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), -far, far);
        return Vector.ConditionalSelect(Vector.GreaterThanOrEqual(a, Vector<float>.One), far, near);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Polynomial(ReadOnlySpan<float> coefficients, Vector<float> x)
    {
        var y = new Vector<float>(coefficients[^1]);
        for (int i = coefficients.Length - 2; i >= 0; i--) y = y * x + new Vector<float>(coefficients[i]);
        return y;
    }
}
