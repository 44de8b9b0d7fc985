using System.Numerics;

namespace Descent.Search;

/// <summary>Which id is in which numbered slot, and the rows of the slots. One changes it while any number look up.</summary>
/// <remarks>
/// An open-addressed table of slots, whose keys are the ids by slot. A change of the table is one write of a number, and what grows
/// is filled aside before it is published.
/// </remarks>
sealed class SlotTable(RowMemory rows)
{
    const int Empty = 0, Removed = -1;

    long[] _ids = [];
    int[] _entries = new int[16];
    int _taken;

    internal RowMemory Rows => rows;

    /// <summary>Ids that are there.</summary>
    internal int Count { get; private set; }

    /// <summary>The id of each slot that is or was in use. Loaded after a count of slots, it has as many.</summary>
    internal long[] Ids => Volatile.Read(ref _ids);

    internal bool TryFind(long id, out int slot)
    {
        int[] entries = Volatile.Read(ref _entries);
        for (int at = IdHash.Place(id, entries.Length); ; at = (at + 1) & (entries.Length - 1))
        {
            int entry = Volatile.Read(ref entries[at]);
            slot = entry - 1;
            if (entry == Empty) return false;
            if (entry != Removed && Volatile.Read(ref Ids[slot]) == id) return true;
        }
    }

    /// <summary>Says whose a slot will be, before anything leads to it.</summary>
    internal void SetId(int slot, long id) => Volatile.Write(ref _ids[slot], id);

    /// <summary>Makes the slot found by its id, in place of the one that was.</summary>
    internal void Set(int slot)
    {
        long id = _ids[slot];
        int hole = -1;
        for (int at = IdHash.Place(id, _entries.Length); ; at = (at + 1) & (_entries.Length - 1))
        {
            int entry = _entries[at];
            if (entry > 0 && _ids[entry - 1] == id)
            {
                Volatile.Write(ref _entries[at], slot + 1);
                return;
            }
            if (entry == Removed && hole < 0) hole = at;
            if (entry != Empty) continue;
            if (hole < 0) _taken++;
            Count++;
            Volatile.Write(ref _entries[hole < 0 ? at : hole], slot + 1);
            break;
        }
        if (IsFull(_taken)) Rehash(Count);
    }

    /// <summary>Forgets an id; its slot stays as it is.</summary>
    internal void Remove(long id)
    {
        for (int at = IdHash.Place(id, _entries.Length); _entries[at] != Empty; at = (at + 1) & (_entries.Length - 1))
            if (_entries[at] is var entry and > 0 && _ids[entry - 1] == id)
            {
                Volatile.Write(ref _entries[at], Removed);
                Count--;
                return;
            }
    }

    /// <summary>Room for as many slots, and for as many more ids.</summary>
    internal void Reserve(int slots, int more)
    {
        rows.Reserve(slots);
        ReserveIds(rows.Capacity, more);
    }

    /// <summary>Room for the ids of as many slots, and for as many more ids, but not for rows.</summary>
    internal void ReserveIds(int slots, int more)
    {
        if (_ids.Length < slots)
        {
            long[] ids = _ids;
            Array.Resize(ref ids, slots);
            Volatile.Write(ref _ids, ids);
        }
        if (IsFull(_taken + (long)more)) Rehash(checked(Count + more));
    }

    // With as much room again when it is filled anew, so that this stays rare however much comes and goes.
    bool IsFull(long taken) => 4 * taken > 3L * _entries.Length;

    void Rehash(int count)
    {
        int[] entries = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(1 << 30, Math.Max(16L, 2L * count + 2)))];
        foreach (int entry in _entries)
        {
            if (entry <= 0) continue;
            int at = IdHash.Place(_ids[entry - 1], entries.Length);
            while (entries[at] != Empty) at = (at + 1) & (entries.Length - 1);
            entries[at] = entry;
        }
        _taken = Count;
        Volatile.Write(ref _entries, entries);
    }
}
