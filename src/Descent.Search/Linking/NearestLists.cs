namespace Descent.Search;

/// <summary>For each of some slots the nearest others.</summary>
/// <param name="slots">The slots, ascending.</param>
/// <param name="k">Neighbours of each at most.</param>
sealed class NearestLists(int[] slots, int k)
{
    internal const ulong Empty = ulong.MaxValue;

    readonly ulong[] _keys = NewKeys(slots.Length, k);

    internal int Count => slots.Length;

    /// <summary>Neighbours of each at most.</summary>
    internal int K => k;

    /// <summary>The slot of number <paramref name="i"/>.</summary>
    internal int Slot(int i) => slots[i];

    /// <summary>Keys of the neighbours of number <paramref name="i"/>, which are numbers too, nearest first; <see cref="Empty"/> behind the last.</summary>
    internal Span<ulong> List(int i) => _keys.AsSpan(i * k, k);

    /// <summary>Whether number <paramref name="i"/> has as many neighbours as there may be.</summary>
    internal bool IsFull(int i) => List(i)[^1] != Empty;

    /// <summary>The distance of the last in a full list.</summary>
    internal float Farthest(int i) => NodeKey.Distance(List(i)[^1]);

    /// <summary>Takes those of some keys that are among the nearest of number <paramref name="i"/>; none of them is there yet.</summary>
    /// <returns>Whether one is nearer than the farthest was, or the list was not full.</returns>
    internal bool Merge(int i, Span<ulong> keys)
    {
        var list = List(i);
        ulong last = list[^1];
        int count = 0;
        foreach (ulong key in keys)
            if (key < last) keys[count++] = key;
        if (count == 0) return false;
        keys = keys[..count];
        keys.Sort();
        int known = last == Empty ? list.IndexOf(Empty) : k, taken = Math.Min(count, k);
        while (known + taken > k && keys[taken - 1] > list[k - taken]) taken--;
        int left = Math.Min(known, k - taken);
        for (int to = left + taken - 1; taken > 0; to--) list[to] = left > 0 && list[left - 1] > keys[taken - 1] ? list[--left] : keys[--taken];
        return keys[0] >> 32 < last >> 32;
    }

    /// <summary>The keys of the neighbours that there are.</summary>
    internal ReadOnlySpan<ulong> Known(int i)
    {
        var list = List(i);
        return list.IndexOf(Empty) is var end and >= 0 ? list[..end] : list;
    }

    /// <summary>The slots of the neighbours of number <paramref name="i"/>, nearest first.</summary>
    internal int[] Slots(int i)
    {
        var list = List(i);
        int count = list.IndexOf(Empty) is var end and >= 0 ? end : k;
        int[] neighbors = new int[count];
        for (int j = 0; j < count; j++) neighbors[j] = slots[NodeKey.Node(list[j])];
        return neighbors;
    }

    static ulong[] NewKeys(int count, int k)
    {
        ulong[] keys = new ulong[checked(count * k)];
        Array.Fill(keys, Empty);
        return keys;
    }
}
