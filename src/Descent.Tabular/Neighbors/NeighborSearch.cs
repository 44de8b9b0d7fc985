using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Tabular;

/// <summary>How far apart rows lie.</summary>
public enum NeighborMetric
{
    /// <summary>√Σ (a − b)².</summary>
    Euclidean,

    /// <summary>Σ |a − b|.</summary>
    Manhattan,

    /// <summary>The greatest |a − b|.</summary>
    Chebyshev,
}

/// <summary>The nearest of some rows, by looking at all of them.</summary>
sealed class NeighborSearch
{
    readonly double[] _rows, _squares;
    readonly int _columns, _count;
    readonly NeighborMetric _metric;
    readonly Tensor _transposed;
    readonly double _greatestSquare;

    /// <param name="rows">Rows one after another.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="metric">How far apart they lie.</param>
    internal NeighborSearch(double[] rows, int columns, NeighborMetric metric)
    {
        (_rows, _columns, _count, _metric) = (rows, columns, rows.Length / columns, metric);
        _squares = new double[_count];
        for (int i = 0; i < _count; i++) _squares[i] = TensorPrimitives.SumOfSquares<double>(rows.AsSpan(i * columns, columns));
        _greatestSquare = _squares.Max();
        _transposed = Tensor.From<double>(rows, [_count, columns]).T;
    }

    /// <summary>For each query the numbers of its nearest rows, nearest first, and their distances; of equally near ones the first.</summary>
    internal void Find(ReadOnlySpan<double> queries, int neighbors, Span<int> rows, Span<double> distances)
    {
        int count = queries.Length / _columns;
        // |q − r|² − |q|² = |r|² − 2 q·r, by one matrix product.
        double[]? products = null;
        if (_metric == NeighborMetric.Euclidean)
        {
            using (Autograd.NoGrad()) products = Tensor.From<double>(queries, [count, _columns]).MatMul(_transposed).ToArray<double>();
        }
        double[] keys = new double[_count], nearest = new double[neighbors];
        var candidates = new List<(double Distance, int Row)>();
        for (int q = 0; q < count; q++)
        {
            var query = queries.Slice(q * _columns, _columns);
            double slack = 0;
            if (products is null)
            {
                for (int i = 0; i < _count; i++) keys[i] = Distance(query, _rows.AsSpan(i * _columns, _columns));
            }
            else
            {
                TensorPrimitives.MultiplyAdd(products.AsSpan(q * _count, _count), -2.0, _squares, keys);
                // What rounding may have shifted is measured again.
                slack = 1e-13 * (_columns + 8) * (TensorPrimitives.SumOfSquares(query) + _greatestSquare);
            }
            double bound = Smallest(keys, nearest) + slack;
            candidates.Clear();
            for (int i = 0; i < _count; i++)
                if (keys[i] <= bound) candidates.Add((Distance(query, _rows.AsSpan(i * _columns, _columns)), i));
            candidates.Sort();
            for (int k = 0; k < neighbors; k++) (distances[q * neighbors + k], rows[q * neighbors + k]) = candidates[k];
        }
    }

    double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (_metric == NeighborMetric.Euclidean) return TensorPrimitives.Distance(a, b);
        double sum = 0, most = 0;
        for (int j = 0; j < a.Length; j++)
        {
            double d = Math.Abs(a[j] - b[j]);
            sum += d;
            most = Math.Max(most, d);
        }
        return _metric == NeighborMetric.Manhattan ? sum : most;
    }

    /// <summary>The greatest of the smallest keys, as many as <paramref name="heap"/> holds: a heap with the greatest on top.</summary>
    static double Smallest(ReadOnlySpan<double> keys, Span<double> heap)
    {
        heap.Fill(double.PositiveInfinity);
        foreach (double key in keys)
        {
            if (!(key < heap[0])) continue;
            int at = 0;
            while (true)
            {
                int child = 2 * at + 1;
                if (child >= heap.Length) break;
                if (child + 1 < heap.Length && heap[child + 1] > heap[child]) child++;
                if (heap[child] <= key) break;
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = key;
        }
        return heap[0];
    }
}
