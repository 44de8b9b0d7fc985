using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>One of two elements, by a byte that is 0 or not.</summary>
static unsafe class Choice
{
    /// <summary>y = c ≠ 0 ? a : b over a nest whose operands are y, c, a and b; types matter only by their size.</summary>
    internal static void Run<T>(in LoopNest nest, ref T y, ref byte c, ref T a, ref T b) where T : unmanaged
    {
        fixed (T* py = &y, pa = &a, pb = &b)
        fixed (byte* pc = &c)
            Elementwise.Run(nest, new Body<T> { Nest = nest, Y = py, C = pc, A = pa, B = pb });
    }

    struct Body<T> : Elementwise.INestBody where T : unmanaged
    {
        internal LoopNest Nest;
        internal T* Y, A, B;
        internal byte* C;

        public readonly void Inner(int outer, int start, int count)
        {
            int sy = Nest.Strides[0][^1], sc = Nest.Strides[1][^1], sa = Nest.Strides[2][^1], sb = Nest.Strides[3][^1];
            T* y = Y + Nest.Start(0, outer) + (nint)start * sy;
            byte* c = C + Nest.Start(1, outer) + (nint)start * sc;
            T* a = A + Nest.Start(2, outer) + (nint)start * sa, b = B + Nest.Start(3, outer) + (nint)start * sb;
            nint i = sy == 1 && sc == 1 && sa is 0 or 1 && sb is 0 or 1 ? Vectors(c, a, sa, b, sb, y, count) : 0;
            for (; i < count; i++) y[i * sy] = c[i * sc] != 0 ? a[i * sa] : b[i * sb];
        }
    }

    /// <summary>As far as whole registers of bytes go; returns where they end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static nint Vectors<T>(byte* c, T* a, int aStep, T* b, int bStep, T* y, int count) where T : unmanaged
    {
        Operand<T> x = new(a, aStep), z = new(b, bStep);
        int w = Vector<T>.Count;
        nint i = 0;
        for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var isB = Vector.Equals(Vector.Load(c + i), Vector<byte>.Zero);
            // Written out, so that each part is known to the compiler.
            Store(isB, 0, x, z, y, i);
            if (sizeof(T) == 1) continue;
            Store(isB, 1, x, z, y, i + w);
            if (sizeof(T) == 2) continue;
            Store(isB, 2, x, z, y, i + 2 * w);
            Store(isB, 3, x, z, y, i + 3 * w);
            if (sizeof(T) == 4) continue;
            Store(isB, 4, x, z, y, i + 4 * w);
            Store(isB, 5, x, z, y, i + 5 * w);
            Store(isB, 6, x, z, y, i + 6 * w);
            Store(isB, 7, x, z, y, i + 7 * w);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<T>(Vector<byte> isB, int part, Operand<T> a, Operand<T> b, T* y, nint at) where T : unmanaged =>
        Vector.ConditionalSelect(Mask<T>(isB, part), b.At(at), a.At(at)).Store(y + at);

    /// <summary>The part of a mask of bytes that stands for a register of wider elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Mask<T>(Vector<byte> mask, int part) where T : unmanaged
    {
        if (sizeof(T) == 1) return mask.As<byte, T>();
        var halves = Wide(mask.As<byte, sbyte>(), part * 2 / sizeof(T));
        if (sizeof(T) == 2) return halves.As<short, T>();
        var quarters = Wide(halves, part * 4 / sizeof(T) & 1);
        return sizeof(T) == 4 ? quarters.As<int, T>() : Wide(quarters, part & 1).As<long, T>();
    }

    // Signed, so that all bits of the wider element are set where those of the byte are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<short> Wide(Vector<sbyte> x, int half) => half == 0 ? Vector.WidenLower(x) : Vector.WidenUpper(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<int> Wide(Vector<short> x, int half) => half == 0 ? Vector.WidenLower(x) : Vector.WidenUpper(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<long> Wide(Vector<int> x, int half) => half == 0 ? Vector.WidenLower(x) : Vector.WidenUpper(x);
}
