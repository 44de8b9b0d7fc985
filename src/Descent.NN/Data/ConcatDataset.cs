namespace Descent.NN;

/// <summary>Sets one after the other, as one.</summary>
/// <typeparam name="T">One example.</typeparam>
public sealed class ConcatDataset<T> : IDataset<T>
{
    readonly IDataset<T>[] _parts;
    readonly int[] _ends;

    /// <param name="parts">The sets, in their order.</param>
    /// <exception cref="OverflowException">There are more examples than an index counts.</exception>
    public ConcatDataset(params IEnumerable<IDataset<T>> parts)
    {
        _parts = [.. parts];
        _ends = new int[_parts.Length];
        for (int i = 0; i < _parts.Length; i++) _ends[i] = checked((i > 0 ? _ends[i - 1] : 0) + _parts[i].Count);
    }

    /// <inheritdoc/>
    public int Count => _ends is [.., var end] ? end : 0;

    /// <inheritdoc/>
    public T this[int index]
    {
        get
        {
            var (part, within) = Find(index);
            return part[within];
        }
    }

    /// <inheritdoc/>
    public T At(int index, int epoch)
    {
        var (part, within) = Find(index);
        return part.At(within, epoch);
    }

    (IDataset<T> Part, int Within) Find(int index)
    {
        if ((uint)index >= (uint)Count) throw Rows.OutOfRange(index, Count);
        // The first end above the index; an empty part's end equals the one before it and is never that.
        int found = Array.BinarySearch(_ends, index + 1);
        if (found < 0) found = ~found;
        while (found > 0 && _ends[found - 1] > index) found--;
        return (_parts[found], index - (found > 0 ? _ends[found - 1] : 0));
    }
}
