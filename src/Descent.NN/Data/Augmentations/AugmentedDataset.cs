using Descent.Tensors;

namespace Descent.NN;

/// <summary>Sets whose examples are changed at random when a loader asks for them, on its threads.</summary>
public static class AugmentedDatasets
{
    extension(IDataset<Example> dataset)
    {
        /// <summary>
        /// The set with its inputs augmented: anew in each epoch, in a way that follows from the seed, the epoch and the number
        /// of the example alone.
        /// </summary>
        public IDataset<Example> Augmented(IAugmentation augmentation, ulong seed) =>
            dataset.Augmented((example, generator) => example with { Input = augmentation.Apply(example.Input, generator) }, seed);
    }

    extension<T>(IDataset<T> dataset)
    {
        /// <summary>The set with its examples changed by a function that is given a generator for each epoch and example.</summary>
        public IDataset<T> Augmented(Func<T, Generator, T> augment, ulong seed) => new AugmentedDataset<T>(dataset, augment, seed);
    }

    extension(IBatchSource<Example> source)
    {
        /// <summary>
        /// Batches whose examples are mixed with one another, in a way that follows from the seed, the epoch and the numbers
        /// of the examples alone.
        /// </summary>
        public IBatchSource<Example> Augmented(IBatchAugmentation augmentation, ulong seed) => new AugmentedSource(source, augmentation, seed);
    }

    sealed class AugmentedDataset<T>(IDataset<T> dataset, Func<T, Generator, T> augment, ulong seed) : IDataset<T>
    {
        public int Count => dataset.Count;

        public T this[int index] => At(index, 0);

        public T At(int index, int epoch) => augment(dataset.At(index, epoch), SampleStreams.Augmentation(seed, epoch, index));
    }

    sealed class AugmentedSource(IBatchSource<Example> source, IBatchAugmentation augmentation, ulong seed) : IBatchSource<Example>
    {
        public int Count => source.Count;

        public Example Gather(ReadOnlySpan<int> indices) => Gather(indices, 0);

        public Example Gather(ReadOnlySpan<int> indices, int epoch)
        {
            // FNV-1a over the numbers: batches that differ in one example are mixed differently.
            uint hash = 2166136261;
            foreach (int index in indices) hash = (hash ^ (uint)index) * 16777619;
            return augmentation.Apply(source.Gather(indices, epoch), SampleStreams.Augmentation(seed, epoch, (int)hash));
        }
    }
}
