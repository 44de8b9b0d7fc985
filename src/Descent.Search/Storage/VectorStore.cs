using Descent.Tensors;

namespace Descent.Search;

/// <summary>The vectors of an index in numbered slots, and which id is in which. One changes it at a time; searches read a <see cref="Snapshot"/>.</summary>
/// <remarks>
/// A vector takes a slot, is born and found by its id when it is published, is forgotten when its id is removed or gets another
/// vector, and is hidden from searches that begin then. Where nothing leads to it any more, and all have left who may still have come
/// by it, its slot is free again. What was added and not published can be withdrawn.
/// </remarks>
sealed unsafe class VectorStore
{
    // By the slot of the new vector that of the old one, which dies when the new one is born.
    readonly Dictionary<int, int> _replaced = [];
    SlotTable _table;
    Stack<int> _free = [];
    Life[] _lives = [];
    bool[] _isUsed = [];
    Snapshot? _current;
    long _version, _lastBirth, _changes;
    int _held;
    bool _isUnchecked;

    internal VectorStore(RowCodec codec)
    {
        Codec = codec;
        _table = new(new(codec.Stride, Epochs));
        Publish([]);
    }

    internal RowCodec Codec { get; }

    internal Epochs Epochs { get; } = new();

    internal RowMemory Rows => _table.Rows;

    /// <summary>Vectors that there are when the change under way is done.</summary>
    internal int Count { get; private set; }

    /// <summary>Slots from 0 on that are or were in use.</summary>
    internal int Slots { get; private set; }

    /// <summary>Vectors that others replace, and that are there until those are published.</summary>
    internal int Replaced => _replaced.Count;

    internal ReadOnlySpan<long> Ids => _table.Ids.AsSpan(0, Slots);

    internal long Bytes => (long)Rows.Capacity * Rows.Stride;

    /// <summary>What searches see; null when the index is disposed of.</summary>
    internal Snapshot? Current => Volatile.Read(ref _current);

    /// <summary>Where an id is looked up while others change it: in this moment's table, whose rows go with it.</summary>
    internal SlotTable Table => Volatile.Read(ref _table);

    internal bool TryFind(long id, out int slot) => _table.TryFind(id, out slot);

    /// <summary>Whether a slot is that of a vector that is there when the change under way is done.</summary>
    internal bool IsUsed(int slot) => _isUsed[slot];

    /// <summary>Whether a change has begun since a snapshot was published, so that the table may differ from it.</summary>
    internal bool HasChangedSince(Snapshot seen) => Volatile.Read(ref _changes) != seen.Changes;

    /// <summary>The slots of those ids of a set that pass a filter; null where the set has changed beside the snapshot.</summary>
    internal int[]? FindAmong(Snapshot seen, IdSet among, Predicate<long>? filter)
    {
        var slots = new List<int>(among.Count);
        var table = Table;
        bool isMissing = false;
        foreach (long id in among.List())
        {
            if (filter is not null && !filter(id)) continue;
            if (!table.TryFind(id, out int slot)) isMissing = true;
            else if (seen.Holds(slot)) slots.Add(slot);
            else if (!among.IsPartial) return null;
        }
        // An id that is not in the table now may have been in the snapshot.
        return (isMissing && !among.IsPartial && HasChangedSince(seen)) || !seen.HasSlotsOf(table) ? null : [.. slots];
    }

    /// <summary>Says that a change begins.</summary>
    internal void Begin() => Volatile.Write(ref _changes, _changes + 1);

    /// <summary>Puts a vector into a free slot, or a new one; the vector that the id had is replaced when the new one is published.</summary>
    internal int Add(long id, ReadOnlySpan<float> vector)
    {
        bool isKnown = TryFind(id, out int old);
        int slot = TakeSlot(id);
        Codec.Encode(vector, Rows.Row(slot));
        Use(slot, true);
        if (!isKnown) return slot;
        _replaced.Add(slot, old);
        Use(old, false);
        return slot;
    }

    /// <summary>Takes back what was added and not published, to which nothing leads; the vectors that it was to replace stay.</summary>
    internal void Withdraw(int[] slots)
    {
        foreach (int slot in slots)
        {
            Use(slot, false);
            if (_replaced.Remove(slot, out int old)) Use(old, true);
        }
        Free(slots);
    }

    /// <summary>Adds one of some new ids, whose rows the caller fills; only where nobody searches yet.</summary>
    internal void AddUnfilled(long id, int count)
    {
        if (Slots == _lives.Length)
        {
            _table.ReserveIds(count, count);
            Array.Resize(ref _lives, count);
            Array.Resize(ref _isUsed, count);
            _lastBirth = _version;
        }
        int slot = Slots++;
        _lives[slot] = new() { Born = _version, Died = Life.Never };
        _held++;
        Use(slot, true);
        _table.SetId(slot, id);
        _table.Set(slot);
    }

