using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The loops of elementwise functions: contiguous or strided, over one thread or all. Large ones are cut into pieces
/// of fixed size, so the result does not depend on the number of threads.
/// </summary>
static unsafe class Elementwise
{
    /// <summary>Elements of one piece of work; below two of them the pool is not worth waking.</summary>
    internal const int Grain = 32 * 1024;

    /// <summary>Elements gathered at a time from a strided operand.</summary>
    const int Block = 512;

    /// <summary>y[i] = f(x[i]); the spans have one length and may be the same memory.</summary>
    internal static void Map<T, F>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnaryKernel
    {
        if (x.Length < 2 * Grain)
        {
            if (!x.IsEmpty) F.Invoke(x, y);
            return;
        }
        fixed (T* px = x, py = y)
            WorkerPool.For(Pieces(x.Length), new MapBody<T, F> { X = px, Y = py, Length = x.Length });
    }

    /// <summary>y[i] = f(x[i]) for any number type.</summary>
    internal static void MapNumber<T, F>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, INumberUnaryKernel
    {
        if (x.Length < 2 * Grain)
        {
            if (!x.IsEmpty) F.Invoke(x, y);
            return;
        }
        fixed (T* px = x, py = y)
            WorkerPool.For(Pieces(x.Length), new MapNumberBody<T, F> { X = px, Y = py, Length = x.Length });
    }

