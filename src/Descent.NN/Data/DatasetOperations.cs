using Descent.Tensors;

namespace Descent.NN;

/// <summary>One set made from another.</summary>
public static class DatasetOperations
{
    extension<T>(IDataset<T> dataset)
    {
        /// <summary>The examples from <paramref name="start"/> on.</summary>
        /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
        public Subset<T> Slice(int start, int count) => new(dataset, Enumerable.Range(start, count));

        /// <summary>The examples of this set, then those of another.</summary>
        public ConcatDataset<T> Concat(IDataset<T> next) => new(dataset, next);

        /// <summary>Each example as <paramref name="map"/> makes it, when it is asked for.</summary>
        public IDataset<TResult> Select<TResult>(Func<T, TResult> map) => new MappedDataset<T, TResult>(dataset, map);

        /// <summary>Cuts the set at random into parts of these sizes, which must add up to its count.</summary>
        /// <param name="counts">Sizes of the parts.</param>
        /// <param name="generator">Draws the order; <see cref="Generator.Default"/> if null.</param>
        /// <exception cref="ArgumentException">The sizes do not add up to the count.</exception>
        public Subset<T>[] RandomSplit(ReadOnlySpan<int> counts, Generator? generator = null)
        {
            int sum = 0;
            foreach (int count in counts)
                sum += count >= 0 ? count : throw new ArgumentException($"RandomSplit: a size is {count}; it must be at least 0.", nameof(counts));
            if (sum != dataset.Count)
                throw new ArgumentException($"RandomSplit: the sizes add up to {sum}, but there are {dataset.Count} examples.", nameof(counts));
            var order = Array.ConvertAll((generator ?? Generator.Default).Permutation(dataset.Count), i => (int)i);
            var parts = new Subset<T>[counts.Length];
            int start = 0;
            for (int i = 0; i < parts.Length; start += counts[i++]) parts[i] = new(dataset, order[start..(start + counts[i])]);
            return parts;
        }

        /// <summary>Cuts the set at random into two parts, the first of this share of it.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The share is not in [0, 1].</exception>
        public (Subset<T> First, Subset<T> Second) RandomSplit(double share, Generator? generator = null)
        {
            if (!(share is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(share), share, $"RandomSplit: the share is {share}; it must be in [0, 1].");
            int first = (int)Math.Round(share * dataset.Count);
            var parts = dataset.RandomSplit([first, dataset.Count - first], generator);
            return (parts[0], parts[1]);
        }
    }

    sealed class MappedDataset<T, TResult>(IDataset<T> dataset, Func<T, TResult> map) : IDataset<TResult>
    {
        public int Count => dataset.Count;

        public TResult this[int index] => map(dataset[index]);

        public TResult At(int index, int epoch) => map(dataset.At(index, epoch));
    }
}
