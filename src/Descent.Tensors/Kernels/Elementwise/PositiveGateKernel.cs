using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>a where b is above zero or a NaN, else 0: the gradient of relu, in one pass.</summary>
readonly struct PositiveGateKernel : IBinaryKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        int i = 0, width = Vector<T>.Count;
        ref T ra = ref MemoryMarshal.GetReference(a), rb = ref MemoryMarshal.GetReference(b), ry = ref MemoryMarshal.GetReference(y);
        for (; i <= y.Length - width; i += width)
        {
            var closed = Vector.LessThanOrEqual(Vector.LoadUnsafe(ref rb, (nuint)i), Vector<T>.Zero);
            Vector.AndNot(Vector.LoadUnsafe(ref ra, (nuint)i), closed).StoreUnsafe(ref ry, (nuint)i);
        }
        for (; i < y.Length; i++) y[i] = Value(a[i], b[i]);
    }

    public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (b <= T.Zero) y.Clear();
        else a.CopyTo(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = Value(a, b[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Value<T>(T a, T b) where T : unmanaged, INumber<T> => b <= T.Zero ? T.Zero : a;
}
