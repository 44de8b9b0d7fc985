using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The loops of elementwise functions where an operand or the result is stored narrow: a block is widened, computed in
/// float32 and narrowed while it is in the first cache, so that nothing is converted as a whole.
/// </summary>
static unsafe class NarrowElementwise
{
    /// <summary>y[i] = f(x[i]).</summary>
    public static void Map<F>(FloatLine x, FloatLine y, int length) where F : struct, IUnaryKernel =>
        Run(length, new MapBody<Unary<F>> { X = x, Y = y, Length = length });

    /// <summary>y[i] = f(x[i]) of a function that integers have too.</summary>
    public static void MapNumber<F>(FloatLine x, FloatLine y, int length) where F : struct, INumberUnaryKernel =>
        Run(length, new MapBody<NumberUnary<F>> { X = x, Y = y, Length = length });

    /// <summary>y[i] = f(a[i % period of a], b[i % period of b]): a period is the length, 1, or that of rows that repeat.</summary>
    public static void Zip<F>(FloatLine a, int aPeriod, FloatLine b, int bPeriod, FloatLine y, int length) where F : struct, IBinaryKernel =>
        Run(length, new ZipBody<F> { A = a, B = b, Y = y, APeriod = aPeriod, BPeriod = bPeriod, Length = length });

    /// <summary>y[i] = f(x[i]).</summary>
    public static void Map<F>(F f, FloatLine x, FloatLine y, int length) where F : struct, IActivation =>
        Run(length, new MapBody<Activation<F>> { Function = new(f), X = x, Y = y, Length = length });

    /// <summary>dx[i] = dy[i] · f'(x[i]).</summary>
    public static void Gradient<F>(F f, FloatLine x, FloatLine dy, FloatLine dx, int length) where F : struct, ISlope =>
        Run(length, new SlopeBody<F> { Function = f, X = x, Dy = dy, Dx = dx, Length = length });

    const int Grain = Elementwise.Grain / 2;

    static void Run<TBody>(int length, in TBody body) where TBody : struct, IParallelBody =>
        WorkerPool.For((length + Grain - 1) / Grain, body);

    /// <summary>A function of a block.</summary>
    interface IBlockMap
    {
        void Invoke(float* x, float* y, int n);
    }

    readonly struct Unary<F> : IBlockMap where F : struct, IUnaryKernel
    {
        public void Invoke(float* x, float* y, int n) => F.Invoke(new ReadOnlySpan<float>(x, n), new Span<float>(y, n));
    }

    readonly struct NumberUnary<F> : IBlockMap where F : struct, INumberUnaryKernel
    {
        public void Invoke(float* x, float* y, int n) => F.Invoke(new ReadOnlySpan<float>(x, n), new Span<float>(y, n));
    }

    readonly struct Activation<F>(F f) : IBlockMap where F : struct, IActivation
    {
        public void Invoke(float* x, float* y, int n) => ActivationLoops.Map(f, x, y, n);
    }

    struct MapBody<M> : IParallelBody where M : struct, IBlockMap
    {
        internal M Function;
        internal FloatLine X, Y;
        internal int Length;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            float* buffer = stackalloc float[FloatLine.Block];
            for (int i = index * Grain, end = Math.Min(Length, i + Grain); i < end; i += FloatLine.Block)
            {
                int n = Math.Min(FloatLine.Block, end - i);
                Function.Invoke(X.Read(i, n, buffer), Y.Target(i, buffer), n);
                Y.Write(i, n, buffer);
            }
        }
    }

    struct ZipBody<F> : IParallelBody where F : struct, IBinaryKernel
    {
        internal FloatLine A, B, Y;
        internal int APeriod, BPeriod, Length;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            float* first = stackalloc float[FloatLine.Block], second = stackalloc float[FloatLine.Block];
            // An operand that is a single number is read once.
            float a0 = *A.Read(0, 1, first), b0 = *B.Read(0, 1, second);
            for (int i = index * Grain, end = Math.Min(Length, i + Grain); i < end;)
            {
                int n = Math.Min(FloatLine.Block, end - i);
                int ia = i, ib = i;
                if (APeriod < Length) (ia, n) = (i % APeriod, APeriod == 1 ? n : Math.Min(n, APeriod - i % APeriod));
                if (BPeriod < Length) (ib, n) = (i % BPeriod, BPeriod == 1 ? n : Math.Min(n, BPeriod - i % BPeriod));
                var y = new Span<float>(Y.Target(i, first), n);
                if (APeriod == 1) F.Invoke(a0, new ReadOnlySpan<float>(B.Read(ib, n, second), n), y);
                else if (BPeriod == 1) F.Invoke(new ReadOnlySpan<float>(A.Read(ia, n, first), n), b0, y);
                else F.Invoke(new ReadOnlySpan<float>(A.Read(ia, n, first), n), new ReadOnlySpan<float>(B.Read(ib, n, second), n), y);
                Y.Write(i, n, first);
                i += n;
            }
        }
    }

    struct SlopeBody<F> : IParallelBody where F : struct, ISlope
    {
        internal F Function;
        internal FloatLine X, Dy, Dx;
        internal int Length;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            float* first = stackalloc float[FloatLine.Block], second = stackalloc float[FloatLine.Block];
            for (int i = index * Grain, end = Math.Min(Length, i + Grain); i < end; i += FloatLine.Block)
            {
                int n = Math.Min(FloatLine.Block, end - i);
                ActivationLoops.Gradient(Function, X.Read(i, n, first), Dy.Read(i, n, second), Dx.Target(i, first), n);
                Dx.Write(i, n, first);
            }
        }
    }
}
