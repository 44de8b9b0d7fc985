using Descent.Tensors;

namespace Descent.NN;

/// <summary>Some examples of a set, in an order of their own.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
public sealed class Subset<TBatch> : IBatchSource<TBatch>
{
    readonly IBatchSource<TBatch> _source;
    readonly int[] _indices;

    /// <param name="source">The whole set.</param>
    /// <param name="indices">Numbers of examples within it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Subset(IBatchSource<TBatch> source, IEnumerable<int> indices)
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
    public TBatch Gather(ReadOnlySpan<int> indices)
    {
        var mapped = new int[indices.Length];
        for (int i = 0; i < mapped.Length; i++) mapped[i] = _indices[indices[i]];
        return _source.Gather(mapped);
    }
}

/// <summary>One set made from another.</summary>
public static class DatasetOperations
{
    extension<TBatch>(IBatchSource<TBatch> source)
    {
        /// <summary>The examples from <paramref name="start"/> on.</summary>
        /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
        public Subset<TBatch> Slice(int start, int count) => new(source, Enumerable.Range(start, count));

        /// <summary>Cuts the set at random into parts of these sizes, which must add up to its count.</summary>
        /// <param name="counts">Sizes of the parts.</param>
        /// <param name="generator">Draws the order; <see cref="Generator.Default"/> if null.</param>
        /// <exception cref="ArgumentException">The sizes do not add up to the count.</exception>
        public Subset<TBatch>[] RandomSplit(ReadOnlySpan<int> counts, Generator? generator = null)
        {
            int sum = 0;
            foreach (int count in counts)
                sum += count >= 0 ? count : throw new ArgumentException($"RandomSplit: a size is {count}; it must be at least 0.", nameof(counts));
            if (sum != source.Count)
                throw new ArgumentException($"RandomSplit: the sizes add up to {sum}, but there are {source.Count} examples.", nameof(counts));
            var order = Array.ConvertAll((generator ?? Generator.Default).Permutation(source.Count), i => (int)i);
            var parts = new Subset<TBatch>[counts.Length];
            int start = 0;
            for (int i = 0; i < parts.Length; start += counts[i++]) parts[i] = new(source, order[start..(start + counts[i])]);
            return parts;
        }

        /// <summary>Cuts the set at random into two parts, the first of this share of it.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The share is not in [0, 1].</exception>
        public (Subset<TBatch> First, Subset<TBatch> Second) RandomSplit(double share, Generator? generator = null)
        {
            if (!(share is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(share), share, $"RandomSplit: the share is {share}; it must be in [0, 1].");
            int first = (int)Math.Round(share * source.Count);
            var parts = source.RandomSplit([first, source.Count - first], generator);
            return (parts[0], parts[1]);
        }
    }

    extension<T>(IDataset<T> dataset)
    {
        /// <summary>Batches of this set's examples, put together by <paramref name="collate"/>.</summary>
        public IBatchSource<TBatch> Batched<TBatch>(Func<IReadOnlyList<T>, TBatch> collate) => new CollatedSource<T, TBatch>(dataset, collate);
    }

    extension(IDataset<Example> dataset)
    {
        /// <summary>Batches of this set's examples, stacked along a new first dimension.</summary>
        public IBatchSource<Example> Batched() => dataset as IBatchSource<Example> ?? dataset.Batched(static examples =>
            new Example(Tensor.Stack([.. examples.Select(e => e.Input)], 0), Tensor.Stack([.. examples.Select(e => e.Target)], 0)));
    }

    sealed class CollatedSource<T, TBatch>(IDataset<T> dataset, Func<IReadOnlyList<T>, TBatch> collate) : IBatchSource<TBatch>
    {
        public int Count => dataset.Count;

        public TBatch Gather(ReadOnlySpan<int> indices)
        {
            var examples = new T[indices.Length];
            for (int i = 0; i < examples.Length; i++)
            {
                try
                {
                    examples[i] = dataset[indices[i]];
                }
                catch (Exception e) when (e is not DatasetException)
                {
                    throw new DatasetException(indices[i], e);
                }
            }
            return collate(examples);
        }
    }
}
