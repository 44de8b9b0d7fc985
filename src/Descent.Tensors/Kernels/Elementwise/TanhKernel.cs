using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The hyperbolic tangent: by the exponential, and where that would cancel, by its Taylor series.
/// </summary>
readonly struct TanhKernel : IUnaryKernel
{
    const int Block = 256;

    /// <summary>(tanh x − x) / x³ as a polynomial of x², from the highest power.</summary>
    internal static ReadOnlySpan<double> Series =>
        [-929569.0 / 638512875, 21844.0 / 6081075, -1382.0 / 155925, 62.0 / 2835, -17.0 / 315, 2.0 / 15, -1.0 / 3];

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            int i = 0, width = Vector<T>.Count;
            ref T rx = ref MemoryMarshal.GetReference(x), ry = ref MemoryMarshal.GetReference(y);
            for (; i <= x.Length - width; i += width) VectorFunctions.Tanh(Vector.LoadUnsafe(ref rx, (nuint)i)).StoreUnsafe(ref ry, (nuint)i);
            for (; i < x.Length; i++) y[i] = VectorFunctions.Tanh(new Vector<T>(x[i]))[0];
            return;
        }
        Span<T> kept = stackalloc T[Block];
        for (int start = 0; start < x.Length; start += Block)
        {
            int n = Math.Min(Block, x.Length - start);
            x.Slice(start, n).CopyTo(kept);
            TensorPrimitives.Tanh(kept[..n], y.Slice(start, n));
            Mend(kept[..n], y.Slice(start, n));
        }
    }

    public static bool LooksAside<T>() => typeof(T) == typeof(double);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Mend<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0, width = Vector<T>.Count;
        ref T rx = ref MemoryMarshal.GetReference(x), ry = ref MemoryMarshal.GetReference(y);
        for (; i <= x.Length - width; i += width)
            NearZero(Vector.LoadUnsafe(ref rx, (nuint)i), Vector.LoadUnsafe(ref ry, (nuint)i)).StoreUnsafe(ref ry, (nuint)i);
        for (; i < x.Length; i++) y[i] = NearZero(new Vector<T>(x[i]), new Vector<T>(y[i]))[0];
    }

    /// <summary>The Taylor series of the tangent of x where that is near 0, else y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> NearZero<T>(Vector<T> x, Vector<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var s = x * x;
        var p = C<T>(Series[0]);
        p = VectorFunctions.MultiplyAdd(p, s, C<T>(Series[1]));
        p = VectorFunctions.MultiplyAdd(p, s, C<T>(Series[2]));
        p = VectorFunctions.MultiplyAdd(p, s, C<T>(Series[3]));
        p = VectorFunctions.MultiplyAdd(p, s, C<T>(Series[4]));
        p = VectorFunctions.MultiplyAdd(p, s, C<T>(Series[5]));
        p = VectorFunctions.MultiplyAdd(p, s, C<T>(Series[6]));
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), C<T>(0.15)), x + x * s * p, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> C<T>(double value) where T : unmanaged, IFloatingPointIeee754<T> => VectorFunctions.Number<T>(value);
}
