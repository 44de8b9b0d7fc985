using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>The recurrence <c>h = f(gates + h·Wᵀ)</c>, f the hyperbolic tangent or the rectifier.</summary>
unsafe struct RnnSequence<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Width of the state.</summary>
    internal int Hidden;
    internal bool Rectifies;
    /// <summary>(hidden, hidden).</summary>
    internal T* Weight;
    /// <summary>(rows, hidden), each: what the inputs give, the states before the steps, and after them.</summary>
    internal T* Gates, Before, Output;
    /// <summary>(batch, hidden): the state, in and out; in backward its gradient.</summary>
    internal T* State;

    internal readonly void Forward(RecurrentSteps steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            nint at = (nint)steps.Offsets[t] * Hidden, count = (nint)n * Hidden;
            RecurrentRows.Copy(State, Before + at, count);
            RecurrentRows.Copy(Gates + at, Output + at, count);
            RecurrentRows.TimesTransposed(n, Hidden, Hidden, State, Weight, T.One, Output + at);
            RecurrentRows.For(n, Hidden, new ForwardRow { Y = Output + at, Width = Hidden, Rectifies = Rectifies });
            RecurrentRows.Copy(Output + at, State, count);
        }
    }

    /// <param name="steps">The steps of the forward pass.</param>
    /// <param name="dy">Gradient of the output, (rows, hidden), or null.</param>
    /// <param name="dGates">Receives that of the gates, (rows, hidden).</param>
    /// <param name="dWeight">Receives that of the weight, or null.</param>
    internal readonly void Backward(RecurrentSteps steps, T* dy, T* dGates, T* dWeight)
    {
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            nint at = (nint)steps.Offsets[t] * Hidden;
            RecurrentRows.For(n, Hidden, new BackwardRow
            {
                Y = Output + at, Dh = State, Dy = dy == null ? null : dy + at, Dg = dGates + at, Width = Hidden, Rectifies = Rectifies,
            });
            RecurrentRows.Times(n, Hidden, Hidden, dGates + at, Weight, T.Zero, State);
        }
        if (dWeight != null) RecurrentRows.TransposedTimes(Hidden, Hidden, steps.Rows, dGates, Before, dWeight);
    }

    struct ForwardRow : IParallelBody
    {
        internal T* Y;
        internal int Width;
        internal bool Rectifies;

        public readonly void Invoke(int index)
        {
            T* y = Y + (nint)index * Width;
            if (!Rectifies) RecurrentRows.Tanh(y, Width);
            else
                for (int j = 0; j < Width; j++)
                    if (y[j] <= T.Zero) y[j] = T.Zero;
        }
    }

    struct BackwardRow : IParallelBody
    {
        internal T* Y, Dh, Dy, Dg;
        internal int Width;
        internal bool Rectifies;

        public readonly void Invoke(int index)
        {
            nint at = (nint)index * Width;
            T* y = Y + at, dh = Dh + at, dg = Dg + at;
            if (Dy != null) RecurrentRows.Add(Dy + at, dh, Width);
            int j = 0;
            for (; j <= Width - Vector<T>.Count; j += Vector<T>.Count)
            {
                Vector<T> v = Vector.Load(y + j), d = Vector.Load(dh + j);
                (Rectifies ? Vector.ConditionalSelect(Vector.GreaterThan(v, Vector<T>.Zero), d, Vector<T>.Zero) : d * (Vector<T>.One - v * v)).Store(dg + j);
            }
            for (; j < Width; j++)
                dg[j] = Rectifies ? y[j] > T.Zero ? dh[j] : T.Zero : dh[j] * (T.One - y[j] * y[j]);
        }
    }
}
