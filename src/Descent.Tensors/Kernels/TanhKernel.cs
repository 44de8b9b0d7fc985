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

    [SkipLocalsInit]
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
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
        var p = C<T>(-929569.0 / 638512875);
        p = p * s + C<T>(21844.0 / 6081075);
        p = p * s + C<T>(-1382.0 / 155925);
        p = p * s + C<T>(62.0 / 2835);
        p = p * s + C<T>(-17.0 / 315);
        p = p * s + C<T>(2.0 / 15);
        p = p * s + C<T>(-1.0 / 3);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), C<T>(0.15)), x + x * s * p, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> C<T>(double value) where T : unmanaged, IFloatingPointIeee754<T> => VectorFunctions.Number<T>(value);
}
