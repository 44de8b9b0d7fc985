using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>What becomes of x from its old value, two operands and a number.</summary>
interface IFusedUpdate
{
    static abstract Vector<T> Value<T>(Vector<T> x, Vector<T> a, Vector<T> b, Vector<T> v) where T : unmanaged, IFloatingPointIeee754<T>;
}

readonly struct AddScaledUpdate : IFusedUpdate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Value<T>(Vector<T> x, Vector<T> a, Vector<T> b, Vector<T> v) where T : unmanaged, IFloatingPointIeee754<T> => x + v * a;
}

readonly struct AddProductUpdate : IFusedUpdate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Value<T>(Vector<T> x, Vector<T> a, Vector<T> b, Vector<T> v) where T : unmanaged, IFloatingPointIeee754<T> => x + v * a * b;
}

readonly struct AddQuotientUpdate : IFusedUpdate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Value<T>(Vector<T> x, Vector<T> a, Vector<T> b, Vector<T> v) where T : unmanaged, IFloatingPointIeee754<T> => x + v * a / b;
}

readonly struct LerpUpdate : IFusedUpdate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Value<T>(Vector<T> x, Vector<T> a, Vector<T> b, Vector<T> v) where T : unmanaged, IFloatingPointIeee754<T> => x + v * (a - x);
}

/// <summary>One pass over three arrays, as optimizers make.</summary>
static unsafe class FusedUpdate
{
    /// <summary>x[i] = f(x[i], a[i], b[i], v); all have one length.</summary>
    internal static void Run<T, F>(Span<T> x, ReadOnlySpan<T> a, ReadOnlySpan<T> b, T v) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IFusedUpdate
    {
        if (x.Length < 2 * Elementwise.Grain)
        {
            Piece<T, F>(x, a, b, v);
            return;
        }
        fixed (T* px = x, pa = a, pb = b)
            WorkerPool.For(Elementwise.Pieces(x.Length), new Body<T, F> { X = px, A = pa, B = pb, V = v, Length = x.Length });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Piece<T, F>(Span<T> x, ReadOnlySpan<T> a, ReadOnlySpan<T> b, T v) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IFusedUpdate
    {
        int width = Vector<T>.Count, i = 0;
        var value = new Vector<T>(v);
        ref T rx = ref MemoryMarshal.GetReference(x), ra = ref MemoryMarshal.GetReference(a), rb = ref MemoryMarshal.GetReference(b);
        for (; i <= x.Length - width; i += width)
            F.Value(Vector.LoadUnsafe(ref rx, (nuint)i), Vector.LoadUnsafe(ref ra, (nuint)i), Vector.LoadUnsafe(ref rb, (nuint)i), value).StoreUnsafe(ref rx, (nuint)i);
        for (; i < x.Length; i++)
            x[i] = F.Value(new Vector<T>(x[i]), new Vector<T>(a[i]), new Vector<T>(b[i]), value)[0];
    }

    struct Body<T, F> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IFusedUpdate
    {
        internal T* X, A, B;
        internal T V;
        internal int Length;

        public readonly void Invoke(int index)
        {
            int start = index * Elementwise.Grain, n = Math.Min(Elementwise.Grain, Length - start);
            Piece<T, F>(new(X + start, n), new(A + start, n), new(B + start, n), V);
        }
    }
}
