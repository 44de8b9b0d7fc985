using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>The plain recurrence over whole sequences as one operation.</summary>
static unsafe class RnnOp
{
    sealed record State(RecurrentSteps Steps, bool Rectifies, Saved Gates, Saved First, Saved Weight, Tensor Before, Saved Output);

    /// <returns>The output of all steps and the last state.</returns>
    internal static Tensor[] Run(RecurrentSteps steps, Tensor gates, Tensor h0, Tensor weight, bool rectifies) => gates.DType == DType.Float32
        ? Run<float>(steps, gates, h0, weight, rectifies) : Run<double>(steps, gates, h0, weight, rectifies);

    static Tensor[] Run<T>(RecurrentSteps steps, Tensor gates, Tensor h0, Tensor weight, bool rectifies) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int hidden = h0.Shape[1];
        Tensor input = gates.Contiguous(), w = weight.Contiguous();
        Tensor state = h0.Detach().Clone(), before = Rows(steps, hidden, gates), y = Rows(steps, hidden, gates);
        fixed (T* pg = input.AsSpan<T>(), pw = w.AsSpan<T>(), ph = state.AsSpan<T>(), pb = before.AsSpan<T>(), py = y.AsSpan<T>())
            new RnnSequence<T> { Hidden = hidden, Rectifies = rectifies, Gates = pg, Weight = pw, State = ph, Before = pb, Output = py }.Forward(steps);
        GC.KeepAlive(input);
        GC.KeepAlive(w);
        Autograd.RecordJoint([y, state], new State(steps, rectifies, gates.Saved, h0.Saved, weight.Saved, before, y.Saved), [gates, h0, weight],
            Gradients<T>, operation: "Rnn");
        return [y, state];
    }

    static void Gradients<T>(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Autograd.IsEnabled)
        {
            CompositeGradient.Run(dys, [s.Gates, s.First, s.Weight], needed, results, x => Composite(s.Steps, s.Rectifies, x));
            return;
        }
        Tensor w = s.Weight.Value.Contiguous(), y = s.Output;
        int hidden = w.Shape[1];
        var dy = dys[0]?.Contiguous();
        var dState = dys[1] is { } last ? last.Clone() : Tensor.Zeros(s.First.Value.Shape, y.DType);
        Tensor dGates = Rows(s.Steps, hidden, y);
        var dWeight = needed[2] ? Tensor.Uninitialized(w.Shape, y.DType) : null;
        fixed (T* pw = w.AsSpan<T>(), pb = s.Before.AsSpan<T>(), py = y.AsSpan<T>(), pdy = Span<T>(dy), pdg = dGates.AsSpan<T>(), ph = dState.AsSpan<T>(), pdw = Span<T>(dWeight))
            new RnnSequence<T> { Hidden = hidden, Rectifies = s.Rectifies, Weight = pw, Before = pb, Output = py, State = ph }.Backward(s.Steps, pdy, pdg, pdw);
        GC.KeepAlive(w);
        GC.KeepAlive(dy);
        GC.KeepAlive(y);
        (results[0], results[1], results[2]) = (dGates, dState, dWeight);
    }

    static Tensor[] Composite(RecurrentSteps steps, bool rectifies, Tensor[] x) => RecurrentInput.Unrolled(steps, x[0], [x[1]], (gates, h) =>
    {
        var sum = gates + h[0].MatMul(x[2].T);
        return [rectifies ? sum.Relu() : sum.Tanh()];
    });

    /// <summary>Room for all steps' rows.</summary>
    internal static Tensor Rows(RecurrentSteps steps, int width, Tensor like) => Tensor.Uninitialized(new(steps.Rows, width), like.DType);

    /// <summary>The elements, or nothing.</summary>
    internal static Span<T> Span<T>(Tensor? x) where T : unmanaged => x is null ? default : x.AsSpan<T>();
}
