using System.Numerics;

namespace Descent.Tabular;

/// <summary>The least number of each column of a matrix, as many columns at a time as a register has lanes.</summary>
static class ColumnMinima
{
    /// <param name="matrix">(rows × columns).</param>
    /// <param name="least">The least of each column.</param>
    /// <param name="second">The next; infinite where there is one row.</param>
    /// <param name="row">The row of the least; of equal ones the first.</param>
    internal static void Find(ReadOnlySpan<float> matrix, Span<float> least, Span<float> second, Span<int> row)
    {
        int columns = least.Length, at = 0;
        for (; at <= columns - Vector<float>.Count; at += Vector<float>.Count)
        {
            Vector<float> first = new(float.PositiveInfinity), next = first;
            var place = Vector<int>.Zero;
            for (int k = 0; k * columns < matrix.Length; k++)
            {
                var key = new Vector<float>(matrix[(k * columns + at)..]);
                place = Vector.ConditionalSelect(Vector.LessThan(key, first), new(k), place);
                next = Vector.Min(next, Vector.Max(first, key));
                first = Vector.Min(first, key);
            }
            first.CopyTo(least[at..]);
            next.CopyTo(second[at..]);
            place.CopyTo(row[at..]);
        }
        for (; at < columns; at++)
        {
            (least[at], second[at], row[at]) = (float.PositiveInfinity, float.PositiveInfinity, 0);
            for (int k = 0; k * columns < matrix.Length; k++)
            {
                float key = matrix[k * columns + at];
                if (key < least[at]) (second[at], least[at], row[at]) = (least[at], key, k);
                else second[at] = Math.Min(second[at], key);
            }
        }
    }
}
