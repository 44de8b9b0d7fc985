using System.Numerics;
using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

/// <summary>The rows of attention's weights, in place: scores to probabilities, and their gradients back.</summary>
static unsafe class AttentionRows
{
    /// <summary>x = softmax(x · scale + mask) by rows.</summary>
    /// <param name="x">The scores, contiguous.</param>
    /// <param name="scale">Their factor.</param>
    /// <param name="mask">What is added; a null reference for nothing.</param>
    /// <param name="layout">Operand 0 is the mask, over the batch dimensions and the rows; a row of it is contiguous.</param>
    /// <param name="n">Columns.</param>
    /// <remarks>A row that sees nothing is all zeros.</remarks>
    internal static void Softmax<T>(Span<T> x, T scale, ref T mask, LoopNest layout, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (x.IsEmpty) return;
        fixed (T* px = x, pm = &mask)
            Run(x.Length / n, n, new SoftmaxBody<T> { X = px, Mask = pm, Layout = layout, Scale = scale, N = n });
    }

    /// <summary>dx = p · (dx − Σ dx · p) · scale by rows, in place.</summary>
    internal static void Gradient<T>(ReadOnlySpan<T> p, Span<T> dx, T scale, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dx.IsEmpty) return;
        fixed (T* pp = p, pd = dx)
            Run(dx.Length / n, n, new GradientBody<T> { P = pp, Dx = pd, Scale = scale, N = n });
    }

    static void Run<TBody>(int rows, int n, TBody body) where TBody : struct, IRowsBody
    {
        int each = Math.Max(1, Elementwise.Grain / 4 / n), pieces = (rows + each - 1) / each;
        if (pieces == 1) body.Rows(0, rows);
        else WorkerPool.For(pieces, new Piece<TBody> { Body = body, Each = each, Rows = rows });
    }

    interface IRowsBody
    {
        void Rows(int from, int to);
    }

    struct Piece<TBody> : IParallelBody where TBody : struct, IRowsBody
    {
        internal TBody Body;
        internal int Each, Rows;

        public void Invoke(int index) => Body.Rows(index * Each, Math.Min(Rows, (index + 1) * Each));
    }

    struct SoftmaxBody<T> : IRowsBody where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal T* X, Mask;
        internal LoopNest Layout;
        internal T Scale;
        internal int N;

        public readonly void Rows(int from, int to)
        {
            for (int r = from; r < to; r++)
            {
                T* row = X + (nint)r * N;
                var x = new Span<T>(row, N);
                TensorPrimitives.Multiply(x, Scale, x);
                if (Mask != null)
                {
                    int inner = Layout.Inner, outer = r / inner;
                    T* mask = Mask + Layout.Start(0, outer) + (nint)(r - outer * inner) * Layout.Strides[0][^1];
                    TensorPrimitives.Add(x, new ReadOnlySpan<T>(mask, N), x);
                }
                T max = TensorPrimitives.Max<T>(x);
                if (T.IsNegativeInfinity(max))
                {
                    x.Clear();
                    continue;
                }
                TensorPrimitives.Subtract(x, max, x);
                TensorPrimitives.Exp(x, x);
                TensorPrimitives.Multiply(x, T.One / TensorPrimitives.Sum<T>(x), x);
            }
        }
    }

    struct GradientBody<T> : IRowsBody where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal T* P, Dx;
        internal T Scale;
        internal int N;

        public readonly void Rows(int from, int to)
        {
            for (int r = from; r < to; r++)
            {
                T* p = P + (nint)r * N, dx = Dx + (nint)r * N;
                T dot = TensorPrimitives.Dot(new ReadOnlySpan<T>(p, N), new ReadOnlySpan<T>(dx, N));
                Vector<T> d = new(dot), scale = new(Scale);
                int i = 0;
                for (; i <= N - Vector<T>.Count; i += Vector<T>.Count)
                    (Vector.Load(p + i) * (Vector.Load(dx + i) - d) * scale).Store(dx + i);
                for (; i < N; i++) dx[i] = p[i] * (dx[i] - dot) * Scale;
            }
        }
    }
}
