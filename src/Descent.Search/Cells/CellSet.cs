using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>The vectors of an index divided among cells around centres. It never changes; another takes its place.</summary>
/// <param name="coder">How vectors are coded.</param>
/// <param name="centres">Of the cells.</param>
/// <param name="learnedFrom">How many vectors there were when the centres were learned.</param>
/// <param name="cells">One for each centre.</param>
sealed class CellSet(CellCoder coder, CellCentres centres, int learnedFrom, Cell[] cells)
{
    /// <summary>Cells without vectors.</summary>
    internal CellSet(CellCoder coder, CellCentres centres, int learnedFrom)
        : this(coder, centres, learnedFrom, [.. Enumerable.Repeat(Descent.Search.Cell.Empty, centres.Count)])
    {
    }

    internal CellCoder Coder => coder;

    internal CellCentres Centres => centres;

    internal int LearnedFrom => learnedFrom;

    internal int Count => cells.Length;

    internal long Bytes => cells.Sum(cell => cell.Bytes) + centres.Bytes;

    internal Cell Cell(int c) => cells[c];

    /// <summary>The same cells but for some, whose vectors are coded anew.</summary>
    /// <param name="changed">For each cell that changes the slots it holds then.</param>
    /// <param name="load">Puts the vector of a slot into a span, in the coder's space.</param>
    internal CellSet With((int Cell, int[] Slots)[] changed, RowLoader load, Course course)
    {
        int width = coder.Space.Width;
        Cell[] exchanged = [.. cells];
        course.For(changed.Length, i =>
        {
            var (c, slots) = changed[i];
            float[] residuals = new float[slots.Length * width], shift = new float[width];
            for (int s = 0; s < slots.Length; s++)
            {
                var own = residuals.AsSpan(s * width, width);
                load(slots[s], own);
                TensorPrimitives.Subtract(own, centres[c], own);
            }
            if (coder.Space.IsEuclidean) TensorPrimitives.Subtract(centres[c], centres.Origin, shift);
            exchanged[c] = slots.Length == 0 ? Descent.Search.Cell.Empty : coder.Encode(slots, residuals, shift);
        });
        return new(coder, centres, learnedFrom, exchanged);
    }
}
