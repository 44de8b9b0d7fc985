using System.Numerics;

namespace Descent.Search;

/// <summary>Ids that a search may find; it never changes, so that any number of searches may use it.</summary>
public sealed class IdSet
{
    // Open-addressed; an empty place holds 0, so whether 0 is in the set is told apart.
    readonly long[] _places;
    readonly bool _hasZero;
    readonly Predicate<long>? _contains;
    readonly Func<long[]>? _list;

    /// <summary>A set of ids, of which equal ones count once.</summary>
    public IdSet(params ReadOnlySpan<long> ids)
    {
        _places = new long[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(1 << 30, Math.Max(2, 2L * ids.Length)))];
        foreach (long id in ids)
        {
            if (id == 0 ? _hasZero : Contains(id)) continue;
            Count++;
            if (id == 0) _hasZero = true;
            else _places[FindPlace(id)] = id;
        }
    }

    /// <summary>A set that answers itself, of which an index may have only some.</summary>
    internal IdSet(int count, Predicate<long> contains, Func<long[]> list) => (Count, _contains, _list, _places) = (count, contains, list, []);

    /// <summary>Whether ids that are in no snapshot are just passed over: they are looked for elsewhere.</summary>
    internal bool IsPartial => _list is not null;

    /// <summary>Ids in the set.</summary>
    public int Count { get; }

    /// <summary>Whether an id is in the set.</summary>
    public bool Contains(long id) => _contains is not null ? _contains(id) : id == 0 ? _hasZero : _places[FindPlace(id)] == id;

    /// <summary>All ids, in any order.</summary>
    internal long[] List()
    {
        if (_list is not null) return _list();
        long[] ids = new long[Count];
        // The zero, if there is one, stays where it is.
        int count = _hasZero ? 1 : 0;
        foreach (long id in _places)
            if (id != 0) ids[count++] = id;
        return ids;
    }

    int FindPlace(long id)
    {
        int at = IdHash.Place(id, _places.Length);
        while (_places[at] != 0 && _places[at] != id) at = (at + 1) & (_places.Length - 1);
        return at;
    }
}
