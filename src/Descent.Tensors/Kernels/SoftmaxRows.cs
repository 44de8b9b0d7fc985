using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Softmax, its logarithm and log-sum-exp over the last dimension of (rows, n). Short rows share calls of the
/// vectorised exponential; rows never share a piece of work that depends on threads.
/// </summary>
static unsafe class SoftmaxRows
{
    /// <summary>Elements whose exponentials are taken in one call.</summary>
    const int Block = 2048;

    /// <summary>Below this many elements a plain loop beats a call.</summary>
    const int Short = 32;

    /// <summary>y = softmax(x) by rows.</summary>
    internal static void Softmax<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> =>
        Run<T, SoftmaxStep>(x, y, y, rows, n);

    /// <summary>y = log softmax(x) by rows.</summary>
    internal static void LogSoftmax<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> =>
        Run<T, LogSoftmaxStep>(x, y, y, rows, n);

    /// <summary>y[r] = log Σ exp x[r, ·].</summary>
    internal static void LogSumExp<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> =>
        Run<T, LogSumExpStep>(x, y, y, rows, n);

    /// <summary>dx = y · (dy − Σ dy · y) by rows.</summary>
    internal static void SoftmaxGradient<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> =>
        Run<T, SoftmaxGradientStep>(y, dy, dx, rows, n);

    /// <summary>dx = dy − exp(y) · Σ dy by rows.</summary>
    internal static void LogSoftmaxGradient<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> =>
        Run<T, LogSoftmaxGradientStep>(y, dy, dx, rows, n);

