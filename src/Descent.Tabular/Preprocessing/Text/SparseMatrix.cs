using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Tabular;

/// <summary>A matrix of which only the numbers that are not 0 are kept, row by row.</summary>
sealed class SparseMatrix : IProductMatrix
{
    const int BlockRows = 256;

    readonly int[] _starts, _places;
    readonly double[] _values;
    SparseMatrix? _transposed;

    SparseMatrix(int rows, int columns, int[] starts, int[] places, double[] values) => (Rows, Columns, _starts, _places, _values) = (rows, columns, starts, places, values);

    public int Rows { get; }

    public int Columns { get; }

    internal static SparseMatrix Of(IReadOnlyList<List<(int Place, double Value)>> rows, int columns)
    {
        int[] starts = new int[rows.Count + 1];
        for (int i = 0; i < rows.Count; i++) starts[i + 1] = checked(starts[i] + rows[i].Count);
        return new(rows.Count, columns, starts, [.. rows.SelectMany(r => r.Select(t => t.Place))], [.. rows.SelectMany(r => r.Select(t => t.Value))]);
    }

    public Tensor Times(Tensor b)
    {
        int width = b.Shape[1];
        double[] right = b.ToArray<double>(), result = new double[Rows * width];
        WorkerPool.For((Rows + BlockRows - 1) / BlockRows, block =>
        {
            for (int row = block * BlockRows; row < Math.Min(Rows, (block + 1) * BlockRows); row++)
            {
                var sum = result.AsSpan(row * width, width);
                for (int at = _starts[row]; at < _starts[row + 1]; at++) TensorPrimitives.MultiplyAdd(right.AsSpan(_places[at] * width, width), _values[at], sum, sum);
            }
        });
        return Tensor.From<double>(result, [Rows, width]);
    }

    public Tensor TransposedTimes(Tensor b) => (_transposed ??= Transposed()).Times(b);

    SparseMatrix Transposed()
    {
        int[] starts = new int[Columns + 1], places = new int[_places.Length];
        double[] values = new double[places.Length];
        foreach (int column in _places) starts[column + 1]++;
        for (int j = 0; j < Columns; j++) starts[j + 1] += starts[j];
        int[] next = starts[..^1];
        for (int row = 0; row < Rows; row++)
            for (int at = _starts[row]; at < _starts[row + 1]; at++)
            {
                int to = next[_places[at]]++;
                (places[to], values[to]) = (row, _values[at]);
            }
        return new(Columns, Rows, starts, places, values);
    }
}
