using Descent.Tensors;

namespace Descent.NN;

/// <summary>Batches of a set's examples.</summary>
public static class Batching
{
    extension<T>(IDataset<T> dataset)
    {
        /// <summary>Batches of this set's examples, put together by <paramref name="collate"/>, as those of <see cref="NN.Collate"/> do.</summary>
        public IBatchSource<TBatch> Batched<TBatch>(Func<IReadOnlyList<T>, TBatch> collate) => new CollatedSource<T, TBatch>(dataset, collate);
    }

    extension(IDataset<Example> dataset)
    {
        /// <summary>Batches of this set's examples, stacked along a new first dimension.</summary>
        public IBatchSource<Example> Batched() =>
            dataset is IGather<Example> { CanGather: true } gather
                ? new GatheredSource<Example>(gather, dataset.Count)
                : dataset.Batched(NN.Collate.Examples);
    }

    extension(IDataset<Tensor[]> dataset)
    {
        /// <summary>Batches of this set's examples, each tensor stacked along a new first dimension.</summary>
        public IBatchSource<Tensor[]> Batched() =>
            dataset is IGather<Tensor[]> { CanGather: true } gather
                ? new GatheredSource<Tensor[]>(gather, dataset.Count)
                : dataset.Batched(NN.Collate.Arrays<Tensor, Tensor>(NN.Collate.Stack));
    }

    /// <summary>Collates; an error that names a place within the batch is told with that example's number.</summary>
    internal static TBatch Collate<T, TBatch>(IReadOnlyList<T> examples, Func<IReadOnlyList<T>, TBatch> collate, Func<int, long> index)
    {
        try
        {
            return collate(examples);
        }
        catch (CollateException e)
        {
            throw new DatasetException(index(e.Position), e);
        }
        catch (Exception e) when (e is not (DatasetException or OperationCanceledException))
        {
            throw new DatasetException($"The batch of {examples.Count} examples from {index(0)} on could not be put together: {e.Message}", e);
        }
    }

    sealed class GatheredSource<T>(IGather<T> source, int count) : IBatchSource<T>
    {
        public int Count => count;

        public T Gather(ReadOnlySpan<int> indices) => source.Gather(indices, 0);

        public T Gather(ReadOnlySpan<int> indices, int epoch) => source.Gather(indices, epoch);
    }

    sealed class CollatedSource<T, TBatch>(IDataset<T> dataset, Func<IReadOnlyList<T>, TBatch> collate) : IBatchSource<TBatch>
    {
        public int Count => dataset.Count;

        public TBatch Gather(ReadOnlySpan<int> indices) => Gather(indices, 0);

        public TBatch Gather(ReadOnlySpan<int> indices, int epoch)
        {
            var (examples, numbers) = (new T[indices.Length], indices.ToArray());
            for (int i = 0; i < examples.Length; i++)
            {
                try
                {
                    examples[i] = dataset.At(numbers[i], epoch);
                }
                catch (Exception e) when (e is not (DatasetException or OperationCanceledException))
                {
                    throw new DatasetException(numbers[i], e);
                }
            }
            return Collate(examples, collate, i => numbers[i]);
        }
    }
}
