using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Gated recurrent units over whole sequences as one operation.</summary>
static unsafe class GruOp
{
    sealed record State(RecurrentSteps Steps, RecurrentInputs Inputs, Tensor Gates, Tensor Before, Tensor Candidates);

    /// <returns>The output of all steps and the last state.</returns>
    internal static Tensor[] Run(RecurrentSteps steps, RecurrentInputs x) => x[RecurrentInputs.X].DType == DType.Float32 ? Run<float>(steps, x) : Run<double>(steps, x);

    static Tensor[] Run<T>(RecurrentSteps steps, RecurrentInputs x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor w = x[RecurrentInputs.WeightHh].Contiguous(), state = x[RecurrentInputs.State].Detach().Clone();
        var b = x.Find(RecurrentInputs.BiasHh)?.Contiguous();
        int hidden = state.Shape[1];
        Tensor gates = x.Gates(both: false), before = RecurrentTensors.Rows(steps, RecurrentSequence<T, GruCell<T>>.Stride(hidden), w), y = RecurrentTensors.Rows(steps, hidden, w);
        Tensor candidates = RecurrentTensors.Rows(steps, hidden, w);
        var work = RecurrentTensors.Room(RecurrentSequence<T, GruCell<T>>.Workspace(steps, hidden, projects: false, backward: false), w);
        fixed (T* pw = w.AsSpan<T>(), pbias = RecurrentTensors.Span<T>(b), pg = gates.AsSpan<T>(), pb = before.AsSpan<T>(), py = y.AsSpan<T>(), pc = candidates.AsSpan<T>(),
            ph = state.AsSpan<T>(), room = work.AsSpan<T>())
            new RecurrentSequence<T, GruCell<T>>
            {
                Hidden = hidden, Projected = hidden, Weight = pw, Before = pb, BeforeStride = before.Shape[1], Output = py, State = ph,
                Cell = new() { Hidden = hidden, Bias = pbias, Gates = pg, Before = pb, BeforeStride = before.Shape[1], Candidates = pc },
            }.Forward(steps, room);
        work.Dispose();
        GC.KeepAlive(w);
        GC.KeepAlive(b);
        Autograd.RecordJoint([y, state], new State(steps, x, gates, before, candidates), x.Present, Gradients<T>, operation: "Gru");
        return [y, state];
    }

    static void Gradients<T>(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var x = s.Inputs;
        if (Autograd.IsEnabled)
        {
            CompositeGradient.Run(dys, x.Present, needed, results, present => Composite(s.Steps, x, x.Spread(present)));
            return;
        }
        Tensor w = x[RecurrentInputs.WeightHh].Contiguous();
        int hidden = w.Shape[1];
        var dy = dys[0]?.Contiguous();
        var dState = dys[1] is { } last ? last.Clone() : Tensor.Zeros(x[RecurrentInputs.State].Shape, w.DType);
        int stride = RecurrentSequence<T, GruCell<T>>.Stride(3 * hidden);
        Tensor dGates = RecurrentTensors.Rows(s.Steps, stride, w), dProducts = RecurrentTensors.Rows(s.Steps, stride, w);
        var work = RecurrentTensors.Room(RecurrentSequence<T, GruCell<T>>.Workspace(s.Steps, hidden, projects: false, backward: true), w);
        fixed (T* pw = w.AsSpan<T>(), pg = s.Gates.AsSpan<T>(), pb = s.Before.AsSpan<T>(), pc = s.Candidates.AsSpan<T>(), ph = dState.AsSpan<T>(),
            pdy = RecurrentTensors.Span<T>(dy), pdg = dGates.AsSpan<T>(), pdp = dProducts.AsSpan<T>(), room = work.AsSpan<T>())
            new RecurrentSequence<T, GruCell<T>>
            {
                Hidden = hidden, Projected = hidden, Weight = pw, State = ph, GradientStride = stride,
                Cell = new() { Hidden = hidden, Gates = pg, Gradients = pdg, StateGradients = pdp, Stride = stride, Before = pb, BeforeStride = s.Before.Shape[1], Candidates = pc },
            }.Backward(s.Steps, pdy, x.Wants(RecurrentInputs.State, needed), null, room);
        work.Dispose();
        GC.KeepAlive(w);
        GC.KeepAlive(dy);
        x.Gradients(dGates, dProducts, s.Before, dState, needed, results);
        dGates.Dispose();
        dProducts.Dispose();
    }

    static Tensor[] Composite(RecurrentSteps steps, RecurrentInputs inputs, Tensor?[] x) => RecurrentInput.Unrolled(steps, inputs.Gates(x[0]!, x[1]!, x[2], null), [x[5]!], (gates, h) =>
    {
        var product = h[0].MatMul(x[4]!.T);
        if (x[3] is { } bias) product = product + bias;
        Tensor[] a = gates.Chunk(3, 1), b = product.Chunk(3, 1);
        var z = (a[1] + b[1]).Sigmoid();
        var n = (a[2] + (a[0] + b[0]).Sigmoid() * b[2]).Tanh();
        return [n + z * (h[0] - n)];
    });
}
