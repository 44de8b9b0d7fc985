using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Gated recurrent units over whole sequences as one operation.</summary>
static unsafe class GruOp
{
    sealed record State(RecurrentSteps Steps, Saved Gates, Saved First, Saved Weight, Saved? Bias, Tensor Activations, Tensor Before, Tensor Candidate);

    /// <returns>The output of all steps and the last state.</returns>
    internal static Tensor[] Run(RecurrentSteps steps, Tensor gates, Tensor h0, Tensor weight, Tensor? bias) => gates.DType == DType.Float32
        ? Run<float>(steps, gates, h0, weight, bias) : Run<double>(steps, gates, h0, weight, bias);

    static Tensor[] Run<T>(RecurrentSteps steps, Tensor gates, Tensor h0, Tensor weight, Tensor? bias) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int hidden = h0.Shape[1];
        Tensor input = gates.Contiguous(), w = weight.Contiguous(), state = h0.Detach().Clone();
        var b = bias?.Contiguous();
        Tensor activations = RnnOp.Rows(steps, 3 * hidden, gates), product = Tensor.Uninitialized(new(h0.Shape[0], 3 * hidden), gates.DType);
        Tensor before = RnnOp.Rows(steps, hidden, gates), y = RnnOp.Rows(steps, hidden, gates), candidate = RnnOp.Rows(steps, hidden, gates);
        fixed (T* pg = input.AsSpan<T>(), pw = w.AsSpan<T>(), pbias = RnnOp.Span<T>(b), pa = activations.AsSpan<T>(), pb = before.AsSpan<T>(),
            py = y.AsSpan<T>(), pc = candidate.AsSpan<T>(), ph = state.AsSpan<T>(), pp = product.AsSpan<T>())
            new GruSequence<T>
            {
                Hidden = hidden, Weight = pw, Bias = pbias, Gates = pg, Activations = pa, Before = pb, Output = py, Candidate = pc, State = ph,
            }.Forward(steps, pp);
        GC.KeepAlive(input);
        GC.KeepAlive(w);
        GC.KeepAlive(b);
        GC.KeepAlive(product);
        Tensor[] inputs = bias is null ? [gates, h0, weight] : [gates, h0, weight, bias];
        Autograd.RecordJoint([y, state], new State(steps, gates.Saved, h0.Saved, weight.Saved, bias?.Saved, activations, before, candidate), inputs,
            Gradients<T>, operation: "Gru");
        return [y, state];
    }

    static void Gradients<T>(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Autograd.IsEnabled)
        {
            Tensor[] inputs = s.Bias is { } bias ? [s.Gates, s.First, s.Weight, bias] : [s.Gates, s.First, s.Weight];
            CompositeGradient.Run(dys, inputs, needed, results, x => Composite(s.Steps, x));
            return;
        }
        Tensor w = s.Weight.Value.Contiguous();
        int hidden = w.Shape[1];
        var dy = dys[0]?.Contiguous();
        var dState = dys[1] is { } last ? last.Clone() : Tensor.Zeros(s.First.Value.Shape, w.DType);
        Tensor dGates = RnnOp.Rows(s.Steps, 3 * hidden, w), dProduct = RnnOp.Rows(s.Steps, 3 * hidden, w);
        var dWeight = needed[2] ? Tensor.Uninitialized(w.Shape, w.DType) : null;
        fixed (T* pw = w.AsSpan<T>(), pa = s.Activations.AsSpan<T>(), pb = s.Before.AsSpan<T>(), pc = s.Candidate.AsSpan<T>(), ph = dState.AsSpan<T>(),
            pdy = RnnOp.Span<T>(dy), pdg = dGates.AsSpan<T>(), pdp = dProduct.AsSpan<T>(), pdw = RnnOp.Span<T>(dWeight))
            new GruSequence<T> { Hidden = hidden, Weight = pw, Activations = pa, Before = pb, Candidate = pc, State = ph }.Backward(s.Steps, pdy, pdg, pdp, pdw);
        GC.KeepAlive(w);
        GC.KeepAlive(dy);
        (results[0], results[1], results[2]) = (dGates, dState, dWeight);
        if (s.Bias is not null && needed[3]) results[3] = dProduct.Sum(0);
    }

    static Tensor[] Composite(RecurrentSteps steps, Tensor[] x) => RecurrentInput.Unrolled(steps, x[0], [x[1]], (gates, h) =>
    {
        var product = h[0].MatMul(x[2].T);
        if (x.Length > 3) product = product + x[3];
        Tensor[] a = gates.Chunk(3, 1), b = product.Chunk(3, 1);
        var z = (a[1] + b[1]).Sigmoid();
        var n = (a[2] + (a[0] + b[0]).Sigmoid() * b[2]).Tanh();
        return [n + z * (h[0] - n)];
    });
}
