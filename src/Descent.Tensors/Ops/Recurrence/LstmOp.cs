using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Long short-term memory over whole sequences as one operation.</summary>
static unsafe class LstmOp
{
    sealed record State(RecurrentSteps Steps, RecurrentInputs Inputs, Tensor Gates, Tensor Before, Tensor CellBefore, Tensor CellTanh, Tensor? Unprojected);

    /// <returns>The output of all steps, the last state and the last cell.</returns>
    internal static Tensor[] Run(RecurrentSteps steps, RecurrentInputs x) => x[RecurrentInputs.X].DType == DType.Float32 ? Run<float>(steps, x) : Run<double>(steps, x);

    static Tensor[] Run<T>(RecurrentSteps steps, RecurrentInputs x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor w = x[RecurrentInputs.WeightHh].Contiguous(), state = x[RecurrentInputs.State].Detach().Clone(), cell = x[RecurrentInputs.Cell].Detach().Clone();
        var wr = x.Find(RecurrentInputs.Projection)?.Contiguous();
        int hidden = cell.Shape[1], projected = state.Shape[1];
        Tensor gates = x.Gates(both: true), before = RecurrentTensors.Rows(steps, RecurrentSequence<T, LstmCell<T>>.Stride(projected), w), y = RecurrentTensors.Rows(steps, projected, w);
        Tensor cellBefore = RecurrentTensors.Rows(steps, hidden, w), cellTanh = RecurrentTensors.Rows(steps, hidden, w);
        var unprojected = wr is null ? null : RecurrentTensors.Rows(steps, hidden, w);
        var work = RecurrentTensors.Room(RecurrentSequence<T, LstmCell<T>>.Workspace(steps, hidden, wr is not null, backward: false), w);
        fixed (T* pw = w.AsSpan<T>(), pr = RecurrentTensors.Span<T>(wr), pg = gates.AsSpan<T>(), pb = before.AsSpan<T>(), py = y.AsSpan<T>(), pcb = cellBefore.AsSpan<T>(),
            pct = cellTanh.AsSpan<T>(), pu = RecurrentTensors.Span<T>(unprojected), ph = state.AsSpan<T>(), pc = cell.AsSpan<T>(), room = work.AsSpan<T>())
            new RecurrentSequence<T, LstmCell<T>>
            {
                Hidden = hidden, Projected = projected, Weight = pw, Projection = pr, Before = pb, BeforeStride = before.Shape[1], Output = py, Unprojected = pu, State = ph,
                Cell = new() { Hidden = hidden, Gates = pg, Before = pcb, Tangents = pct, Cell = pc },
            }.Forward(steps, room);
        work.Dispose();
        GC.KeepAlive(w);
        GC.KeepAlive(wr);
        Autograd.RecordJoint([y, state, cell], new State(steps, x, gates, before, cellBefore, cellTanh, unprojected), x.Present, Gradients<T>, operation: "Lstm");
        return [y, state, cell];
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
        var wr = x.Find(RecurrentInputs.Projection)?.Contiguous();
        Shape state = x[RecurrentInputs.State].Shape, cell = x[RecurrentInputs.Cell].Shape;
        int hidden = cell[1], projected = state[1];
        var dy = dys[0]?.Contiguous();
        var dState = dys[1] is { } last ? last.Clone() : Tensor.Zeros(state, w.DType);
        var dCell = dys[2] is { } lastCell ? lastCell.Clone() : Tensor.Zeros(cell, w.DType);
        Tensor dGates = RecurrentTensors.Rows(s.Steps, RecurrentSequence<T, LstmCell<T>>.Stride(4 * hidden), w);
        var dOutput = wr is null ? null : RecurrentTensors.Rows(s.Steps, projected, w);
        var work = RecurrentTensors.Room(RecurrentSequence<T, LstmCell<T>>.Workspace(s.Steps, hidden, wr is not null, backward: true), w);
        fixed (T* pw = w.AsSpan<T>(), pr = RecurrentTensors.Span<T>(wr), pg = s.Gates.AsSpan<T>(), pcb = s.CellBefore.AsSpan<T>(), pct = s.CellTanh.AsSpan<T>(),
            ph = dState.AsSpan<T>(), pc = dCell.AsSpan<T>(), pdy = RecurrentTensors.Span<T>(dy), pdg = dGates.AsSpan<T>(), pdo = RecurrentTensors.Span<T>(dOutput),
            room = work.AsSpan<T>())
            new RecurrentSequence<T, LstmCell<T>>
            {
                Hidden = hidden, Projected = projected, Weight = pw, Projection = pr, State = ph, GradientStride = dGates.Shape[1],
                Cell = new() { Hidden = hidden, Gates = pg, Gradients = pdg, Stride = dGates.Shape[1], Before = pcb, Tangents = pct, Cell = pc },
            }.Backward(s.Steps, pdy, x.Wants(RecurrentInputs.State, needed), pdo, room);
        work.Dispose();
        GC.KeepAlive(w);
        GC.KeepAlive(wr);
        GC.KeepAlive(dy);
        x.Gradients(dGates, dGates, s.Before, dState, needed, results);
        if (x.Wants(RecurrentInputs.Cell, needed)) results[x.Place(RecurrentInputs.Cell)] = dCell;
        if (x.Wants(RecurrentInputs.Projection, needed)) results[x.Place(RecurrentInputs.Projection)] = MatMulOps.Product(dOutput!, s.Unprojected!, true, false);
        dGates.Dispose();
        dOutput?.Dispose();
    }

    static Tensor[] Composite(RecurrentSteps steps, RecurrentInputs inputs, Tensor?[] x) => RecurrentInput.Unrolled(steps, inputs.Gates(x[0]!, x[1]!, x[2], x[3]), [x[5]!, x[6]!], (gates, state) =>
    {
        var parts = (gates + state[0].MatMul(x[4]!.T)).Chunk(4, 1);
        var c = parts[1].Sigmoid() * state[1] + parts[0].Sigmoid() * parts[2].Tanh();
        var h = parts[3].Sigmoid() * c.Tanh();
        return [x[7] is { } projection ? h.MatMul(projection.T) : h, c];
    });
}
