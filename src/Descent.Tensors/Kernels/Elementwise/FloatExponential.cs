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
    internal static Vector<float> Of(Vector<float> x) => Vector<float>.Count switch
    {
        16 => Of<Vector512<float>, Lanes512<float>>(x.AsVector512()).AsVector(),
        8 => Of<Vector256<float>, Lanes256<float>>(x.AsVector256()).AsVector(),
        _ => Of<Vector128<float>, Lanes128<float>>(x.AsVector128()).AsVector(),
    };

    /// <summary>eˣ; a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Of<V, L>(V x) where V : struct where L : IFloatLanes<float, V>
    {
        // The second operand is what is taken where they are not ordered.
        x = L.Max(L.Broadcast(Least), L.Min(L.Broadcast(Greatest), x));
        V n = L.Subtract(L.MultiplyAdd(x, L.Broadcast(1.44269504f), L.Broadcast(Rounding)), L.Broadcast(Rounding));
        V r = L.MultiplyAdd(n, L.Broadcast(-0.693145752f), x);
        r = L.MultiplyAdd(n, L.Broadcast(-1.42860677e-06f), r);
        // (e^r − 1 − r) / r², fitted on |r| ≤ ln 2 / 2 to 3·10⁻⁹ of e^r.
        V q = L.MultiplyAdd(L.Broadcast(0.00138145988f), r, L.Broadcast(0.00836871658f));
        q = L.MultiplyAdd(q, r, L.Broadcast(0.0416683890f));
        q = L.MultiplyAdd(q, r, L.Broadcast(0.166665211f));
        q = L.MultiplyAdd(q, r, L.Broadcast(0.499999940f));
        return Scale<V, L>(L.Add(L.MultiplyAdd(q, L.Multiply(r, r), r), L.Broadcast(1)), n);
    }

    /// <summary>y · 2ⁿ, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Scale<V, L>(V y, V n) where V : struct where L : IFloatLanes<float, V>
    {
        if (typeof(V) == typeof(Vector512<float>) && Avx512F.IsSupported)
            return Unsafe.BitCast<Vector512<float>, V>(Avx512F.Scale(Unsafe.BitCast<V, Vector512<float>>(y), Unsafe.BitCast<V, Vector512<float>>(n)));
        if (typeof(V) == typeof(Vector256<float>) && Avx512F.VL.IsSupported)
            return Unsafe.BitCast<Vector256<float>, V>(Avx512F.VL.Scale(Unsafe.BitCast<V, Vector256<float>>(y), Unsafe.BitCast<V, Vector256<float>>(n)));
        // In two steps, as 2ⁿ itself may be too great or too small.
        V half = L.Floor(L.Multiply(n, L.Broadcast(0.5f)));
        return L.Multiply(L.Multiply(y, L.PowerOfTwo(half)), L.PowerOfTwo(L.Subtract(n, half)));
    }

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
