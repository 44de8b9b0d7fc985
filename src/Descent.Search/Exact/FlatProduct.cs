using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Search;

/// <summary>
/// Exact search for many queries: products of tiles of queries and of rows, the nearest of each tile chosen while it is in the
/// cache. What is near enough that the product's rounding may have misplaced it is measured again, by the same kernel as for
/// one query, so that the answers are the same.
/// </summary>
sealed unsafe class FlatProduct(Snapshot seen, Tensor queries, int k, Neighbor[] nearest, Predicate<long>? filter)
{
    const int TileQueries = 128, TileRows = 1024;

    readonly RowCodec _codec = seen.Codec;
    readonly int _width = seen.Codec.QueryFloats;
    float _greatestSquare;

    internal void Run(CancellationToken cancellation)
    {
        _greatestSquare = GreatestSquare();
        WorkerPool.For((queries.Shape[0] + TileQueries - 1) / TileQueries, SearchTile, cancellation);
    }

    /// <summary>The greatest share of |a| |b| by which a product of that precision may be wrong, for each element of the sum.</summary>
    static float Rounding => Numerics.MatMulPrecision switch
    {
        MatMulPrecision.Highest => MathF.ScaleB(1, -24),
        MatMulPrecision.High => MathF.ScaleB(1, -15),
        _ => MathF.ScaleB(1, -7),
    };

    float GreatestSquare()
    {
        int tiles = (seen.Slots + TileRows - 1) / TileRows;
        float[] greatest = new float[tiles];
        WorkerPool.For(tiles, t =>
        {
            var rows = Tile(t * TileRows);
            Span<float> squares = stackalloc float[TileRows];
            Squares(rows, squares);
            greatest[t] = TensorPrimitives.Max<float>(squares[..rows.Shape[0]]);
        });
        return greatest.Length == 0 ? 0 : greatest.Max();
    }

    int K => k;

    ReadOnlySpan<long> Ids => seen.Ids;

    bool Passes(int slot) => seen.Holds(slot, filter);

    byte* Row(int slot) => seen.Row(slot);

    Span<Neighbor> Nearest(int q) => nearest.AsSpan(q * k, k);

    void SearchTile(int tile)
    {
        int first = tile * TileQueries, count = Math.Min(TileQueries, queries.Shape[0] - first);
        var candidates = new Candidates[count];
        for (int q = 0; q < count; q++) candidates[q] = new(this, first + q);
        // Views are not disposed of: that would dispose of what they are views of.
        var part = queries[first..(first + count)];
        Span<float> squares = stackalloc float[TileRows], keys = stackalloc float[TileRows];
        for (int start = 0; start < seen.Slots; start += TileRows)
        {
            var rows = Tile(start);
            using var products = part.MatMul(rows.T);
            int width = rows.Shape[0];
            if (_codec.Metric == VectorMetric.SquaredEuclidean) Squares(rows, squares);
            for (int q = 0; q < count; q++)
            {
                var line = products.AsSpan<float>().Slice(q * width, width);
                // Less the |q|² that all have.
                if (_codec.Metric == VectorMetric.SquaredEuclidean) TensorPrimitives.MultiplyAdd(line, -2f, squares[..width], keys);
                else TensorPrimitives.Negate(line, keys);
                candidates[q].Offer(start, keys[..width]);
            }
        }
        foreach (var found in candidates) found.Finish();
    }

    /// <summary>Some rows as floats: their own memory, or a copy where they are stored as something else.</summary>
    Tensor Tile(int start)
    {
        int count = Math.Min(TileRows, seen.Slots - start);
        if (_codec.Elements == VectorElement.Float32) return seen.Floats(start, count);
        var rows = Tensor.Empty([count, _width], DType.Float32);
        var floats = rows.AsSpan<float>();
        for (int i = 0; i < count; i++) _codec.Decode(seen.Row(start + i), floats.Slice(i * _width, _width));
        return rows;
    }

    void Squares(Tensor rows, Span<float> squares)
    {
        var floats = rows.AsSpan<float>();
        for (int i = 0; i < rows.Shape[0]; i++) squares[i] = TensorPrimitives.SumOfSquares<float>(floats.Slice(i * _width, _width));
    }

    ReadOnlySpan<float> Query(int q) => queries.AsSpan<float>().Slice(q * _width, _width);

    /// <summary>What may be among the nearest of one query: all whose key is within the slack of the k-th best key at the time.</summary>
    sealed class Candidates(FlatProduct search, int query)
    {
        // Both the product and the kernel are wrong by at most width roundings of |q| |r|, squares by as many of theirs.
        readonly float _slack = 4 * (search._width + 8) * Rounding * (TensorPrimitives.SumOfSquares(search.Query(query)) + search._greatestSquare);
        readonly Neighbor[] _best = new Neighbor[search.K];
        readonly List<Neighbor> _kept = [];
        int _count;

        internal void Offer(int start, ReadOnlySpan<float> keys)
        {
            var heap = new NearestHeap(_best, _count);
            for (int i = DistanceKernels.NextWithin(keys, 0, heap.Bound + _slack); i < keys.Length; i = DistanceKernels.NextWithin(keys, i + 1, heap.Bound + _slack))
            {
                if (!search.Passes(start + i)) continue;
                var candidate = new Neighbor(start + i, keys[i]);
                heap.Offer(candidate);
                _kept.Add(candidate);
            }
            _count = heap.Count;
        }

        /// <summary>Measures again what is left, and writes the nearest.</summary>
        internal void Finish()
        {
            float bound = new NearestHeap(_best, _count).Bound + _slack;
            var heap = new NearestHeap(search.Nearest(query));
            Span<float> distance = stackalloc float[1];
            foreach (var candidate in _kept)
            {
                if (candidate.Distance > bound) continue;
                search._codec.Measure(search.Query(query), search.Row((int)candidate.Id), distance);
                heap.Offer(new(search.Ids[(int)candidate.Id], distance[0]));
            }
            heap.Sort();
        }
    }
}
