using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>A recurrence forward, a block of units at a time: the products of all its gates, then the cell while they are in the cache.</summary>
/// <remarks>Stage 0 packs; stage i + 1 is the step computed as number i.</remarks>
unsafe struct ForwardBlocks<T, V, L, TCell>(RecurrentSequence<T, TCell> sequence, RecurrentSteps steps, RecurrentGrid grid, T* workspace) : IStagedBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : struct
    where L : IVectorLanes<T, V>
    where TCell : struct, IRecurrentCell<T>
{
    readonly RecurrentPanels<T, V, L> _panels = new(grid, sequence.Hidden, TCell.GateCount, sequence.Hidden, steps.Sizes[0], workspace);

    public static void Run(in RecurrentSequence<T, TCell> sequence, RecurrentSteps steps, T* workspace)
    {
        int hidden = sequence.Hidden, batch = steps.Sizes[0];
        var grid = RecurrentGrid.Choose(hidden, batch, (long)batch * TCell.GateCount * hidden * hidden, L.Count, RecurrentPanels<T, V, L>.TileRows, GemmTile<T, V, L>.MostVectors);
        StagedWork<ForwardBlocks<T, V, L, TCell>>.Run(steps.Count + 1, grid.UnitBlocks * grid.Groups, grid.Threads, new(sequence, steps, grid, workspace));
    }

    public readonly void Invoke(int stage, int block)
    {
        var (group, columns) = Math.DivRem(block, grid.UnitBlocks);
        int hidden = sequence.Hidden, first = group * grid.GroupRows;
        var (unit, count, width) = _panels.Columns(columns);
        if (stage == 0)
        {
            if (group == 0) _panels.PackWeights(columns, sequence.Weight, (nint)hidden * hidden, hidden, 1);
        }
        else
        {
            int t = steps.At(stage - 1), end = Math.Min(steps.Sizes[t], first + grid.GroupRows), chunk = RecurrentPanels<T, V, L>.ChunkRows;
            T* product = _panels.Product(columns);
            for (int row = first; row < end; row += chunk)
            {
                int last = Math.Min(end, row + chunk);
                _panels.Multiply((stage - 1) & 1, row, last, columns, product);
                sequence.ForwardRows(steps.Offsets[t], row, last, unit, count, product - (nint)row * width, chunk * width, width);
            }
        }
        if (stage == steps.Count) return;
        int next = Math.Min(steps.Sizes[steps.At(stage)], first + grid.GroupRows);
        _panels.PackRows(stage & 1, first, next, sequence.State + unit, hidden, unit, count);
    }
}

/// <summary>
/// A recurrence backward, a block of units at a time: what the gates of the step after give to the state, then the cell's
/// gradient.
/// </summary>
/// <remarks>Stage 0 packs; stage i is the step computed as number count − i; one more stage gives the gradient of the first state.</remarks>
unsafe struct BackwardBlocks<T, V, L, TCell>(RecurrentSequence<T, TCell> sequence, RecurrentSteps steps, T* dy, RecurrentGrid grid, T* workspace) : IStagedBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : struct
    where L : IVectorLanes<T, V>
    where TCell : struct, IRecurrentCell<T>
{
    readonly RecurrentPanels<T, V, L> _panels = new(grid, sequence.Hidden, 1, TCell.GateCount * sequence.Hidden, steps.Sizes[0], workspace);

    public static void Run(in RecurrentSequence<T, TCell> sequence, RecurrentSteps steps, T* dy, bool toFirst, T* workspace)
    {
        int hidden = sequence.Hidden, batch = steps.Sizes[0];
        var grid = RecurrentGrid.Choose(hidden, batch, (long)batch * TCell.GateCount * hidden * hidden, L.Count, RecurrentPanels<T, V, L>.TileRows, GemmTile<T, V, L>.MostVectors);
        StagedWork<BackwardBlocks<T, V, L, TCell>>.Run(steps.Count + (toFirst ? 2 : 1), grid.UnitBlocks * grid.Groups, grid.Threads,
            new(sequence, steps, dy, grid, workspace));
    }

    public readonly void Invoke(int stage, int block)
    {
        var (group, columns) = Math.DivRem(block, grid.UnitBlocks);
        int hidden = sequence.Hidden, wide = TCell.GateCount * hidden, first = group * grid.GroupRows;
        if (stage == 0)
        {
            if (group == 0) _panels.PackWeights(columns, sequence.Weight, 0, 1, hidden);
            return;
        }
        var (unit, count, width) = _panels.Columns(columns);
        int t = stage > steps.Count ? -1 : steps.At(steps.Count - stage), chunk = RecurrentPanels<T, V, L>.ChunkRows;
        int size = t < 0 ? 0 : steps.Sizes[t], after = stage == 1 ? 0 : steps.Sizes[steps.At(steps.Count - stage + 1)];
        int end = Math.Min(Math.Max(size, after), first + grid.GroupRows);
        T* product = _panels.Product(columns);
        for (int row = first; row < end; row += chunk)
        {
            int last = Math.Min(end, row + chunk);
            _panels.Multiply((stage - 1) & 1, row, Math.Min(last, after), columns, product);
            sequence.BackwardRows(t < 0 ? 0 : steps.Offsets[t], row, last, size, after, unit, count, product - (nint)row * width, width, dy);
        }
        if (t < 0) return;
        T* gradients = sequence.Cell.ProductGradients + (nint)steps.Offsets[t] * wide;
        for (int gate = 0; gate < TCell.GateCount; gate++)
            _panels.PackRows(stage & 1, first, Math.Min(size, first + grid.GroupRows), gradients + gate * hidden + unit, wide, gate * hidden + unit, count);
    }
}