    /// <summary>y[i] = f(a[i], b[i]), where an operand of length 1 repeats.</summary>
    internal static void Zip<T, F>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        if (y.Length < 2 * Grain)
        {
            ZipPiece<T, F>(a, b, y);
            return;
        }
        fixed (T* pa = a, pb = b, py = y)
            WorkerPool.For(Pieces(y.Length), new ZipBody<T, F> { A = pa, B = pb, Y = py, ALength = a.Length, BLength = b.Length, Length = y.Length });
    }

    /// <summary>y = f(a, b) where one operand has y's length and the other, shorter, repeats.</summary>
    internal static void ZipRows<T, F>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        int row = Math.Min(a.Length, b.Length), rows = y.Length / row;
        fixed (T* pa = a, pb = b, py = y)
        {
            var body = new ZipRowsBody<T, F> { A = pa, B = pb, Y = py, ALength = a.Length, BLength = b.Length, Row = row, Rows = rows, PerPiece = Math.Max(1, Grain / row) };
            if (y.Length < 2 * Grain)
            {
                body.PerPiece = rows;
                body.Invoke(0);
            }
            else WorkerPool.For((rows + body.PerPiece - 1) / body.PerPiece, body);
        }
    }

    /// <summary>y = f(a, b) over a nest whose operands 0, 1, 2 are y, a and b; each span starts at its first element.</summary>
    internal static void Zip<T, F>(in LoopNest nest, ref T y, ref T a, ref T b) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        fixed (T* py = &y, pa = &a, pb = &b)
        {
            var body = new ZipNestBody<T, F> { Nest = nest, Y = py, A = pa, B = pb };
            Run(nest, body);
        }
    }

    /// <summary>y = a compared with b, over a nest whose operands 0, 1, 2 are y (bytes), a and b.</summary>
    internal static void Compare<T, F>(in LoopNest nest, ref byte y, ref T a, ref T b) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, ICompareKernel
    {
        fixed (byte* py = &y)
        fixed (T* pa = &a, pb = &b)
        {
            var body = new CompareNestBody<T, F> { Nest = nest, Y = py, A = pa, B = pb };
            Run(nest, body);
        }
    }

    /// <summary>Runs the innermost loops of a nest, in pieces of about one grain.</summary>
    internal static void Run<TBody>(in LoopNest nest, TBody body) where TBody : struct, INestBody
    {
        int outer = nest.Outer, inner = nest.Inner;
        if (outer == 0 || inner == 0) return;
        if ((long)outer * inner < 2 * Grain)
        {
            for (int i = 0; i < outer; i++) body.Inner(i, 0, inner);
            return;
        }
        // Either many short runs go together in a piece, or one long run is cut into several.
        int runs = Math.Max(1, Grain / inner), cuts = Math.Max(1, inner / Grain);
        int groups = (outer + runs - 1) / runs;
        WorkerPool.For(groups * cuts, new NestPieces<TBody> { Body = body, Outer = outer, InnerLength = inner, Runs = runs, Cuts = cuts });
    }

    internal static int Pieces(int length) => (length + Grain - 1) / Grain;

    /// <summary>Copies elements that lie apart next to one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gather<T>(T* source, int stride, int count, T* target) where T : unmanaged
    {
        for (int i = 0; i < count; i++) target[i] = source[(nint)i * stride];
    }

    /// <summary>Copies neighbouring elements to places that lie apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scatter<T>(T* source, T* target, int stride, int count) where T : unmanaged
    {
        for (int i = 0; i < count; i++) target[(nint)i * stride] = source[i];
    }

    /// <summary>The elements as neighbours: where they are, or gathered into <paramref name="buffer"/>.</summary>
    static T* Near<T>(T* source, int stride, int count, T* buffer) where T : unmanaged
    {
        if (stride == 1) return source;
        Gather(source, stride, count, buffer);
        return buffer;
    }

    static void ZipPiece<T, F>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        if (y.IsEmpty) return;
        if (a.Length == y.Length && b.Length == y.Length) F.Invoke(a, b, y);
        else if (b.Length == 1) F.Invoke(a, b[0], y);
        else F.Invoke(a[0], b, y);
    }

    struct MapBody<T, F> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnaryKernel
    {
        internal T* X, Y;
        internal int Length;

        public readonly void Invoke(int index)
        {
            int start = index * Grain, n = Math.Min(Grain, Length - start);
            F.Invoke(new ReadOnlySpan<T>(X + start, n), new Span<T>(Y + start, n));
        }
    }

    struct MapNumberBody<T, F> : IParallelBody where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, INumberUnaryKernel
    {
        internal T* X, Y;
        internal int Length;

        public readonly void Invoke(int index)
        {
            int start = index * Grain, n = Math.Min(Grain, Length - start);
            F.Invoke(new ReadOnlySpan<T>(X + start, n), new Span<T>(Y + start, n));
        }
    }

    struct ZipBody<T, F> : IParallelBody where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        internal T* A, B, Y;
        internal int ALength, BLength, Length;

        public readonly void Invoke(int index)
        {
            int start = index * Grain, n = Math.Min(Grain, Length - start);
            ZipPiece<T, F>(
                ALength == 1 ? new(A, 1) : new(A + start, n),
                BLength == 1 ? new(B, 1) : new(B + start, n), new(Y + start, n));
        }
    }

    struct ZipRowsBody<T, F> : IParallelBody where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        internal T* A, B, Y;
        internal int ALength, BLength, Row, Rows, PerPiece;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            nint stepA = ALength == Row ? 0 : Row, stepB = BLength == Row ? 0 : Row;
            for (int i = index * PerPiece, end = Math.Min(Rows, i + PerPiece); i < end; i++)
                F.Invoke(new ReadOnlySpan<T>(A + i * stepA, Row), new ReadOnlySpan<T>(B + i * stepB, Row), new Span<T>(Y + (nint)i * Row, Row));
        }
    }

    /// <summary>One stretch of the innermost loop of a nest.</summary>
    internal interface INestBody
    {
        /// <param name="outer">Which run of the innermost loop.</param>
        /// <param name="start">First element of the run.</param>
        /// <param name="count">Elements to do.</param>
        void Inner(int outer, int start, int count);
    }

    struct NestPieces<TBody> : IParallelBody where TBody : struct, INestBody
    {
        internal TBody Body;
        internal int Outer, InnerLength, Runs, Cuts;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            (int group, int cut) = Math.DivRem(index, Cuts);
            int step = (InnerLength + Cuts - 1) / Cuts, start = cut * step, count = Math.Min(step, InnerLength - start);
            if (count <= 0) return;
            for (int i = group * Runs, end = Math.Min(Outer, i + Runs); i < end; i++) Body.Inner(i, start, count);
        }
    }

    struct ZipNestBody<T, F> : INestBody where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        internal LoopNest Nest;
        internal T* Y, A, B;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Inner(int outer, int start, int count)
        {
            int sy = Nest.Strides[0][^1], sa = Nest.Strides[1][^1], sb = Nest.Strides[2][^1];
            T* y = Y + Nest.Start(0, outer) + (nint)start * sy, a = A + Nest.Start(1, outer) + (nint)start * sa, b = B + Nest.Start(2, outer) + (nint)start * sb;
            if (sy == 1 && sa is 0 or 1 && sb is 0 or 1)
            {
                if (sa == 1 && sb == 1) F.Invoke(new ReadOnlySpan<T>(a, count), new ReadOnlySpan<T>(b, count), new Span<T>(y, count));
                else if (sa == 1) F.Invoke(new ReadOnlySpan<T>(a, count), *b, new Span<T>(y, count));
                else if (sb == 1) F.Invoke(*a, new ReadOnlySpan<T>(b, count), new Span<T>(y, count));
                else
                {
                    F.Invoke(new ReadOnlySpan<T>(a, 1), new ReadOnlySpan<T>(b, 1), new Span<T>(y, 1));
                    new Span<T>(y, count).Fill(*y);
                }
                return;
            }
            T* ta = stackalloc T[Block], tb = stackalloc T[Block], ty = stackalloc T[Block];
            for (int i = 0; i < count; i += Block)
            {
                int n = Math.Min(Block, count - i);
                T* ra = Near(a + (nint)i * sa, sa, n, ta), rb = Near(b + (nint)i * sb, sb, n, tb), ry = y + (nint)i * sy;
                T* result = sy == 1 ? ry : ty;
                F.Invoke(new ReadOnlySpan<T>(ra, n), new ReadOnlySpan<T>(rb, n), new Span<T>(result, n));
                if (sy != 1) Scatter(ty, ry, sy, n);
            }
        }
    }

    struct CompareNestBody<T, F> : INestBody where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, ICompareKernel
    {
        internal LoopNest Nest;
        internal byte* Y;
        internal T* A, B;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Inner(int outer, int start, int count)
        {
            int sy = Nest.Strides[0][^1], sa = Nest.Strides[1][^1], sb = Nest.Strides[2][^1];
            byte* y = Y + Nest.Start(0, outer) + (nint)start * sy;
            T* a = A + Nest.Start(1, outer) + (nint)start * sa, b = B + Nest.Start(2, outer) + (nint)start * sb;
            if (sy == 1 && sa is 0 or 1 && sb is 0 or 1)
            {
                CompareLoop.Run<T, F>(a, sa, b, sb, y, count);
                return;
            }
            T* ta = stackalloc T[Block], tb = stackalloc T[Block];
            byte* ty = stackalloc byte[Block];
            for (int i = 0; i < count; i += Block)
            {
                int n = Math.Min(Block, count - i);
                T* ra = sa == 0 ? a : Near(a + (nint)i * sa, sa, n, ta), rb = sb == 0 ? b : Near(b + (nint)i * sb, sb, n, tb);
                byte* ry = y + (nint)i * sy;
                CompareLoop.Run<T, F>(ra, sa == 0 ? 0 : 1, rb, sb == 0 ? 0 : 1, sy == 1 ? ry : ty, n);
                if (sy != 1) Scatter(ty, ry, sy, n);
            }
        }
    }
}
