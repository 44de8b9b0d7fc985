using Descent.Tensors;

namespace Descent.Search;

/// <summary>The vectors of an index divided among cells around centres. It never changes; another takes its place.</summary>
/// <param name="coder">How vectors are coded.</param>
/// <param name="centres">Of the cells, in the space of the coder's residuals, <c>(cells, width)</c>.</param>
/// <param name="learnedFrom">How many vectors there were when the centres were learned.</param>
/// <param name="cells">One for each centre.</param>
sealed class CellSet(CellCoder coder, Tensor centres, int learnedFrom, Cell[] cells)
{
    /// <summary>Cells without vectors.</summary>
    internal CellSet(CellCoder coder, Tensor centres, int learnedFrom)
        : this(coder, centres, learnedFrom, [.. Enumerable.Repeat(Descent.Search.Cell.Empty, centres.Shape[0])])
    {
    }

    internal CellCoder Coder => coder;

    internal Tensor Centres => centres;

    internal int LearnedFrom => learnedFrom;

    internal int Count => cells.Length;

    internal long Bytes => cells.Sum(cell => cell.Bytes) + centres.Shape[0] * (long)centres.Shape[1] * sizeof(float);

    internal Cell Cell(int c) => cells[c];

    internal ReadOnlySpan<float> Centre(int c) => KMeans.Centre(centres, c);

    /// <summary>The same cells but for some, whose vectors are coded anew.</summary>
    /// <param name="changed">For each cell that changes the slots it holds then.</param>
    /// <param name="load">Puts the vector of a slot into a span, in the coder's space.</param>
    internal CellSet With((int Cell, int[] Slots)[] changed, RowLoader load)
    {
        int width = coder.Space.Width;
        Cell[] exchanged = [.. cells];
        WorkerPool.For(changed.Length, i =>
        {
            var (c, slots) = changed[i];
            float[] residuals = new float[slots.Length * width];
            var centre = Centre(c);
            for (int s = 0; s < slots.Length; s++)
            {
                var own = residuals.AsSpan(s * width, width);
                load(slots[s], own);
                for (int j = 0; j < width; j++) own[j] -= centre[j];
            }
            exchanged[c] = slots.Length == 0 ? Descent.Search.Cell.Empty : coder.Encode(slots, residuals);
        });
        return new(coder, centres, learnedFrom, exchanged);
    }
}
