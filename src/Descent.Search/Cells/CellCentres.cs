using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Search;

/// <summary>The centres of cells, and which of them are nearest to a query.</summary>
sealed unsafe class CellCentres
{
    /// <summary>Up to so many are found among those that a sieve lets through, which for more is most of them.</summary>
    internal const int Few = 16;

    // Halvings of the range of distances; so close to as many as are wanted is near enough.
    const int Halvings = 16, NearEnough = 8;

    readonly CellCoder _coder;
    readonly Tensor _rows;
    readonly byte[] _sieved = [];

    /// <param name="coder">How vectors are coded.</param>
    /// <param name="rows">In the space of the coder's residuals, <c>(cells, width)</c>.</param>
    internal CellCentres(CellCoder coder, Tensor rows)
    {
        (_coder, _rows, Count) = (coder, rows, rows.Shape[0]);
        int width = coder.Space.Width;
        Origin = new float[width];
        if (!coder.Space.IsEuclidean) return;
        for (int c = 0; c < Count; c++) TensorPrimitives.Add(Origin, this[c], Origin);
        TensorPrimitives.Divide(Origin, Count, Origin);
        // Product codes are of residuals to the centres, not of the centres.
        if (coder.Sieve is not SignSieve sieve) return;
        float[] residuals = new float[Count * width];
        for (int c = 0; c < Count; c++) TensorPrimitives.Subtract(this[c], Origin, residuals.AsSpan(c * width, width));
        _sieved = sieve.Encode(residuals, Count, new float[width]);
    }

    internal int Count { get; }

    internal ReadOnlySpan<float> All => _rows.AsSpan<float>();

    internal long Bytes => _sieved.Length + (long)All.Length * sizeof(float);

    internal Tensor Rows => _rows;

    /// <summary>From where the directions lie that codes are measured by: amid the centres, or 0 where they are the queries themselves.</summary>
    internal float[] Origin { get; }

    internal ReadOnlySpan<float> this[int c] => KMeans.Centre(_rows, c);

    /// <summary>Puts the nearest centres in order.</summary>
    /// <param name="query">In the space of the centres.</param>
    /// <param name="tables">For the coder's sieve, of the query less the origin.</param>
    /// <param name="scale">What their sums stand for.</param>
    /// <param name="reach">How far the query is from the origin.</param>
    /// <param name="wanted">How many at least.</param>
    /// <param name="order">Keys of the nearest, with room for all.</param>
    /// <param name="scratch">Whose pool is empty.</param>
    /// <returns>How many are in order.</returns>
    internal int Order(float* query, byte* tables, ScanScale scale, float reach, int wanted, Span<ulong> order, SearchScratch scratch)
    {
        wanted = Math.Min(wanted, Count);
        if (_sieved.Length > 0 && wanted <= Few && Count > 2 * Few) return Sift(query, tables, scale, reach, wanted, order, scratch);
        var distances = new Span<float>(scratch.Bounds(Count), Count);
        fixed (float* rows = All)
        {
            int width = _coder.Space.Width;
            if (_coder.Space.Rows.Metric == VectorMetric.InnerProduct)
                DistanceKernels.Distances<NumberDistance<float, SingleElements, InnerProductMeasure>>(query, (byte*)rows, width * sizeof(float), width, distances);
            else
                DistanceKernels.Distances<NumberDistance<float, SingleElements, SquaredEuclideanMeasure>>(query, (byte*)rows, width * sizeof(float), width, distances);
        }
        float bound = Bound(distances, wanted);
        int count = 0;
        for (int c = DistanceKernels.NextWithin(distances, 0, bound); c < Count; c = DistanceKernels.NextWithin(distances, c + 1, bound))
            order[count++] = NodeKey.Of(distances[c], c);
        order[..count].Sort();
        return count;
    }

    /// <summary>Measures what a sieve lets through.</summary>
    int Sift(float* query, byte* tables, ScanScale scale, float reach, int wanted, Span<ulong> order, SearchScratch scratch)
    {
        var sieve = _coder.Sieve!;
        int filled = (Count + FastScan.Codes - 1) / FastScan.Codes * FastScan.Codes, width = _coder.Space.Width;
        float* bounds = scratch.Bounds(filled);
        int* sums = stackalloc int[FastScan.Codes];
        var (least, other) = (Vector256.Create(float.PositiveInfinity), Vector256.Create(float.PositiveInfinity));
        fixed (byte* blocks = _sieved)
            for (int first = 0; first < filled; first += FastScan.Codes)
            {
                byte* block = blocks + (nint)(first / FastScan.Codes) * sieve.BlockBytes;
                FastScan.Sum(block, tables, sieve.Parts, sums);
                SieveKernels.Pass((float*)(block + sieve.PartBytes), sums, scale, reach * reach, reach, float.PositiveInfinity, bounds + first);
                least = Vector256.Min(least, Vector256.Min(Vector256.Load(bounds + first), Vector256.Load(bounds + first + 16)));
                other = Vector256.Min(other, Vector256.Min(Vector256.Load(bounds + first + 8), Vector256.Load(bounds + first + 24)));
            }
        // The least of each of 16 lanes: as many bounds do not exceed the greatest of them.
        float limit = float.NegativeInfinity;
        for (int lane = 0; lane < Vector256<float>.Count; lane++) limit = Math.Max(limit, Math.Max(least[lane], other[lane]));
        var all = new ReadOnlySpan<float>(bounds, Count);
        fixed (float* rows = All)
        {
            for (int c = DistanceKernels.NextWithin(all, 0, limit); c < Count; c = DistanceKernels.NextWithin(all, c + 1, limit)) Measure(c, rows);
            for (int c = Next(0); c < Count; c = Next(c + 1))
                if (bounds[c] > limit) Measure(c, rows);
        }
        scratch.Found.CopyTo(order);
        scratch.Count = 0;
        return wanted;

        int Next(int from) => DistanceKernels.NextWithin(new(bounds, Count), from, NodeKey.Distance(scratch.Pool[wanted - 1]));

        void Measure(int c, float* rows) => scratch.Insert(NodeKey.Of(
            DistanceKernels.Distance<float, SingleElements, SquaredEuclideanMeasure>(query, rows + (nint)c * width, width), c), wanted);
    }

    /// <summary>A bound that at least as many values do not exceed, and not many more.</summary>
    static float Bound(ReadOnlySpan<float> values, int wanted)
    {
        float low = TensorPrimitives.Min(values), high = TensorPrimitives.Max(values);
        if (wanted >= values.Length) return high;
        for (int i = 0; i < Halvings; i++)
        {
            float middle = low + (high - low) / 2;
            int within = CountWithin(values, middle);
            if (within < wanted)
            {
                low = middle;
                continue;
            }
            high = middle;
            if (within <= wanted + wanted / NearEnough) break;
        }
        return high;
    }

    static int CountWithin(ReadOnlySpan<float> values, float bound)
    {
        var counts = Vector<int>.Zero;
        int i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
            counts -= Vector.LessThanOrEqual(new Vector<float>(values[i..]), new Vector<float>(bound));
        int count = Vector.Sum(counts);
        for (; i < values.Length; i++)
            if (values[i] <= bound) count++;
        return count;
    }
}
