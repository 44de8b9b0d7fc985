using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The recurrence of an LSTM: with i, f, o the sigmoids and g the tangent of <c>gates + h·Wᵀ</c>,
/// <c>c = f·c + i·g</c> and <c>h = o·tanh(c)</c>, which a projection may shorten.
/// </summary>
unsafe struct LstmSequence<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Widths of the cell and of the state; they differ where there is a projection.</summary>
    internal int Hidden, Projected;
    /// <summary>(4·hidden, projected), and (projected, hidden) or null.</summary>
    internal T* Weight, Projection;
    /// <summary>(rows, 4·hidden): what the inputs give, and the gates i, f, g, o.</summary>
    internal T* Gates, Activations;
    /// <summary>(rows, projected): states before the steps, and after them.</summary>
    internal T* Before, Output;
    /// <summary>(rows, hidden): cells before the steps, tangents of those after, and states before the projection.</summary>
    internal T* CellBefore, CellTanh, Unprojected;
    /// <summary>(batch, projected) and (batch, hidden): the state, in and out; in backward its gradient.</summary>
    internal T* State, Cell;

    internal readonly void Forward(RecurrentSteps steps)
    {
        int four = 4 * Hidden;
        for (int i = 0; i < steps.Count; i++)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            nint row = steps.Offsets[t], count = n;
            T* gates = Activations + row * four;
            RecurrentRows.Copy(State, Before + row * Projected, count * Projected);
            RecurrentRows.Copy(Cell, CellBefore + row * Hidden, count * Hidden);
            RecurrentRows.Copy(Gates + row * four, gates, count * four);
            RecurrentRows.TimesTransposed(n, four, Projected, State, Weight, T.One, gates);
            T* y = Projection == null ? Output + row * Projected : Unprojected + row * Hidden;
            RecurrentRows.For(n, four, new ForwardRow { Gates = gates, Cell = Cell, Tanh = CellTanh + row * Hidden, Y = y, Width = Hidden });
            if (Projection != null) RecurrentRows.TimesTransposed(n, Projected, Hidden, y, Projection, T.Zero, Output + row * Projected);
            RecurrentRows.Copy(Output + row * Projected, State, count * Projected);
        }
    }

    /// <param name="steps">The steps of the forward pass.</param>
    /// <param name="dy">Gradient of the output, (rows, projected), or null.</param>
    /// <param name="dGates">Receives that of the gates, (rows, 4·hidden).</param>
    /// <param name="dWeight">Receives that of the weight, or null.</param>
    /// <param name="dProjection">Receives that of the projection, or null.</param>
    /// <param name="dOutput">Room for (rows, projected) where there is a projection.</param>
    /// <param name="dUnprojected">Room for (batch, hidden) where there is a projection.</param>
    internal readonly void Backward(RecurrentSteps steps, T* dy, T* dGates, T* dWeight, T* dProjection, T* dOutput, T* dUnprojected)
    {
        int four = 4 * Hidden;
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            nint row = steps.Offsets[t];
            if (dy != null) RecurrentRows.Add(dy + row * Projected, State, n * Projected);
            T* dh = State;
            if (Projection != null)
            {
                RecurrentRows.Copy(State, dOutput + row * Projected, (nint)n * Projected);
                RecurrentRows.Times(n, Hidden, Projected, State, Projection, T.Zero, dUnprojected);
                dh = dUnprojected;
            }
            RecurrentRows.For(n, four, new BackwardRow
            {
                Gates = Activations + row * four, Before = CellBefore + row * Hidden, Tanh = CellTanh + row * Hidden,
                Dh = dh, Dc = Cell, Dg = dGates + row * four, Width = Hidden,
            });
            RecurrentRows.Times(n, Projected, four, dGates + row * four, Weight, T.Zero, State);
        }
        if (dWeight != null) RecurrentRows.TransposedTimes(four, Projected, steps.Rows, dGates, Before, dWeight);
        if (dProjection != null) RecurrentRows.TransposedTimes(Projected, Hidden, steps.Rows, dOutput, Unprojected, dProjection);
    }

    struct ForwardRow : IParallelBody
    {
        internal T* Gates, Cell, Tanh, Y;
        internal int Width;

        public readonly void Invoke(int index)
        {
            T* g = Gates + (nint)index * 4 * Width, c = Cell + (nint)index * Width, tanh = Tanh + (nint)index * Width, y = Y + (nint)index * Width;
            RecurrentRows.Sigmoid(g, 2 * Width);
            RecurrentRows.Tanh(g + 2 * Width, Width);
            RecurrentRows.Sigmoid(g + 3 * Width, Width);
            int j = 0;
            for (; j <= Width - Vector<T>.Count; j += Vector<T>.Count)
            {
                var next = Vector.Load(g + Width + j) * Vector.Load(c + j) + Vector.Load(g + j) * Vector.Load(g + 2 * Width + j);
                next.Store(c + j);
                next.Store(tanh + j);
            }
            for (; j < Width; j++) tanh[j] = c[j] = g[Width + j] * c[j] + g[j] * g[2 * Width + j];
            RecurrentRows.Tanh(tanh, Width);
            for (j = 0; j <= Width - Vector<T>.Count; j += Vector<T>.Count)
                (Vector.Load(g + 3 * Width + j) * Vector.Load(tanh + j)).Store(y + j);
            for (; j < Width; j++) y[j] = g[3 * Width + j] * tanh[j];
        }
    }

    struct BackwardRow : IParallelBody
    {
        internal T* Gates, Before, Tanh, Dh, Dc, Dg;
        internal int Width;

        public readonly void Invoke(int index)
        {
            nint at = (nint)index * Width;
            int j = 0;
            for (; j <= Width - Vector<T>.Count; j += Vector<T>.Count) Lanes(4 * at + j, at + j);
            T* g = Gates + 4 * at, dg = Dg + 4 * at;
            for (; j < Width; j++)
            {
                T i = g[j], f = g[Width + j], n = g[2 * Width + j], o = g[3 * Width + j], tanh = Tanh[at + j], dh = Dh[at + j];
                T dc = Dc[at + j] + dh * o * (T.One - tanh * tanh);
                dg[j] = dc * n * i * (T.One - i);
                dg[Width + j] = dc * Before[at + j] * f * (T.One - f);
                dg[2 * Width + j] = dc * i * (T.One - n * n);
                dg[3 * Width + j] = dh * tanh * o * (T.One - o);
                Dc[at + j] = dc * f;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void Lanes(nint gate, nint at)
        {
            T* g = Gates + gate, dg = Dg + gate;
            Vector<T> i = Vector.Load(g), f = Vector.Load(g + Width), n = Vector.Load(g + 2 * Width), o = Vector.Load(g + 3 * Width);
            Vector<T> tanh = Vector.Load(Tanh + at), dh = Vector.Load(Dh + at), one = Vector<T>.One;
            var dc = Vector.Load(Dc + at) + dh * o * (one - tanh * tanh);
            (dc * n * i * (one - i)).Store(dg);
            (dc * Vector.Load(Before + at) * f * (one - f)).Store(dg + Width);
            (dc * i * (one - n * n)).Store(dg + 2 * Width);
            (dh * tanh * o * (one - o)).Store(dg + 3 * Width);
            (dc * f).Store(Dc + at);
        }
    }
}
