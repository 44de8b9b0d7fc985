using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Pairs of features turned by an angle per position and pair.</summary>
static unsafe class RotaryRows
{
    /// <param name="layout">Operands 0 and 1 are y and x, over all dimensions but the last; a row of each is contiguous.</param>
    /// <param name="y">First element of the result.</param>
    /// <param name="x">First element of the input.</param>
    /// <param name="angles">Cosines and sines, (2, positions, half).</param>
    /// <param name="positions">Rows that follow one another are positions 0, 1, …, and again.</param>
    /// <param name="width">Length of a row.</param>
    /// <param name="half">Pairs; the rest of a row is copied.</param>
    /// <param name="interleaved">Pairs are neighbours, else they lie <paramref name="half"/> apart.</param>
    /// <param name="direction">1, or −1 to turn back.</param>
    internal static void Turn<T>(LoopNest layout, ref T y, ref T x, ReadOnlySpan<T> angles, int positions, int width, int half, bool interleaved, int direction)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = layout.Outer * layout.Inner, each = Math.Max(1, Elementwise.Grain / width), pieces = (rows + each - 1) / each;
        fixed (T* py = &y, px = &x, pa = angles)
        {
            var body = new Body<T>
            {
                Layout = layout, Y = py, X = px, Angles = pa, Positions = positions, Width = width, Half = half,
                Interleaved = interleaved, Direction = T.CreateTruncating(direction), Rows = rows, Each = each,
            };
            if (pieces == 1) body.Invoke(0);
            else WorkerPool.For(pieces, body);
        }
    }

    struct Body<T> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal LoopNest Layout;
        internal T* Y, X, Angles;
        internal int Positions, Width, Half, Rows, Each;
        internal bool Interleaved;
        internal T Direction;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int inner = Layout.Inner;
            for (int r = index * Each, end = Math.Min(Rows, r + Each); r < end; r++)
            {
                int outer = r / inner, i = r - outer * inner, t = r % Positions;
                T* y = Y + Layout.Start(0, outer) + (nint)i * Layout.Strides[0][^1], x = X + Layout.Start(1, outer) + (nint)i * Layout.Strides[1][^1];
                T* cos = Angles + (nint)t * Half, sin = cos + (nint)Positions * Half;
                if (Interleaved) Neighbours(x, y, cos, sin);
                else Halves(x, y, cos, sin);
                int turned = 2 * Half;
                new ReadOnlySpan<T>(x + turned, Width - turned).CopyTo(new(y + turned, Width - turned));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Neighbours(T* x, T* y, T* cos, T* sin)
        {
            for (int i = 0; i < Half; i++)
            {
                T a = x[2 * i], b = x[2 * i + 1], s = sin[i] * Direction;
                y[2 * i] = a * cos[i] - b * s;
                y[2 * i + 1] = b * cos[i] + a * s;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Halves(T* x, T* y, T* cos, T* sin)
        {
            int i = 0;
            var direction = new Vector<T>(Direction);
            for (; i <= Half - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> a = Vector.Load(x + i), b = Vector.Load(x + Half + i), c = Vector.Load(cos + i), s = Vector.Load(sin + i) * direction;
                (a * c - b * s).Store(y + i);
                (b * c + a * s).Store(y + Half + i);
            }
            for (; i < Half; i++)
            {
                T a = x[i], b = x[Half + i], s = sin[i] * Direction;
                y[i] = a * cos[i] - b * s;
                y[Half + i] = b * cos[i] + a * s;
            }
        }
    }
}
