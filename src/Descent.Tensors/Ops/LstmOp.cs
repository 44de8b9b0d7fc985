using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Long short-term memory over whole sequences as one operation.</summary>
static unsafe class LstmOp
{
    sealed record State(RecurrentSteps Steps, Saved Gates, Saved First, Saved FirstCell, Saved Weight, Saved? Projection,
        Tensor Activations, Tensor Before, Tensor CellBefore, Tensor CellTanh, Tensor? Unprojected);

    /// <returns>The output of all steps, the last state and the last cell.</returns>
    internal static Tensor[] Run(RecurrentSteps steps, Tensor gates, Tensor h0, Tensor c0, Tensor weight, Tensor? projection) => gates.DType == DType.Float32
        ? Run<float>(steps, gates, h0, c0, weight, projection) : Run<double>(steps, gates, h0, c0, weight, projection);

    static Tensor[] Run<T>(RecurrentSteps steps, Tensor gates, Tensor h0, Tensor c0, Tensor weight, Tensor? projection) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int hidden = c0.Shape[1], projected = h0.Shape[1];
        Tensor input = gates.Contiguous(), w = weight.Contiguous(), state = h0.Detach().Clone(), cell = c0.Detach().Clone();
        var wr = projection?.Contiguous();
        Tensor activations = RnnOp.Rows(steps, 4 * hidden, gates), before = RnnOp.Rows(steps, projected, gates), y = RnnOp.Rows(steps, projected, gates);
        Tensor cellBefore = RnnOp.Rows(steps, hidden, gates), cellTanh = RnnOp.Rows(steps, hidden, gates);
        var unprojected = wr is null ? null : RnnOp.Rows(steps, hidden, gates);
        fixed (T* pg = input.AsSpan<T>(), pw = w.AsSpan<T>(), pr = RnnOp.Span<T>(wr), pa = activations.AsSpan<T>(), pb = before.AsSpan<T>(), py = y.AsSpan<T>(),
            pcb = cellBefore.AsSpan<T>(), pct = cellTanh.AsSpan<T>(), pu = RnnOp.Span<T>(unprojected), ph = state.AsSpan<T>(), pc = cell.AsSpan<T>())
            new LstmSequence<T>
            {
                Hidden = hidden, Projected = projected, Weight = pw, Projection = pr, Gates = pg, Activations = pa, Before = pb, Output = py,
                CellBefore = pcb, CellTanh = pct, Unprojected = pu, State = ph, Cell = pc,
            }.Forward(steps);
        GC.KeepAlive(input);
        GC.KeepAlive(w);
        GC.KeepAlive(wr);
        Tensor[] inputs = projection is null ? [gates, h0, c0, weight] : [gates, h0, c0, weight, projection];
        Autograd.RecordJoint([y, state, cell], new State(steps, gates.Saved, h0.Saved, c0.Saved, weight.Saved, projection?.Saved,
            activations, before, cellBefore, cellTanh, unprojected), inputs, Gradients<T>, operation: "Lstm");
        return [y, state, cell];
    }

    static void Gradients<T>(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Autograd.IsEnabled)
        {
            Tensor[] inputs = s.Projection is { } p ? [s.Gates, s.First, s.FirstCell, s.Weight, p] : [s.Gates, s.First, s.FirstCell, s.Weight];
            CompositeGradient.Run(dys, inputs, needed, results, x => Composite(s.Steps, x));
            return;
        }
        Tensor w = s.Weight.Value.Contiguous();
        var wr = s.Projection?.Value.Contiguous();
        Shape state = s.First.Value.Shape, cell = s.FirstCell.Value.Shape;
        int hidden = cell[1], projected = state[1];
        var dy = dys[0]?.Contiguous();
        var dState = dys[1] is { } last ? last.Clone() : Tensor.Zeros(state, w.DType);
        var dCell = dys[2] is { } lastCell ? lastCell.Clone() : Tensor.Zeros(cell, w.DType);
        Tensor dGates = RnnOp.Rows(s.Steps, 4 * hidden, w);
        var dWeight = needed[3] ? Tensor.Uninitialized(w.Shape, w.DType) : null;
        var dProjection = wr is not null && needed[4] ? Tensor.Uninitialized(wr.Shape, w.DType) : null;
        var dOutput = wr is null ? null : RnnOp.Rows(s.Steps, projected, w);
        var dUnprojected = wr is null ? null : Tensor.Uninitialized(cell, w.DType);
        fixed (T* pw = w.AsSpan<T>(), pr = RnnOp.Span<T>(wr), pa = s.Activations.AsSpan<T>(), pb = s.Before.AsSpan<T>(), pcb = s.CellBefore.AsSpan<T>(),
            pct = s.CellTanh.AsSpan<T>(), pu = RnnOp.Span<T>(s.Unprojected), ph = dState.AsSpan<T>(), pc = dCell.AsSpan<T>(), pdy = RnnOp.Span<T>(dy),
            pdg = dGates.AsSpan<T>(), pdw = RnnOp.Span<T>(dWeight), pdr = RnnOp.Span<T>(dProjection), pdo = RnnOp.Span<T>(dOutput), pdu = RnnOp.Span<T>(dUnprojected))
            new LstmSequence<T>
            {
                Hidden = hidden, Projected = projected, Weight = pw, Projection = pr, Activations = pa, Before = pb,
                CellBefore = pcb, CellTanh = pct, Unprojected = pu, State = ph, Cell = pc,
            }.Backward(s.Steps, pdy, pdg, pdw, pdr, pdo, pdu);
        GC.KeepAlive(w);
        GC.KeepAlive(wr);
        GC.KeepAlive(dy);
        GC.KeepAlive(dOutput);
        GC.KeepAlive(dUnprojected);
        (results[0], results[1], results[2], results[3]) = (dGates, dState, dCell, dWeight);
        if (wr is not null) results[4] = dProjection;
    }

    static Tensor[] Composite(RecurrentSteps steps, Tensor[] x) => RecurrentInput.Unrolled(steps, x[0], [x[1], x[2]], (gates, state) =>
    {
        var parts = (gates + state[0].MatMul(x[3].T)).Chunk(4, 1);
        var c = parts[1].Sigmoid() * state[1] + parts[0].Sigmoid() * parts[2].Tanh();
        var h = parts[3].Sigmoid() * c.Tanh();
        return [x.Length > 4 ? h.MatMul(x[4].T) : h, c];
    });
}
