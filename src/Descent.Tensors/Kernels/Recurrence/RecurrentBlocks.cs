using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>A recurrence forward, a block of units at a time: the products of all its gates, then the cell while they are in the cache.</summary>
/// <remarks>Stage 0 packs; stage i + 1 is the step computed as number i.</remarks>
unsafe struct ForwardBlocks<T, TCell>(RecurrentSequence<T, TCell> sequence, RecurrentSteps steps, GemmTiles<T> tiles, RecurrentGrid grid, T* workspace) : IStagedBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : struct, IRecurrentCell<T>
{
    readonly RecurrentPanels<T> _panels = new(tiles, grid, sequence.Hidden, TCell.GateCount, sums: false, steps.Sizes[0], workspace);

    public static void Run(in RecurrentSequence<T, TCell> sequence, RecurrentSteps steps, T* workspace)
    {
        var tiles = GemmTiles<T>.Current;
        var grid = RecurrentGrid.Choose(sequence.Hidden, TCell.GateCount, steps.Sizes[0], tiles.Lanes, RecurrentPanels<T>.PanelRows(tiles), RecurrentPanels<T>.MostVectors(tiles));
        StagedWork<ForwardBlocks<T, TCell>>.Run(steps.Count + 1, grid.UnitBlocks * grid.Groups, grid.Threads, new(sequence, steps, tiles, grid, workspace));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Invoke(int stage, int block)
    {
        var (group, units) = Math.DivRem(block, grid.UnitBlocks);
        int first = group * grid.GroupRows;
        var (unit, count, width) = _panels.Units(units);
        if (stage == 0)
        {
            if (group == 0) _panels.PackWeights(units, sequence.Weight);
        }
        else
        {
            int t = steps.At(stage - 1), end = Math.Min(steps.Sizes[t], first + grid.GroupRows), rows;
            nint offset = steps.Offsets[t];
            T* product = _panels.Product(units);
            for (int row = first; row < end; row += rows)
            {
                rows = _panels.Band(units, end - row);
                for (int gate = 0; gate < TCell.GateCount; gate++)
                {
                    sequence.FetchForward(offset + row, rows, unit, count, gate);
                    _panels.Multiply((stage - 1) & 1, sequence.Before + offset * sequence.BeforeStride, sequence.BeforeStride, row, rows, units, gate, product);
                }
                sequence.ForwardRows(offset, row, row + rows, unit, count, product - (nint)row * width, RecurrentPanels<T>.BandRows * width, width);
            }
        }
        if (stage == steps.Count) return;
        int next = steps.At(stage), last = Math.Min(steps.Sizes[next], first + grid.GroupRows);
        sequence.KeepStates(steps.Offsets[next], first, last, unit, count);
        _panels.PackRows(stage & 1, first, last, sequence.State + unit, sequence.Hidden, unit, count);
    }
}

/// <summary>
/// A recurrence backward, a block of units at a time: what the gates of the step after give to the state, then the cell's
/// gradient.
/// </summary>
/// <remarks>Stage 0 packs; stage i is the step computed as number count − i; one more stage gives the gradient of the first state.</remarks>
unsafe struct BackwardBlocks<T, TCell>(RecurrentSequence<T, TCell> sequence, RecurrentSteps steps, T* dy, GemmTiles<T> tiles, RecurrentGrid grid, T* workspace) : IStagedBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : struct, IRecurrentCell<T>
{
    readonly RecurrentPanels<T> _panels = new(tiles, grid, sequence.Hidden, TCell.GateCount, sums: true, steps.Sizes[0], workspace);

    public static void Run(in RecurrentSequence<T, TCell> sequence, RecurrentSteps steps, T* dy, bool toFirst, T* workspace)
    {
        var tiles = GemmTiles<T>.Current;
        var grid = RecurrentGrid.Choose(sequence.Hidden, TCell.GateCount, steps.Sizes[0], tiles.Lanes, RecurrentPanels<T>.PanelRows(tiles), RecurrentPanels<T>.MostVectors(tiles));
        StagedWork<BackwardBlocks<T, TCell>>.Run(steps.Count + (toFirst ? 2 : 1), grid.UnitBlocks * grid.Groups, grid.Threads,
            new(sequence, steps, dy, tiles, grid, workspace));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Invoke(int stage, int block)
    {
        var (group, units) = Math.DivRem(block, grid.UnitBlocks);
        if (stage == 0)
        {
            if (group == 0) _panels.PackWeights(units, sequence.Weight);
            return;
        }
        int t = stage > steps.Count ? -1 : steps.At(steps.Count - stage), size = t < 0 ? 0 : steps.Sizes[t];
        int following = stage == 1 ? -1 : steps.At(steps.Count - stage + 1), after = following < 0 ? 0 : steps.Sizes[following];
        int first = group * grid.GroupRows, end = Math.Min(Math.Max(size, after), first + grid.GroupRows), rows;
        nint offset = t < 0 ? 0 : steps.Offsets[t];
        var (unit, count, width) = _panels.Units(units);
        T* product = _panels.Product(units), gradients = sequence.Cell.ProductGradients;
        nint stride = sequence.GradientStride;
        for (int row = first; row < end; row += rows)
        {
            // Products end with the sequences that have the step after, where a new band begins.
            bool multiplies = row < after;
            rows = _panels.Band(units, multiplies ? Math.Min(end, after) - row : end - row);
            for (int gate = 0; gate < TCell.GateCount; gate++)
            {
                if (row < size) sequence.FetchBackward(offset + row, Math.Min(rows, size - row), unit, count, gate, dy);
                if (multiplies) _panels.Multiply((stage - 1) & 1, gradients + steps.Offsets[following] * stride, stride, row, rows, units, gate, product);
            }
            sequence.BackwardRows(offset, row, row + rows, size, after, unit, count, product - (nint)row * width, width, dy);
        }
        if (t < 0) return;
        for (int gate = 0; gate < TCell.GateCount; gate++)
        {
            int k = gate * sequence.Hidden + unit;
            _panels.PackRows(stage & 1, first, Math.Min(size, first + grid.GroupRows), gradients + offset * stride + k, stride, k, count);
        }
    }
}
