namespace Descent.NN;

/// <summary>Some examples of a set, in an order of their own.</summary>
/// <typeparam name="T">One example.</typeparam>
public sealed class Subset<T> : IDataset<T>, IGather<T>
{
    readonly IDataset<T> _source;
    readonly int[] _indices;

    /// <param name="source">The whole set.</param>
    /// <param name="indices">Numbers of examples within it; one may occur more than once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Subset(IDataset<T> source, IEnumerable<int> indices)
    {
        (_source, _indices) = (source, [.. indices]);
        foreach (int i in _indices)
            if ((uint)i >= (uint)source.Count)
                throw new ArgumentOutOfRangeException(nameof(indices), i, $"Subset: index {i} is out of range; there are {source.Count} examples.");
    }

    /// <summary>Numbers of the examples within the whole set.</summary>
    public ReadOnlySpan<int> Indices => _indices;

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public T this[int index] => _source[_indices[index]];

    /// <inheritdoc/>
    public T At(int index, int epoch) => _source.At(_indices[index], epoch);

    bool IGather<T>.CanGather => _source is IGather<T> { CanGather: true };

    T IGather<T>.Gather(ReadOnlySpan<int> indices, int epoch)
    {
        var mapped = new int[indices.Length];
        for (int i = 0; i < mapped.Length; i++)
            mapped[i] = (uint)indices[i] < (uint)Count ? _indices[indices[i]] : throw Rows.OutOfRange(indices[i], Count);
        return ((IGather<T>)_source).Gather(mapped, epoch);
    }
}
