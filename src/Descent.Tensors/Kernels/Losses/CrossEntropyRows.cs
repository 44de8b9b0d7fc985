using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Cross entropy of rows of logits with one class each: losses and gradients without a matrix of probabilities kept.</summary>
static unsafe class CrossEntropyRows
{
    /// <summary>What the loss is told beside logits and targets.</summary>
    /// <param name="Ignored">The class that takes no part.</param>
    /// <param name="Smoothing">How much of each target is spread over all classes.</param>
    /// <param name="WeightSum">The sum of the class weights; the number of classes where there are none.</param>
    internal readonly record struct Options(long Ignored, double Smoothing, double WeightSum);

    /// <summary>
    /// loss[r] = (1 − s) · w[t] · (lse − x[t]) + s / C · Σ w[c] · (lse − x[c]), where lse[r] is the row's log-sum-exp; 0 where ignored.
    /// </summary>
    /// <param name="w">Weights of the classes, or empty.</param>
    internal static void Losses<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> target, ReadOnlySpan<T> w, Span<T> loss, Span<T> lse, int classes, Options options)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        fixed (T* px = x, pw = w, pl = loss, pe = lse)
        fixed (long* pt = target)
        {
            var body = new LossBody<T> { X = px, W = w.IsEmpty ? null : pw, Loss = pl, Lse = pe, Target = pt, Rows = target.Length, Classes = classes, Options = options };
            Run(target.Length, classes, ref body.Group, ref body);
        }
    }

    /// <summary>dx[r, c] = g[r] · ∂loss[r] / ∂x[r, c]; one g for all rows where it has one element.</summary>
    internal static void Gradients<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> target, ReadOnlySpan<T> w, ReadOnlySpan<T> lse, ReadOnlySpan<T> g, Span<T> dx, int classes, Options options)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        fixed (T* px = x, pw = w, pe = lse, pg = g, pd = dx)
        fixed (long* pt = target)
        {
            var body = new GradientBody<T> { X = px, W = w.IsEmpty ? null : pw, Lse = pe, G = pg, GStride = g.Length == 1 ? 0 : 1, Dx = pd, Target = pt, Rows = target.Length, Classes = classes, Options = options };
            Run(target.Length, classes, ref body.Group, ref body);
        }
    }

    static void Run<TBody>(int rows, int classes, ref int group, ref TBody body) where TBody : struct, IParallelBody
    {
        group = (long)rows * classes < Elementwise.Grain ? Math.Max(1, rows) : Math.Max(1, Elementwise.Grain / 4 / Math.Max(1, classes));
        if (rows <= group) body.Invoke(0);
        else WorkerPool.For((rows + group - 1) / group, body);
    }

    struct LossBody<T> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        internal T* X, W, Loss, Lse;
        internal long* Target;
        internal int Rows, Classes, Group;
        internal Options Options;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int first = index * Group, last = Math.Min(Rows, first + Group);
            SoftmaxRows.LogSumExp<T>(new(X + (nint)first * Classes, (last - first) * Classes), new(Lse + first, last - first), last - first, Classes);
            T smoothing = T.CreateTruncating(Options.Smoothing), share = smoothing / T.CreateTruncating(Classes);
            for (int r = first; r < last; r++)
            {
                long t = Target[r];
                if (t == Options.Ignored)
                {
                    Loss[r] = T.Zero;
                    continue;
                }
                T* x = X + (nint)r * Classes;
                T weight = W == null ? T.One : W[t];
                T loss = weight * (Lse[r] - x[t]);
                if (Options.Smoothing != 0)
                {
                    double all = 0;
                    for (int c = 0; c < Classes; c++) all += double.CreateTruncating((Lse[r] - x[c]) * (W == null ? T.One : W[c]));
                    loss = (T.One - smoothing) * loss + share * T.CreateTruncating(all);
                }
                Loss[r] = loss;
            }
        }
    }

    struct GradientBody<T> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        internal T* X, W, Lse, G, Dx;
        internal long* Target;
        internal int Rows, Classes, Group, GStride;
        internal Options Options;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int first = index * Group, last = Math.Min(Rows, first + Group);
            T smoothing = T.CreateTruncating(Options.Smoothing), share = T.CreateTruncating(Options.Smoothing / Classes), sum = T.CreateTruncating(Options.WeightSum);
            for (int r = first; r < last; r++)
            {
                T* x = X + (nint)r * Classes, dx = Dx + (nint)r * Classes;
                long t = Target[r];
                if (t == Options.Ignored)
                {
                    new Span<T>(dx, Classes).Clear();
                    continue;
                }
                T g = G[(nint)r * GStride], own = (T.One - smoothing) * (W == null ? T.One : W[t]);
                SoftmaxRows.ScaledExp(x, Lse[r], g * (own + share * sum), W == null ? g * share : T.Zero, dx, Classes);
                dx[t] -= g * own;
                if (Options.Smoothing == 0 || W == null) continue;
                for (int c = 0; c < Classes; c++) dx[c] -= g * share * W[c];
            }
        }
    }
}
