using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Elements times their draws, which are made on the way from their place in the random stream and not kept.</summary>
static unsafe class DropoutLoops
{
    /// <summary>Elements of one piece: a draw costs some three cycles.</summary>
    const int Grain = Elementwise.Grain / 4;

    /// <summary>Draws made at a time.</summary>
    const int Block = 1024;

    /// <summary>y[i] = x[i] · scale where draw i is not 0, else x[i] · 0.</summary>
    internal static void Run<T>(ReadOnlySpan<T> x, Span<T> y, in BernoulliStream draws, T scale) where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x, py = y)
            WorkerPool.For((x.Length + Grain - 1) / Grain, new Body<T> { X = px, Y = py, Length = x.Length, Draws = draws, Scale = scale });
    }

    struct Body<T> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal T* X, Y;
        internal int Length;
        internal BernoulliStream Draws;
        internal T Scale;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            float* kept = stackalloc float[Block];
            for (int i = index * Grain, end = Math.Min(Length, i + Grain); i < end; i += Block)
            {
                int n = Math.Min(Block, end - i);
                Draws.Fill(new(kept, n), i);
                Multiply(X + i, kept, Y + i, n);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Multiply(T* x, float* kept, T* y, int n)
        {
            int i = 0;
            if (typeof(T) == typeof(float))
            {
                var scale = new Vector<T>(Scale);
                for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(x + i) * (Vector.Load(kept + i).As<float, T>() * scale)).Store(y + i);
            }
            for (; i < n; i++) y[i] = x[i] * (kept[i] != 0 ? Scale : T.Zero);
        }
    }
}
