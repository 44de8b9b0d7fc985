using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>The plain recurrence over whole sequences as one operation.</summary>
static unsafe class RnnOp
{
    sealed record State(RecurrentSteps Steps, RecurrentInputs Inputs, bool Rectifies, Tensor Before, Saved Output);

    /// <returns>The output of all steps and the last state.</returns>
    internal static Tensor[] Run(RecurrentSteps steps, RecurrentInputs x, bool rectifies) =>
        x[RecurrentInputs.X].DType == DType.Float32 ? Run<float>(steps, x, rectifies) : Run<double>(steps, x, rectifies);

    static Tensor[] Run<T>(RecurrentSteps steps, RecurrentInputs x, bool rectifies) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor w = x[RecurrentInputs.WeightHh].Contiguous(), state = x[RecurrentInputs.State].Detach().Clone();
        int hidden = state.Shape[1];
        // The states are written over what the inputs give.
        Tensor y = x.Gates(both: true), before = RecurrentTensors.Rows(steps, RecurrentSequence<T, RnnCell<T>>.Stride(hidden), w);
        var work = RecurrentTensors.Room(RecurrentSequence<T, RnnCell<T>>.Workspace(steps, hidden, projects: false, backward: false), w);
        fixed (T* pw = w.AsSpan<T>(), ph = state.AsSpan<T>(), pb = before.AsSpan<T>(), py = y.AsSpan<T>(), room = work.AsSpan<T>())
            new RecurrentSequence<T, RnnCell<T>>
            {
                Hidden = hidden, Projected = hidden, Weight = pw, Before = pb, BeforeStride = before.Shape[1], Output = py, State = ph,
                Cell = new() { Hidden = hidden, Rectifies = rectifies, Gates = py, Output = py },
            }.Forward(steps, room);
        work.Dispose();
        GC.KeepAlive(w);
        Autograd.RecordJoint([y, state], new State(steps, x, rectifies, before, y.Saved), x.Present, Gradients<T>, operation: "Rnn");
        return [y, state];
    }

    static void Gradients<T>(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var x = s.Inputs;
        if (Autograd.IsEnabled)
        {
            CompositeGradient.Run(dys, x.Present, needed, results, present => Composite(s.Steps, x, s.Rectifies, x.Spread(present)));
            return;
        }
        Tensor w = x[RecurrentInputs.WeightHh].Contiguous(), y = s.Output;
        int hidden = w.Shape[1];
        var dy = dys[0]?.Contiguous();
        var dState = dys[1] is { } last ? last.Clone() : Tensor.Zeros(x[RecurrentInputs.State].Shape, y.DType);
        var dGates = RecurrentTensors.Rows(s.Steps, RecurrentSequence<T, RnnCell<T>>.Stride(hidden), y);
        var work = RecurrentTensors.Room(RecurrentSequence<T, RnnCell<T>>.Workspace(s.Steps, hidden, projects: false, backward: true), w);
        fixed (T* pw = w.AsSpan<T>(), py = y.AsSpan<T>(), pdy = RecurrentTensors.Span<T>(dy), pdg = dGates.AsSpan<T>(), ph = dState.AsSpan<T>(), room = work.AsSpan<T>())
            new RecurrentSequence<T, RnnCell<T>>
            {
                Hidden = hidden, Projected = hidden, Weight = pw, State = ph, GradientStride = dGates.Shape[1],
                Cell = new() { Hidden = hidden, Rectifies = s.Rectifies, Output = py, Gradients = pdg, Stride = dGates.Shape[1] },
            }.Backward(s.Steps, pdy, x.Wants(RecurrentInputs.State, needed), null, room);
        work.Dispose();
        GC.KeepAlive(w);
        GC.KeepAlive(dy);
        GC.KeepAlive(y);
        x.Gradients(dGates, dGates, s.Before, dState, needed, results);
        dGates.Dispose();
    }

    static Tensor[] Composite(RecurrentSteps steps, RecurrentInputs inputs, bool rectifies, Tensor?[] x) =>
        RecurrentInput.Unrolled(steps, inputs.Gates(x[0]!, x[1]!, x[2], x[3]), [x[5]!], (gates, h) =>
        {
            var sum = gates + h[0].MatMul(x[4]!.T);
            return [rectifies ? sum.Relu() : sum.Tanh()];
        });
}
