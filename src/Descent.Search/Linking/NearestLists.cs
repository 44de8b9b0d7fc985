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
