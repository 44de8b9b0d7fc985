namespace Descent.Search;

/// <summary>The slots of records by their sequences, which rise: pages of them, of which those stay that are in use.</summary>
sealed class SequenceMap
{
    // Of a record that is alone in its page this many numbers are kept.
    const int Bits = 6, Size = 1 << Bits;

    readonly Dictionary<long, Page> _pages = [];

    internal bool TryFind(long sequence, out int slot)
    {
        slot = _pages.TryGetValue(sequence >> Bits, out var page) ? page[(int)(sequence & (Size - 1))] : -1;
        return slot >= 0;
    }

    /// <summary>Notes a sequence that was not there.</summary>
    internal void Add(long sequence, int slot)
    {
        if (!_pages.TryGetValue(sequence >> Bits, out var page)) _pages.Add(sequence >> Bits, page = new());
        page[(int)(sequence & (Size - 1))] = slot;
        page.Count++;
    }

    /// <summary>Forgets a sequence that was there.</summary>
    internal void Remove(long sequence)
    {
        var page = _pages[sequence >> Bits];
        page[(int)(sequence & (Size - 1))] = -1;
        if (--page.Count == 0) _pages.Remove(sequence >> Bits);
    }

    sealed class Page
    {
        // One more than the slot, so that none is 0.
        readonly int[] _entries = new int[Size];

        internal int Count { get; set; }

        internal int this[int at]
        {
            get => _entries[at] - 1;
            set => _entries[at] = value + 1;
        }
    }
}
