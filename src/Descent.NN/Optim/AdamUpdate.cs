using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>The formula that Adam and AdamW share.</summary>
static class AdamUpdate
{
    internal static void Run(AdamGroup group, ParameterState state, Tensor gradient, bool decoupled)
    {
        state.Steps++;
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient, decoupled);
        else Run<double>(group, state, gradient, decoupled);
    }

    static void Run<T>(AdamGroup group, ParameterState state, Tensor gradient, bool decoupled) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var factors = new Factors<T>(group, state.Steps, decoupled);
        if (group.AmsGrad) UpdatePass.Run<T, NeverFalling<T>>(new(factors), state, gradient);
        else UpdatePass.Run<T, Plain<T>>(new(factors), state, gradient);
    }

    readonly struct Factors<T>(AdamGroup group, long steps, bool decoupled) where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group, decoupled);
        readonly Vector<T> _keep = Lanes<T>.All(decoupled ? 1 - group.LearningRate * group.WeightDecay : 1);
        readonly Vector<T> _first = Lanes<T>.All(group.Betas.First), _firstRest = Lanes<T>.All(1 - group.Betas.First);
        readonly Vector<T> _second = Lanes<T>.All(group.Betas.Second), _secondRest = Lanes<T>.All(1 - group.Betas.Second);
        readonly Vector<T> _step = Lanes<T>.All(-group.LearningRate / (1 - Math.Pow(group.Betas.First, steps)));
        readonly Vector<T> _scale = Lanes<T>.All(1 / Math.Sqrt(1 - Math.Pow(group.Betas.Second, steps)));
        readonly Vector<T> _epsilon = Lanes<T>.All(group.Epsilon);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Means(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v)
        {
            g = _slope.Of(p, g);
            p *= _keep;
            m = m * _first + g * _firstRest;
            v = v * _second + g * g * _secondRest;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Move(ref Vector<T> p, Vector<T> m, Vector<T> v) =>
            p += _step * m / (Vector.SquareRoot(v) * _scale + _epsilon);
    }

    readonly struct Plain<T>(Factors<T> factors) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            factors.Means(ref p, g, ref m, ref v);
            factors.Move(ref p, m, v);
        }
    }

    /// <summary>w is the greatest v so far.</summary>
    readonly struct NeverFalling<T>(Factors<T> factors) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static int Moments => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            factors.Means(ref p, g, ref m, ref v);
            w = Vector.Max(w, v);
            factors.Move(ref p, m, w);
        }
    }
}
