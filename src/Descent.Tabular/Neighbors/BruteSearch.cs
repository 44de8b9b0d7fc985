using System.Numerics;
using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Tabular;

/// <summary>Looks at all rows: by matrix products in float32, whose candidates are measured again, where the metric is one of angles or straight lines.</summary>
sealed class BruteSearch : INeighborSearch
{
    const int ChunkRows = 512;

    readonly double[] _rows;
    readonly int _columns, _count;
    readonly RowMetric _metric;
    readonly ProductDistances? _products;
    readonly Tensor[] _chunks = [];

    internal BruteSearch(double[] rows, int columns, RowMetric metric)
    {
        (_rows, _columns, _count, _metric) = (rows, columns, rows.Length / columns, metric);
        if (metric.Kind is not (NeighborMetric.Euclidean or NeighborMetric.Mahalanobis or NeighborMetric.Cosine)) return;
        // A row of zeros has no direction, and its distance of 1 is none of points.
        if (metric.Kind == NeighborMetric.Cosine && Enumerable.Range(0, _count).Any(i => IsZero(rows.AsSpan(i * columns, columns)))) return;
        double[] placed = Placed(rows);
        _products = new(placed, columns);
        _chunks = [.. Enumerable.Range(0, (_count + ChunkRows - 1) / ChunkRows).Select(c =>
            _products.Others(placed.AsSpan(c * ChunkRows * columns, Math.Min(ChunkRows, _count - c * ChunkRows) * columns)).T.Contiguous())];
    }

    public void Find(ReadOnlySpan<double> queries, int neighbors, Span<int> rows, Span<double> distances)
    {
        var candidates = Candidates(queries, neighbors, double.PositiveInfinity);
        for (int q = 0; q < queries.Length / _columns; q++)
        {
            var query = queries.Slice(q * _columns, _columns);
            var heap = NearestHeap.Empty(distances.Slice(q * neighbors, neighbors), rows.Slice(q * neighbors, neighbors));
            if (candidates?[q] is { } few)
            {
                foreach (int i in few) heap.Add(Reduced(query, i), i);
            }
            else
            {
                for (int i = 0; i < _count; i++) heap.Add(Reduced(query, i), i);
            }
            heap.Sort();
        }
        foreach (ref double d in distances) d = _metric.Expand(d);
    }

    public List<(int Row, double Distance)>[] Within(ReadOnlySpan<double> queries, double radius)
    {
        var found = new List<(int, double)>[queries.Length / _columns];
        double bound = _metric.Reduce(radius);
        var candidates = Candidates(queries, 0, radius);
        for (int q = 0; q < found.Length; q++)
        {
            var own = found[q] = [];
            var few = candidates?[q];
            for (int c = 0; c < (few?.Count ?? _count); c++)
            {
                int i = few is null ? c : few[c];
                double reduced = Reduced(queries.Slice(q * _columns, _columns), i);
                if (reduced <= bound) own.Add((i, _metric.Expand(reduced)));
            }
        }
        return found;
    }

    double Reduced(ReadOnlySpan<double> query, int row) => _metric.Reduced(query, _rows.AsSpan(row * _columns, _columns));

    /// <summary>Rows as points whose straight distances are in the order of the metric: for angles, all of length 1.</summary>
    double[] Placed(ReadOnlySpan<double> rows)
    {
        double[] placed = rows.ToArray();
        if (_metric.Kind != NeighborMetric.Cosine) return placed;
        for (int i = 0; i < placed.Length; i += _columns)
        {
            var own = placed.AsSpan(i, _columns);
            double norm = TensorPrimitives.Norm<double>(own);
            if (norm > 0) TensorPrimitives.Divide(own, norm, own);
        }
        return placed;
    }

    /// <summary>
    /// For each query all rows that rounding leaves among the nearest or within the radius, in rising order; null of a query, or of all, that products cannot tell.
    /// </summary>
    List<int>?[]? Candidates(ReadOnlySpan<double> queries, int neighbors, double radius)
    {
        if (_products is null) return null;
        int count = queries.Length / _columns;
        float[] squares = new float[count], bounds = new float[count];
        double[] heaps = new double[count * neighbors];
        int[] kept = new int[heaps.Length];
        var candidates = new List<(float Key, int Row)>?[count];
        using var _ = Autograd.NoGrad();
        double[] placed = Placed(queries);
        var left = _products.Points(placed, squares);
        double reach = _metric.Kind == NeighborMetric.Cosine ? 2 * radius : radius * radius;
        for (int q = 0; q < count; q++)
        {
            var query = placed.AsSpan(q * _columns, _columns);
            if (float.IsFinite(squares[q]) && !(_metric.Kind == NeighborMetric.Cosine && IsZero(query))) candidates[q] = [];
            bounds[q] = neighbors > 0 ? float.PositiveInfinity : (float)(reach * _products.SquaredScale - squares[q] + 2 * _products.Slack(squares[q]));
            NearestHeap.Empty(heaps.AsSpan(q * neighbors, neighbors), kept.AsSpan(q * neighbors, neighbors));
        }
        for (int chunk = 0; chunk < _chunks.Length; chunk++)
        {
            var product = left.MatMul(_chunks[chunk]);
            var keys = product.AsSpan<float>();
            int width = _chunks[chunk].Shape[1];
            for (int q = 0; q < count; q++)
                if (candidates[q] is { } own)
                    Scan(keys.Slice(q * width, width), chunk * ChunkRows, NearestHeap.In(heaps.AsSpan(q * neighbors, neighbors), kept.AsSpan(q * neighbors, neighbors)), neighbors > 0, own,
                        ref bounds[q], 2 * _products.Slack(squares[q]));
        }
        var rows = new List<int>?[count];
        for (int q = 0; q < count; q++)
            if (candidates[q] is { } own) rows[q] = [.. own.Where(c => c.Key <= bounds[q]).Select(c => c.Row)];
        return rows;
    }

    static bool IsZero(ReadOnlySpan<double> row) => !row.ContainsAnyExcept(0.0);

    /// <summary>Takes the keys up to the bound, which falls as better ones come.</summary>
    static void Scan(ReadOnlySpan<float> keys, int firstRow, NearestHeap heap, bool isNarrowing, List<(float Key, int Row)> candidates, ref float bound, double slack)
    {
        int i = 0, width = Vector<float>.Count;
        while (i < keys.Length)
        {
            if (i <= keys.Length - width && !Vector.LessThanOrEqualAny(new Vector<float>(keys[i..]), new Vector<float>(bound)))
            {
                i += width;
                continue;
            }
            int end = Math.Min(keys.Length, i + width);
            for (; i < end; i++)
            {
                if (!(keys[i] <= bound)) continue;
                candidates.Add((keys[i], firstRow + i));
                if (!isNarrowing) continue;
                heap.Add(keys[i], firstRow + i);
                bound = (float)(heap.Bound + slack);
            }
        }
    }
}
