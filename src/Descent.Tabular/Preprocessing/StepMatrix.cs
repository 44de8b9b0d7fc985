using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Columns of a frame as a matrix, and products of its rows.</summary>
static class StepMatrix
{
    // Products are of blocks of one height, so that a row has the same bits whichever rows it comes with.
    const int BlockRows = 64;

    /// <summary>The numbers of some columns, row by row, each less an offset.</summary>
    internal static double[] Rows(string step, Frame frame, ImmutableArray<string> names, ImmutableArray<double> offsets)
    {
        double[] rows = new double[checked(frame.Rows * names.Length)];
        for (int j = 0; j < names.Length; j++)
        {
            double[] column = StepColumns.Numbers(step, frame, names[j]);
            for (int i = 0; i < column.Length; i++) rows[i * names.Length + j] = column[i] - offsets[j];
        }
        return rows;
    }

    /// <summary>The means of columns, none of which may have a gap.</summary>
    internal static ImmutableArray<double> Means(string step, Frame frame, ImmutableArray<string> names) => [.. names.Select(name =>
    {
        double[] column = StepColumns.Numbers(step, frame, name);
        int gap = Array.FindIndex(column, v => !double.IsFinite(v));
        return gap < 0 ? column.Average() : throw new ArgumentException($"{step}: column '{name}' is {column[gap]} in row {gap}; it must be finite. Impute missing values first.", nameof(frame));
    })];

    /// <summary>(rows × columns) times (columns × outputs), row by row; a row with NaN becomes NaN.</summary>
    internal static double[] Project(double[] rows, int columns, Tensor weights)
    {
        int count = columns == 0 ? 0 : rows.Length / columns, outputs = weights.Shape[1];
        double[] results = new double[count * outputs];
        WorkerPool.For((count + BlockRows - 1) / BlockRows, block =>
        {
            int start = block * BlockRows, own = Math.Min(BlockRows, count - start);
            double[] padded = new double[BlockRows * columns];
            rows.AsSpan(start * columns, own * columns).CopyTo(padded);
            using (Autograd.NoGrad())
                Tensor.From<double>(padded, [BlockRows, columns]).MatMul(weights).ToArray<double>().AsSpan(0, own * outputs).CopyTo(results.AsSpan(start * outputs));
        });
        return results;
    }

    /// <summary>The columns of a matrix that lies row by row, called by a name and their numbers.</summary>
    internal static IEnumerable<Column> Columns(string name, double[] rows, int columns) => Enumerable.Range(0, columns).Select(j =>
    {
        double[] values = new double[rows.Length / columns];
        for (int i = 0; i < values.Length; i++) values[i] = rows[i * columns + j];
        return Column.Of($"{name}#{j}", values);
    });
}