    /// <summary>Takes all rows from a file, in which they may be damaged.</summary>
    internal void Adopt(Storage rows)
    {
        Rows.Adopt(rows);
        _isUnchecked = true;
    }

    /// <summary>Whoever changes an index may rely on its vectors. Those of a mapped file are looked at before the first change.</summary>
    /// <exception cref="InvalidDataException">One could not have been stored by us.</exception>
    internal void CheckRows()
    {
        if (!_isUnchecked) return;
        for (int slot = 0; slot < Slots; slot++)
            if (IsUsed(slot) && !Codec.IsSound(Rows.Row(slot)))
                throw new InvalidDataException($"The index cannot be changed: vector {slot} of the file it was opened from, of the id {Ids[slot]}, has an element that is not finite or too large.");
        _isUnchecked = false;
    }

    /// <summary>Makes vectors seen that are linked now, all at once.</summary>
    internal void Publish(ReadOnlySpan<int> slots)
    {
        long version = ++_version;
        foreach (int slot in slots)
        {
            // Before the snapshot: who has that, and does not find an id, is to know that it is not there.
            _table.Set(slot);
            if (_replaced.Remove(slot, out int old)) Die(old, version);
            Volatile.Write(ref _lives[slot].Born, version);
            _lastBirth = version;
            _held++;
        }
        Volatile.Write(ref _current, new(Codec, _table, _lives, Slots, _held, version, _lastBirth) { Changes = _changes });
    }

    /// <summary>Forgets an id; its vector is seen until it is hidden.</summary>
    internal void Forget(int slot)
    {
        _table.Remove(_table.Ids[slot]);
        Use(slot, false);
    }

    /// <summary>Hides vectors that are forgotten or replaced from searches that begin now, all at once.</summary>
    internal void Hide(ReadOnlySpan<int> slots)
    {
        foreach (int slot in slots)
            if (_lives[slot].Died == Life.Never) Die(slot, _version + 1);
        Publish([]);
    }

    /// <summary>Makes slots free to which nothing leads any more, when nobody can have come by them.</summary>
    internal void Free(int[] slots)
    {
        var free = _free;
        Epochs.Retire(() =>
        {
            foreach (int slot in slots) free.Push(slot);
        });
    }

    /// <summary>Moves the vectors together, to slots from 0 on in the order they have; for who keeps nothing by slots.</summary>
    internal void Compact()
    {
        var (old, table) = (_table, new SlotTable(new(Codec.Stride, Epochs)));
        table.Reserve(Count, Count);
        var lives = new Life[table.Rows.Capacity];
        bool[] isUsed = new bool[lives.Length];
        int count = 0;
        for (int slot = 0; slot < Slots; slot++)
        {
            if (!IsUsed(slot)) continue;
            new ReadOnlySpan<byte>(Rows.Row(slot), Codec.Stride).CopyTo(new(table.Rows.Row(count), Codec.Stride));
            (lives[count], isUsed[count]) = (_lives[slot], true);
            table.SetId(count, old.Ids[slot]);
            table.Set(count++);
        }
        (_free, _lives, _isUsed, Slots) = ([], lives, isUsed, count);
        Volatile.Write(ref _table, table);
        Publish([]);
        old.Rows.Dispose();
    }

    /// <summary>Room for more vectors.</summary>
    internal void Reserve(int more)
    {
        _table.Reserve(checked(Slots + Math.Max(0, more - _free.Count)), more);
        if (_lives.Length >= Rows.Capacity) return;
        Array.Resize(ref _lives, Rows.Capacity);
        Array.Resize(ref _isUsed, Rows.Capacity);
    }

    /// <summary>Ends all reading: who has begun may go on, then the memory is given back.</summary>
    internal void Close()
    {
        Volatile.Write(ref _current, null);
        Rows.Dispose();
    }

    int TakeSlot(long id)
    {
        if (!_free.TryPop(out int slot))
        {
            Reserve(1);
            slot = Slots++;
        }
        // In this order, see Snapshot.Holds.
        ref Life life = ref _lives[slot];
        Volatile.Write(ref life.Born, Life.Never);
        Volatile.Write(ref life.Died, Life.Never);
        _table.SetId(slot, id);
        return slot;
    }

    void Use(int slot, bool isUsed)
    {
        _isUsed[slot] = isUsed;
        Count += isUsed ? 1 : -1;
    }

    void Die(int slot, long version)
    {
        Volatile.Write(ref _lives[slot].Died, version);
        _held--;
    }

    /// <summary>The mean of the vectors in some slots.</summary>
    internal float[] Mean(ReadOnlySpan<int> slots)
    {
        float[] vector = new float[Codec.Dimension];
        double[] sum = new double[vector.Length];
        foreach (int slot in slots)
        {
            Codec.Decode(Rows.Row(slot), vector);
            for (int j = 0; j < vector.Length; j++) sum[j] += vector[j];
        }
        for (int j = 0; j < vector.Length; j++) vector[j] = (float)(sum[j] / slots.Length);
        return vector;
    }
}
