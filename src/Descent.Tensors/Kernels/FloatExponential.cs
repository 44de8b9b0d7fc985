using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>
/// eˣ of floats to within one unit in the last place, denormal results included: <c>2ⁿ · e^r</c> with r from x by the two
/// halves of ln 2. The platform's own goes through doubles, at half the speed.
/// </summary>
static class FloatExponential
{
    // Beyond these the result is infinite, and 0.
    const float Greatest = 89, Least = -104;

    // Added to a number below 2²², it leaves the nearest whole number in the last bits.
    internal const float Rounding = 12582912;

    /// <summary>eˣ; a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Of(Vector<float> x)
    {
        // The second operand is what the machine's own minimum takes where they are not ordered.
        x = Vector.MaxNative(new(Least), Vector.MinNative(new(Greatest), x));
        var shifted = Vector.MultiplyAddEstimate(x, new(1.44269504f), new(Rounding));
        var n = shifted - new Vector<float>(Rounding);
        var r = Vector.MultiplyAddEstimate(n, new(-0.693145752f), x);
        r = Vector.MultiplyAddEstimate(n, new(-1.42860677e-06f), r);
        // (e^r − 1 − r) / r², fitted on |r| ≤ ln 2 / 2 to 3·10⁻⁹ of e^r.
        var q = Vector.MultiplyAddEstimate(new(0.00138145988f), r, new(0.00836871658f));
        q = Vector.MultiplyAddEstimate(q, r, new(0.0416683890f));
        q = Vector.MultiplyAddEstimate(q, r, new(0.166665211f));
        q = Vector.MultiplyAddEstimate(q, r, new(0.499999940f));
        return Scale(Vector.MultiplyAddEstimate(q, r * r, r) + Vector<float>.One, n, shifted);
    }

    /// <summary>y · 2ⁿ, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Scale(Vector<float> y, Vector<float> n, Vector<float> shifted)
    {
        if (Avx512F.VL.IsSupported && Vector<float>.Count == 8)
            return Avx512F.VL.Scale(y.AsVector256(), n.AsVector256()).AsVector();
        // In two steps, as 2ⁿ itself may be too great or too small.
        var whole = Vector.AsVectorInt32(shifted) - Vector.AsVectorInt32(new Vector<float>(Rounding));
        var half = Vector.ShiftRightArithmetic(whole, 1);
        return y * Power(half) * Power(whole - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Power(Vector<int> n) => Vector.AsVectorSingle(Vector.ShiftLeft(n + new Vector<int>(127), 23));

    /// <summary>y[i] = eˣ of x[i]; they may be the same memory.</summary>
    internal static void Map<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float)) Map(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y));
        else TensorPrimitives.Exp(x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Map(ReadOnlySpan<float> x, Span<float> y)
    {
        int i = 0, width = Vector<float>.Count;
        ref float rx = ref MemoryMarshal.GetReference(x), ry = ref MemoryMarshal.GetReference(y);
        for (; i <= x.Length - width; i += width) Of(Vector.LoadUnsafe(ref rx, (nuint)i)).StoreUnsafe(ref ry, (nuint)i);
        if (i == x.Length) return;
        Span<float> rest = stackalloc float[width];
        x[i..].CopyTo(rest);
        Of(new Vector<float>(rest)).CopyTo(rest);
        rest[..(x.Length - i)].CopyTo(y[i..]);
    }
}
