namespace Descent.Search;

/// <summary>The nearest of all that was offered, as many as fit: a heap with the farthest on top.</summary>
/// <param name="items">Where it stands.</param>
/// <param name="count">How many it holds already.</param>
ref struct NearestHeap(Span<Neighbor> items, int count = 0)
{
    readonly Span<Neighbor> _items = items;

    public int Count { get; private set; } = count;

    /// <summary>Nothing farther than this is taken any more.</summary>
    public readonly float Bound => Count < _items.Length ? float.PositiveInfinity : _items[0].Distance;

    public void Offer(Neighbor item)
    {
        if (Count < _items.Length)
        {
            int at = Count++;
            for (int parent; at > 0 && _items[parent = (at - 1) / 2] < item; at = parent) _items[at] = _items[parent];
            _items[at] = item;
        }
        else if (item < _items[0]) Sink(item);
    }

    /// <summary>Puts the nearest first and returns how many there are.</summary>
    public readonly int Sort()
    {
        _items[..Count].Sort();
        return Count;
    }

    readonly void Sink(Neighbor item)
    {
        int at = 0;
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= Count) break;
            if (child + 1 < Count && _items[child + 1] > _items[child]) child++;
            if (_items[child] <= item) break;
            _items[at] = _items[child];
            at = child;
        }
        _items[at] = item;
    }
}
