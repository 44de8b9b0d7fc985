using System.Runtime.InteropServices;

namespace Descent.Search;

/// <summary>The vectors of an index in numbered slots, and which id is in which.</summary>
sealed unsafe class VectorStore(RowCodec codec)
{
    readonly Dictionary<long, int> _slotOf = [];
    readonly List<long> _ids = [];
    readonly Stack<int> _free = [];

    internal RowCodec Codec => codec;

    internal RowMemory Rows { get; } = new(codec.Stride);

    /// <summary>Vectors that are there.</summary>
    internal int Count => _slotOf.Count;

    /// <summary>Slots from 0 on that are or were in use.</summary>
    internal int Slots => _ids.Count;

    internal ReadOnlySpan<long> Ids => CollectionsMarshal.AsSpan(_ids);

    internal long Bytes => (long)Rows.Capacity * Rows.Stride;

    internal bool TryFind(long id, out int slot) => _slotOf.TryGetValue(id, out slot);

    internal bool IsUsed(int slot) => _slotOf.TryGetValue(_ids[slot], out int found) && found == slot;

    /// <summary>Puts a new id into a free slot, or a new one.</summary>
    internal int Add(long id, ReadOnlySpan<float> vector)
    {
        int slot = TakeSlot(id);
        codec.Encode(vector, Rows.Row(slot));
        return slot;
    }

    /// <summary>Room for a row that the caller fills.</summary>
    internal int TakeSlot(long id)
    {
        if (!_free.TryPop(out int slot))
        {
            slot = _ids.Count;
            Rows.Reserve(slot + 1);
            _ids.Add(id);
        }
        _ids[slot] = id;
        _slotOf.Add(id, slot);
        return slot;
    }

    /// <summary>Removes what a slot holds; the slot is free for another.</summary>
    internal void Release(int slot)
    {
        _slotOf.Remove(_ids[slot]);
        _free.Push(slot);
    }

    /// <summary>Removes what a slot holds and moves the last slot's into it, so that no slot is free.</summary>
    internal void ReleaseDensely(int slot)
    {
        int last = _ids.Count - 1;
        _slotOf.Remove(_ids[slot]);
        if (slot != last)
        {
            new ReadOnlySpan<byte>(Rows.Row(last), Rows.Stride).CopyTo(new(Rows.Row(slot), Rows.Stride));
            _ids[slot] = _ids[last];
            _slotOf[_ids[slot]] = slot;
        }
        _ids.RemoveAt(last);
    }

    internal void Reserve(int more)
    {
        Rows.Reserve(checked(_ids.Count + Math.Max(0, more - _free.Count)));
        _ids.EnsureCapacity(_ids.Count + more);
        _slotOf.EnsureCapacity(_slotOf.Count + more);
    }
}
