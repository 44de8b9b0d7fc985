using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The recurrence of a GRU: with r and z the sigmoids of <c>gates + h·Wᵀ + b</c> and
/// <c>n = tanh(gates + r·(h·Wᵀ + b))</c>, <c>h = (1 − z)·n + z·h</c>.
/// </summary>
unsafe struct GruSequence<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Width of the state.</summary>
    internal int Hidden;
    /// <summary>(3·hidden, hidden), and (3·hidden) or null.</summary>
    internal T* Weight, Bias;
    /// <summary>(rows, 3·hidden): what the inputs give, and the gates r, z, n.</summary>
    internal T* Gates, Activations;
    /// <summary>(rows, hidden): states before the steps and after them, and what the state gives to n.</summary>
    internal T* Before, Output, Candidate;
    /// <summary>(batch, hidden): the state, in and out; in backward its gradient.</summary>
    internal T* State;

    /// <param name="steps">The steps.</param>
    /// <param name="product">Room for (batch, 3·hidden).</param>
    internal readonly void Forward(RecurrentSteps steps, T* product)
    {
        int three = 3 * Hidden;
        for (int i = 0; i < steps.Count; i++)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            nint row = steps.Offsets[t], count = (nint)n * Hidden;
            RecurrentRows.Copy(State, Before + row * Hidden, count);
            Gemm.Multiply(n, three, Hidden, T.One, State, Hidden, 1, Weight, 1, Hidden, T.Zero, product, three, 1, new GemmBias<T>(Bias, perRow: false));
            RecurrentRows.For(n, three, new ForwardRow
            {
                Gates = Gates + row * three, Product = product, Activations = Activations + row * three, Candidate = Candidate + row * Hidden,
                Before = Before + row * Hidden, Y = Output + row * Hidden, Width = Hidden,
            });
            RecurrentRows.Copy(Output + row * Hidden, State, count);
        }
    }

    /// <param name="steps">The steps of the forward pass.</param>
    /// <param name="dy">Gradient of the output, (rows, hidden), or null.</param>
    /// <param name="dGates">Receives that of the gates, (rows, 3·hidden).</param>
    /// <param name="dProduct">Receives that of <c>h·Wᵀ + b</c>, (rows, 3·hidden).</param>
    /// <param name="dWeight">Receives that of the weight, or null.</param>
    internal readonly void Backward(RecurrentSteps steps, T* dy, T* dGates, T* dProduct, T* dWeight)
    {
        int three = 3 * Hidden;
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            nint row = steps.Offsets[t];
            if (dy != null) RecurrentRows.Add(dy + row * Hidden, State, n * Hidden);
            RecurrentRows.For(n, three, new BackwardRow
            {
                Activations = Activations + row * three, Candidate = Candidate + row * Hidden, Before = Before + row * Hidden,
                Dh = State, Dg = dGates + row * three, Dp = dProduct + row * three, Width = Hidden,
            });
            RecurrentRows.Times(n, Hidden, three, dProduct + row * three, Weight, T.One, State);
        }
        if (dWeight != null) RecurrentRows.TransposedTimes(three, Hidden, steps.Rows, dProduct, Before, dWeight);
    }

    struct ForwardRow : IParallelBody
    {
        internal T* Gates, Product, Activations, Candidate, Before, Y;
        internal int Width;

        public readonly void Invoke(int index)
        {
            nint at = (nint)index * Width;
            T* g = Gates + 3 * at, p = Product + 3 * at, a = Activations + 3 * at, h = Before + at, y = Y + at;
            RecurrentRows.Copy(g, a, 3 * Width);
            RecurrentRows.Add(p, a, 2 * Width);
            RecurrentRows.Sigmoid(a, 2 * Width);
            RecurrentRows.Copy(p + 2 * Width, Candidate + at, Width);
            T* n = a + 2 * Width, c = Candidate + at;
            int j = 0;
            for (; j <= Width - Vector<T>.Count; j += Vector<T>.Count)
                (Vector.Load(n + j) + Vector.Load(a + j) * Vector.Load(c + j)).Store(n + j);
            for (; j < Width; j++) n[j] += a[j] * c[j];
            RecurrentRows.Tanh(n, Width);
            T* z = a + Width;
            for (j = 0; j <= Width - Vector<T>.Count; j += Vector<T>.Count)
            {
                var candidate = Vector.Load(n + j);
                (candidate + Vector.Load(z + j) * (Vector.Load(h + j) - candidate)).Store(y + j);
            }
            for (; j < Width; j++) y[j] = n[j] + z[j] * (h[j] - n[j]);
        }
    }

    struct BackwardRow : IParallelBody
    {
        internal T* Activations, Candidate, Before, Dh, Dg, Dp;
        internal int Width;

        public readonly void Invoke(int index)
        {
            nint at = (nint)index * Width;
            int j = 0;
            for (; j <= Width - Vector<T>.Count; j += Vector<T>.Count) Lanes(3 * at + j, at + j);
            T* a = Activations + 3 * at, dg = Dg + 3 * at, dp = Dp + 3 * at;
            for (; j < Width; j++)
            {
                T r = a[j], z = a[Width + j], n = a[2 * Width + j], dh = Dh[at + j];
                T dn = dh * (T.One - z) * (T.One - n * n);
                dg[j] = dp[j] = dn * Candidate[at + j] * r * (T.One - r);
                dg[Width + j] = dp[Width + j] = dh * (Before[at + j] - n) * z * (T.One - z);
                dg[2 * Width + j] = dn;
                dp[2 * Width + j] = dn * r;
                Dh[at + j] = dh * z;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void Lanes(nint gate, nint at)
        {
            T* a = Activations + gate, dg = Dg + gate, dp = Dp + gate;
            Vector<T> r = Vector.Load(a), z = Vector.Load(a + Width), n = Vector.Load(a + 2 * Width), dh = Vector.Load(Dh + at), one = Vector<T>.One;
            var dn = dh * (one - z) * (one - n * n);
            var dr = dn * Vector.Load(Candidate + at) * r * (one - r);
            var dz = dh * (Vector.Load(Before + at) - n) * z * (one - z);
            dr.Store(dg);
            dr.Store(dp);
            dz.Store(dg + Width);
            dz.Store(dp + Width);
            dn.Store(dg + 2 * Width);
            (dn * r).Store(dp + 2 * Width);
            (dh * z).Store(Dh + at);
        }
    }
}