    /// <summary>The greatest element; NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Max<T>(T* x, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n >= Short) return TensorPrimitives.Max(new ReadOnlySpan<T>(x, n));
        T max = x[0];
        for (int i = 1; i < n; i++)
            if (!(x[i] <= max)) max = T.IsNaN(max) ? max : x[i];
        return max;
    }

    /// <summary>y = x − value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Subtract<T>(T* x, T value, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n >= Short) TensorPrimitives.Subtract(new ReadOnlySpan<T>(x, n), value, new Span<T>(y, n));
        else
            for (int i = 0; i < n; i++) y[i] = x[i] - value;
    }

    /// <summary>y = x · value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply<T>(T* x, T value, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n >= Short) TensorPrimitives.Multiply(new ReadOnlySpan<T>(x, n), value, new Span<T>(y, n));
        else
            for (int i = 0; i < n; i++) y[i] = x[i] * value;
    }

    /// <summary>y = exp(x).</summary>
    internal static void Exp<T>(T* x, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T> =>
        FloatExponential.Map(new ReadOnlySpan<T>(x, n), new Span<T>(y, n));

    /// <summary>y = exp(x − max), which may be x, and its sum; without keeping the terms where y is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T SumExp<T>(T* x, T max, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n <= Block) return SumExpBlock(x, max, y, n);
        double total = 0;
        for (int i = 0; i < n; i += Block) total += double.CreateTruncating(SumExpBlock(x + i, max, y == null ? null : y + i, Math.Min(Block, n - i)));
        return T.CreateTruncating(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T SumExpBlock<T>(T* x, T max, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0, width = Vector<T>.Count;
        var m = new Vector<T>(max);
        var sum = Vector<T>.Zero;
        if (y == null)
            for (; i <= n - width; i += width) sum += VectorFunctions.Exp(Vector.Load(x + i) - m);
        else
            for (; i <= n - width; i += width)
            {
                var e = VectorFunctions.Exp(Vector.Load(x + i) - m);
                e.Store(y + i);
                sum += e;
            }
        return Vector.Sum(i < n ? sum + SumExpRest(x + i, m, y == null ? null : y + i, n - i) : sum);
    }

    /// <summary>The last elements, fewer than a register holds.</summary>
    static Vector<T> SumExpRest<T>(T* x, Vector<T> m, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var e = VectorFunctions.Exp(Part(x, n, T.NegativeInfinity) - m);
        if (y != null) Keep(e, y, n);
        // What is beyond the end is made 0 once more: −∞ less −∞ would not be.
        return Vector.ConditionalSelect(Vector.LessThan(Vector<T>.Indices, new Vector<T>(T.CreateTruncating(n))), e, Vector<T>.Zero);
    }

    /// <summary>y = exp(x − shift) · factor − constant; y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ScaledExp<T>(T* x, T shift, T factor, T constant, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = Vector<T>.Count;
        Vector<T> s = new(shift), f = new(factor), c = new(constant);
        int i = 0;
        for (; i <= n - width; i += width) (VectorFunctions.Exp(Vector.Load(x + i) - s) * f - c).Store(y + i);
        if (i < n) Keep(VectorFunctions.Exp(Part(x + i, n - i, shift) - s) * f - c, y + i, n - i);
    }

    /// <summary>The first elements of a register, the others filled.</summary>
    static Vector<T> Part<T>(T* x, int count, T filling) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var register = new Vector<T>(filling);
        new ReadOnlySpan<T>(x, count).CopyTo(new Span<T>(&register, Vector<T>.Count));
        return register;
    }

    /// <summary>Stores the first elements of a register.</summary>
    static void Keep<T>(Vector<T> register, T* y, int count) where T : unmanaged, IFloatingPointIeee754<T> =>
        new ReadOnlySpan<T>(&register, count).CopyTo(new Span<T>(y, count));

    /// <summary>Rows that one step takes together.</summary>
    internal static int Together(int n) => Math.Max(1, Block / Math.Max(1, n));

    interface IStep
    {
        /// <summary>Whether the output has one element a row.</summary>
        static abstract bool Reduces { get; }

        static abstract void Invoke<T>(T* a, T* b, T* y, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>;
    }

    static void Run<T, S>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, int rows, int n)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> where S : struct, IStep
    {
        fixed (T* pa = a, pb = b, py = y)
        {
            var body = new Body<T, S> { A = pa, B = pb, Y = py, Rows = rows, N = n };
            long total = (long)rows * n;
            // The exponential costs several times what a plain element does: smaller pieces pay.
            body.Group = total < Elementwise.Grain ? rows : Math.Max(1, Elementwise.Grain / 4 / n);
            if (rows <= body.Group) body.Invoke(0);
            else WorkerPool.For((rows + body.Group - 1) / body.Group, body);
        }
    }

    struct Body<T, S> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> where S : struct, IStep
    {
        internal T* A, B, Y;
        internal int Rows, N, Group;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int first = index * Group, last = Math.Min(Rows, first + Group), step = Together(N);
            for (int r = first; r < last; r += step)
                S.Invoke(A + (nint)r * N, B + (nint)r * N, Y + (S.Reduces ? r : (nint)r * N), Math.Min(step, last - r), N);
        }
    }

    readonly struct SoftmaxStep : IStep
    {
        public static bool Reduces => false;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Invoke<T>(T* x, T* b, T* y, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            if (n >= Short)
            {
                for (int r = 0; r < rows; r++, x += n, y += n) Multiply(y, T.One / SumExp(x, Max(x, n), y, n), y, n);
                return;
            }
            for (int r = 0; r < rows; r++) Subtract(x + (nint)r * n, Max(x + (nint)r * n, n), y + (nint)r * n, n);
            Exp(y, y, rows * n);
            for (int r = 0; r < rows; r++)
            {
                T* row = y + (nint)r * n;
                Multiply(row, T.One / Reduce.Row<T, SumFold>(row, n), row, n);
            }
        }
    }

    readonly struct LogSoftmaxStep : IStep
    {
        public static bool Reduces => false;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Invoke<T>(T* x, T* b, T* y, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            for (int r = 0; r < rows; r++)
            {
                T* row = x + (nint)r * n, to = y + (nint)r * n;
                T max = Max(row, n), log = T.Log(SumExp(row, max, null, n));
                if (n >= Short)
                {
                    Subtract(row, max, to, n);
                    Subtract(to, log, to, n);
                }
                else
                    for (int i = 0; i < n; i++) to[i] = row[i] - max - log;
            }
        }
    }

    readonly struct LogSumExpStep : IStep
    {
        public static bool Reduces => true;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Invoke<T>(T* x, T* b, T* y, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            for (int r = 0; r < rows; r++)
            {
                T max = Max(x + (nint)r * n, n);
                y[r] = T.IsFinite(max) ? max + T.Log(SumExp(x + (nint)r * n, max, null, n)) : max;
            }
        }
    }

    readonly struct SoftmaxGradientStep : IStep
    {
        public static bool Reduces => false;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Invoke<T>(T* y, T* dy, T* dx, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            for (int r = 0; r < rows; r++, y += n, dy += n, dx += n)
            {
                T dot = TensorPrimitives.Dot(new ReadOnlySpan<T>(y, n), new ReadOnlySpan<T>(dy, n));
                var d = new Vector<T>(dot);
                int i = 0;
                for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
                    (Vector.Load(y + i) * (Vector.Load(dy + i) - d)).Store(dx + i);
                for (; i < n; i++) dx[i] = y[i] * (dy[i] - dot);
            }
        }
    }

    readonly struct LogSoftmaxGradientStep : IStep
    {
        public static bool Reduces => false;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Invoke<T>(T* y, T* dy, T* dx, int rows, int n) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            Exp(y, dx, rows * n);
            for (int r = 0; r < rows; r++, dy += n, dx += n)
            {
                T sum = Reduce.Row<T, SumFold>(dy, n);
                var s = new Vector<T>(sum);
                int i = 0;
                for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
                    (Vector.Load(dy + i) - Vector.Load(dx + i) * s).Store(dx + i);
                for (; i < n; i++) dx[i] = dy[i] - dx[i] * sum;
            }
        }
    }
}
