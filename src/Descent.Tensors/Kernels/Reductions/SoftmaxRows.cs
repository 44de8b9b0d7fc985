using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>The greatest element; where that is infinite, NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Max<T>(T* x, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n >= Short)
        {
            T greatest = Vector512.IsHardwareAccelerated ? LongMax<T, Vector512<T>, Lanes512<T>>(x, n)
                : Vector256.IsHardwareAccelerated ? LongMax<T, Vector256<T>, Lanes256<T>>(x, n)
                : LongMax<T, Vector128<T>, Lanes128<T>>(x, n);
            // Registers may lose a NaN.
            return T.IsFinite(greatest) ? greatest : TensorPrimitives.Max(new ReadOnlySpan<T>(x, n));
        }
        T max = x[0];
        for (int i = 1; i < n; i++)
            if (!(x[i] <= max)) max = T.IsNaN(max) ? max : x[i];
        return max;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T LongMax<T, V, L>(T* x, int n)
        where T : unmanaged, IFloatingPointIeee754<T> where V : struct where L : IFloatLanes<T, V>
    {
        // The last register overlaps the one before it.
        V max = L.Load(x + n - L.Count);
        for (int i = 0; i < n - L.Count; i += L.Count) max = L.Max(L.Load(x + i), max);
        T* lanes = stackalloc T[L.Count];
        L.Store(max, lanes);
        return Max(lanes, L.Count);
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

    /// <summary>Σ exp(x − max).</summary>
    static T SumExp<T>(T* x, T max, int n) where T : unmanaged, IFloatingPointIeee754<T> => Blocks<T, SumOnly>(x, max, null, n);

    /// <summary>y = exp(x − max), which may be x, and its sum.</summary>
    internal static T SumExp<T>(T* x, T max, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T> => Blocks<T, Keep>(x, max, y, n);

    // Which of the two a loop is compiled for.
    readonly struct SumOnly;

    readonly struct Keep;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Blocks<T, K>(T* x, T max, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T> where K : struct
    {
        if (n <= Block) return Widest<T, K>(x, max, y, n);
        double total = 0;
        for (int i = 0; i < n; i += Block) total += double.CreateTruncating(Widest<T, K>(x + i, max, y + i, Math.Min(Block, n - i)));
        return T.CreateTruncating(total);
    }

    static T Widest<T, K>(T* x, T max, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T> where K : struct =>
        Vector512.IsHardwareAccelerated ? SumExp<T, K, Vector512<T>, Lanes512<T>>(x, max, y, n)
        : Vector256.IsHardwareAccelerated ? SumExp<T, K, Vector256<T>, Lanes256<T>>(x, max, y, n)
        : SumExp<T, K, Vector128<T>, Lanes128<T>>(x, max, y, n);

    static T SumExp<T, K, V, L>(T* x, T max, T* y, int n)
        where T : unmanaged, IFloatingPointIeee754<T> where K : struct where V : struct where L : IFloatLanes<T, V>
    {
        V m = L.Broadcast(max), sum = Whole<T, K, V, L>(x, m, y, n);
        int rest = n % L.Count;
        if (rest == 0) return L.Sum(sum);
        T* part = stackalloc T[L.Count];
        new Span<T>(part, L.Count).Clear();
        new ReadOnlySpan<T>(x + n - rest, rest).CopyTo(new Span<T>(part, rest));
        L.Store(L.Exp(L.Subtract(L.Load(part), m)), part);
        if (typeof(K) == typeof(Keep)) new ReadOnlySpan<T>(part, rest).CopyTo(new Span<T>(y + n - rest, rest));
        new Span<T>(part + rest, L.Count - rest).Clear();
        return L.Sum(L.Add(sum, L.Load(part)));
    }

    /// <summary>What whole registers hold. For itself, as a call after the loop would have the sum go through memory within it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static V Whole<T, K, V, L>(T* x, V m, T* y, int n)
        where T : unmanaged, IFloatingPointIeee754<T> where K : struct where V : struct where L : IFloatLanes<T, V>
    {
        V sum = default;
        for (int i = 0; i <= n - L.Count; i += L.Count)
        {
            V e = L.Exp(L.Subtract(L.Load(x + i), m));
            if (typeof(K) == typeof(Keep)) L.Store(e, y + i);
            sum = L.Add(sum, e);
        }
        return sum;
    }

    /// <summary>y = exp(x − shift) · factor − constant; y may be x.</summary>
    internal static void ScaledExp<T>(T* x, T shift, T factor, T constant, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) ScaledExp<T, Vector512<T>, Lanes512<T>>(x, shift, factor, constant, y, n);
        else if (Vector256.IsHardwareAccelerated) ScaledExp<T, Vector256<T>, Lanes256<T>>(x, shift, factor, constant, y, n);
        else ScaledExp<T, Vector128<T>, Lanes128<T>>(x, shift, factor, constant, y, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ScaledExp<T, V, L>(T* x, T shift, T factor, T constant, T* y, int n)
        where T : unmanaged, IFloatingPointIeee754<T> where V : struct where L : IFloatLanes<T, V>
    {
        V s = L.Broadcast(shift), f = L.Broadcast(factor), c = L.Broadcast(constant);
        int i = 0;
        for (; i <= n - L.Count; i += L.Count) L.Store(L.Subtract(L.Multiply(L.Exp(L.Subtract(L.Load(x + i), s)), f), c), y + i);
        if (i == n) return;
        T* part = stackalloc T[L.Count];
        new Span<T>(part, L.Count).Clear();
        new ReadOnlySpan<T>(x + i, n - i).CopyTo(new Span<T>(part, n - i));
        L.Store(L.Subtract(L.Multiply(L.Exp(L.Subtract(L.Load(part), s)), f), c), part);
        new ReadOnlySpan<T>(part, n - i).CopyTo(new Span<T>(y + i, n - i));
    }

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
                T max = Max(row, n), log = T.Log(SumExp(row, max, n));
                Vector<T> m = new(max), l = new(log);
                int i = 0;
                for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(row + i) - m - l).Store(to + i);
                for (; i < n; i++) to[i] = row[i] - max - log;
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
                y[r] = T.IsFinite(max) ? max + T.Log(SumExp(x + (nint)r * n, max, n)) : max;
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
