using System.Numerics;

namespace Descent.Search;

/// <summary>The records that there are, in numbered slots, by key and by sequence.</summary>
sealed class RecordTable<TKey> where TKey : notnull
{
    readonly Dictionary<TKey, int> _slotOf = [];
    readonly SequenceMap _slotOfSequence = new();
    readonly Stack<int> _free = [];
    StoredRecord<TKey>[] _records = [];

    internal int Count => _slotOf.Count;

    /// <summary>The slots that hold a record.</summary>
    internal SlotSet Used { get; } = new();

    /// <summary>Slots from 0 on that are or were in use.</summary>
    internal int Slots { get; private set; }

    internal ref readonly StoredRecord<TKey> this[int slot] => ref _records[slot];

    internal IEnumerable<StoredRecord<TKey>> Records => Used.Select(slot => _records[slot]);

    /// <summary>All records, in the order of their slots.</summary>
    internal StoredRecord<TKey>[] Copy()
    {
        var all = new StoredRecord<TKey>[Count];
        int count = 0;
        if (Count == Slots) _records.AsSpan(0, Slots).CopyTo(all);
        else
            foreach (int slot in Used) all[count++] = _records[slot];
        return all;
    }

    /// <summary>The sequences of some slots that hold records.</summary>
    internal long[] Sequences(SlotSet slots, int count)
    {
        long[] sequences = new long[count];
        int found = 0;
        for (int i = 0; i < slots.Words.Length; i++)
            for (ulong word = slots.Words[i]; word != 0; word &= word - 1) sequences[found++] = _records[(i << 6) + BitOperations.TrailingZeroCount(word)].Sequence;
        return sequences;
    }

    internal bool TryFind(TKey key, out int slot) => _slotOf.TryGetValue(key, out slot);

    internal bool TryFindSequence(long sequence, out int slot) => _slotOfSequence.TryFind(sequence, out slot);

    /// <summary>Puts a record where the one of its key was, or into a free slot.</summary>
    /// <returns>The slot, and the sequence of the record that it takes the place of; −1 where there was none.</returns>
    internal (int Slot, long Replaced) Put(in StoredRecord<TKey> record)
    {
        long replaced = -1;
        if (_slotOf.TryGetValue(record.Key, out int slot)) _slotOfSequence.Remove(replaced = _records[slot].Sequence);
        else
        {
            if (!_free.TryPop(out slot)) slot = Slots++;
            if (slot == _records.Length) Array.Resize(ref _records, Math.Max(16, 2 * slot));
            _slotOf.Add(record.Key, slot);
            Used.Add(slot);
        }
        _records[slot] = record;
        _slotOfSequence.Add(record.Sequence, slot);
        return (slot, replaced);
    }

    /// <returns>The slot that is free now, and the sequence of the record that was in it; −1 where there was none.</returns>
    internal (int Slot, long Removed) Delete(TKey key)
    {
        if (!_slotOf.Remove(key, out int slot)) return (-1, -1);
        long removed = _records[slot].Sequence;
        _slotOfSequence.Remove(removed);
        _records[slot] = default;
        Used.Remove(slot);
        _free.Push(slot);
        return (slot, removed);
    }

    /// <summary>Notes that a record is elsewhere too, if it still is the one of that sequence.</summary>
    internal bool Move(long sequence, IRecordSource source, int at)
    {
        if (!_slotOfSequence.TryFind(sequence, out int slot)) return false;
        _records[slot] = _records[slot] with { Source = source, At = at };
        return true;
    }

    internal void Reserve(int more)
    {
        _slotOf.EnsureCapacity(_slotOf.Count + more);
        if (_records.Length < Slots + more) Array.Resize(ref _records, Slots + more);
    }
}
