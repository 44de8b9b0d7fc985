using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Search;

/// <summary>A cell of vectors among which others look for neighbours.</summary>
sealed unsafe class NeighborCell : IDisposable
{
    // What rounding took from a vector has, along another, a length of 1 / √dimension of its own, times a number that is seldom greater.
    const float Sure = 3;

    // Vectors whose middle is taken for that of the cell.
    const int Sampled = 31;

    readonly VectorStore _store;
    readonly int[] _slots, _members;
    readonly int _k, _width;
    readonly RowMemory? _panels;
    readonly ByteSearch? _search;
    readonly ByteRows? _rows;

    /// <param name="store">Where the vectors are.</param>
    /// <param name="slots">Their slots by numbers.</param>
    /// <param name="members">The numbers of the cell's, in no order.</param>
    /// <param name="k">Neighbours that are looked for.</param>
    internal NeighborCell(VectorStore store, int[] slots, int[] members, int k)
    {
        (_store, _slots, _members, _k, _width) = (store, slots, members, k, store.Codec.QueryFloats);
        if (!ByteRows.Fits(store.Codec)) return;
        _panels = new(BytePanel.Size(_width));
        _rows = new(store, [.. members.Select(number => slots[number])], _panels);
        _search = new(_rows, k, (number, row) => members[row] != number);
    }

    public void Dispose() => _panels?.Dispose();

    /// <summary>Adds what is near to the lists of some vectors, at most <see cref="ByteWorker.Queries"/>.</summary>
    /// <param name="isFirst">Whether they have found nothing yet: then few rows beyond the share of the nearest that is expected are kept.</param>
    /// <param name="isNearer">For each whether it found something nearer than the farthest it had.</param>
    internal void Search(ReadOnlySpan<int> numbers, ByteWorker worker, NearestLists lists, bool isFirst, Span<bool> isNearer)
    {
        for (int i = 0; i < numbers.Length; i++) _store.Codec.Decode(_store.Rows.Row(_slots[numbers[i]]), worker.Vector(i));
        if (!TrySearchBytes(numbers, worker, lists, isFirst, isNearer)) SearchFloats(numbers, worker, lists, isNearer);
    }

    bool TrySearchBytes(ReadOnlySpan<int> numbers, ByteWorker worker, NearestLists lists, bool isFirst, Span<bool> isNearer)
    {
        if (_rows is null || _search is null) return false;
        float doubt = Math.Min(1, Sure / MathF.Sqrt(_store.Codec.Dimension));
        var strips = new ByteStrip[(numbers.Length + ByteStrip.Rows - 1) / ByteStrip.Rows];
        for (int s = 0; s < strips.Length; s++)
        {
            int first = s * ByteStrip.Rows, count = Math.Min(ByteStrip.Rows, numbers.Length - first);
            strips[s] = new(_store.Codec, _rows.Mean, worker.Vectors(first, count), numbers.Slice(first, count).ToArray(), worker.Room(s), doubt);
            for (int place = 0; place < count; place++)
                if (lists.IsFull(numbers[first + place])) strips[s].RaiseTo(place, lists.Farthest(numbers[first + place]));
        }
        foreach (var candidates in worker.Candidates.AsSpan(0, numbers.Length)) candidates.Clear();
        if (!_search.Run(strips, worker.Candidates, isHasty: isFirst)) return false;
        for (int i = 0; i < numbers.Length; i++)
        {
            var open = worker.Candidates[i].Collect(strips[i / ByteStrip.Rows].Least(i % ByteStrip.Rows));
            var distances = worker.Distances(open.Length);
            var keys = worker.Keys(open.Length);
            _search.Measure(worker.Vector(i), open, _store.Rows.Start, distances);
            for (int j = 0; j < keys.Length; j++) keys[j] = NodeKey.Of(distances[j], _members[open[j].Row]);
            isNearer[i] = lists.Merge(numbers[i], keys);
        }
        return true;
    }

    void SearchFloats(ReadOnlySpan<int> numbers, ByteWorker worker, NearestLists lists, Span<bool> isNearer)
    {
        var metric = _store.Codec.Metric;
        using var rows = Tensor.Empty([_members.Length, _width], DType.Float32);
        using var queries = Tensor.Empty([numbers.Length, _width], DType.Float32);
        worker.Vectors(0, numbers.Length).CopyTo(queries.AsSpan<float>());
        float[] squares = new float[_members.Length], near = new float[_members.Length], middle = new float[_width];
        for (int r = 0; r < squares.Length; r++) _store.Codec.Decode(_store.Rows.Row(_slots[_members[r]]), rows.AsSpan<float>().Slice(r * _width, _width));
        if (metric == VectorMetric.SquaredEuclidean)
        {
            FindMiddle(rows.AsSpan<float>(), middle);
            for (int r = 0; r < squares.Length; r++) squares[r] = LessMiddle(rows.AsSpan<float>().Slice(r * _width, _width));
        }
        float[] own = new float[numbers.Length];
        for (int i = 0; i < own.Length; i++)
            own[i] = metric switch
            {
                VectorMetric.SquaredEuclidean => LessMiddle(queries.AsSpan<float>().Slice(i * _width, _width)),
                VectorMetric.Cosine => 1,
                _ => 0,
            };
        using var products = queries.MatMul(rows.T);
        Span<Neighbor> found = stackalloc Neighbor[_k];
        Span<float> distance = stackalloc float[1];
        for (int i = 0; i < numbers.Length; i++)
        {
            var line = products.AsSpan<float>().Slice(i * near.Length, near.Length);
            TensorPrimitives.MultiplyAdd(line, metric == VectorMetric.SquaredEuclidean ? -2f : -1f, squares, near);
            var heap = new NearestHeap(found);
            float most = lists.IsFull(numbers[i]) ? lists.Farthest(numbers[i]) - own[i] : float.MaxValue;
            // Of equal ones, which may be all, the first are enough.
            for (int r = DistanceKernels.NextWithin(near, 0, most); r < near.Length; r = DistanceKernels.NextWithin(near, r + 1, Math.Min(most, MathF.BitDecrement(heap.Bound))))
                if (_members[r] != numbers[i]) heap.Offer(new(r, near[r]));
            var keys = worker.Keys(heap.Count);
            for (int j = 0; j < keys.Length; j++)
            {
                int number = _members[(int)found[j].Id];
                _store.Codec.Measure(worker.Vector(i), _store.Rows.Row(_slots[number]), distance);
                keys[j] = NodeKey.Of(distance[0], number);
            }
            isNearer[i] = lists.Merge(numbers[i], keys);
        }

        float LessMiddle(Span<float> vector)
        {
            TensorPrimitives.Subtract(vector, middle, vector);
            return TensorPrimitives.SumOfSquares<float>(vector);
        }
    }

    /// <summary>What to take from all vectors, as far from zero differences of squares are all rounding: the medians of some, which one that is far does not move.</summary>
    void FindMiddle(ReadOnlySpan<float> rows, Span<float> middle)
    {
        float[] some = new float[Math.Min(Sampled, _members.Length)];
        for (int j = 0; j < _width; j++)
        {
            for (int i = 0; i < some.Length; i++) some[i] = rows[i * _width + j];
            Array.Sort(some);
            middle[j] = some[some.Length / 2];
        }
    }
}
