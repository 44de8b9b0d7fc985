using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// A number that a function depends on, in both types: rounded in the loop, the conversion would make each round wait for the
/// last, as it writes to a part of a register.
/// </summary>
readonly struct Parameter(double value)
{
    readonly float _single = (float)value;

    internal readonly double Value = value;

    /// <summary>The number in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector<T> All<T>() where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? new Vector<float>(_single).As<float, T>() : new Vector<double>(Value).As<double, T>();
}

/// <summary>Transcendental functions of a register of either floating type; a NaN stays one.</summary>
static class VectorFunctions
{
    /// <summary>The number in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Number<T>(double value) where T : unmanaged, IFloatingPointIeee754<T> =>
        // Not T's own conversion, which would use up what the compiler is willing to inline.
        typeof(T) == typeof(float) ? new Vector<float>((float)value).As<float, T>() : new Vector<double>(value).As<double, T>();

    /// <summary>a · b + c, rounded once where the machine can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> MultiplyAdd<T>(Vector<T> a, Vector<T> b, Vector<T> c) where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.MultiplyAddEstimate(a.As<T, float>(), b.As<T, float>(), c.As<T, float>()).As<float, T>()
        : Vector.MultiplyAddEstimate(a.As<T, double>(), b.As<T, double>(), c.As<T, double>()).As<double, T>();

    /// <summary>eˣ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Exp<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? FloatExponential.Of(x.As<T, float>()).As<float, T>()
        : Vector.Exp(x.As<T, double>()).As<double, T>();

    /// <summary>The natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Log<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.Log(x.As<T, float>()).As<float, T>()
        : Vector.Log(x.As<T, double>()).As<double, T>();

    /// <summary>ln(1 + x) for x ≥ 0, exact near 0: the error of rounding 1 + x is divided out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> LogP1<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var w = Vector<T>.One + x;
        return Vector.ConditionalSelect(Vector.Equals(w, Vector<T>.One), x, Log(w) * (x / (w - Vector<T>.One)));
    }

    /// <summary>The logistic function 1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Sigmoid<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector<T>.One / (Vector<T>.One + Exp(-x));

    /// <summary>The hyperbolic tangent: by the exponential, and where that would cancel, by its Taylor series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Tanh<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && Pieces.AreUsed) return TanhPieces.At(x.As<T, float>()).As<float, T>();
        var magnitude = Vector<T>.One - Number<T>(2) / (Exp(Vector.Abs(x) * Number<T>(2)) + Vector<T>.One);
        return TanhKernel.NearZero(x, Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -magnitude, magnitude));
    }

    /// <summary>eˣ − 1 for x ≤ 0, exact near 0: with t = tanh(x / 2) it is 2t / (1 − t).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> ExpM1<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var t = Tanh(x * Number<T>(0.5));
        return (t + t) / (Vector<T>.One - t);
    }
}
