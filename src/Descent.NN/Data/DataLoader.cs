using Descent.Tensors;

namespace Descent.NN;

/// <summary>Batches of a set, epoch after epoch, made ready on other threads while one is being used.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
/// <remarks>
/// The order of epoch e depends on the sampler and e alone, so an epoch can be entered at any batch, and the number of
/// threads changes nothing.
/// </remarks>
public abstract class BatchLoader<TBatch> : EpochLoader<TBatch>
{
    readonly IBatchSource<TBatch> _source;
    readonly int _workers, _prefetch;

    private protected BatchLoader(IBatchSource<TBatch> source, IBatchSampler sampler, int workers, int prefetch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetch, 1);
        (_source, Sampler, _workers, _prefetch) = (source, sampler, workers, prefetch);
    }

    /// <summary>Which examples make a batch of an epoch.</summary>
    public IBatchSampler Sampler { get; }

    /// <summary>Batches of an epoch.</summary>
    public int Batches => Sampler.Batches;

    /// <summary>Examples of an epoch.</summary>
    public int Examples => Sampler.Examples;

    private protected override IEnumerable<TBatch> Run(int epoch, int firstBatch, CancellationToken cancellation)
    {
        var plan = Sampler.Plan(epoch);
        if (_workers == 0)
        {
            for (int b = firstBatch; b < plan.Length; b++)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Make(b);
            }
            yield break;
        }
        using var ahead = new Prefetcher<TBatch>(Make, firstBatch, plan.Length, _workers, _prefetch, cancellation);
        for (int b = firstBatch; b < plan.Length; b++)
            yield return ahead.Take(b);

        TBatch Make(int batch) => _source.Gather(plan[batch].Span, epoch);
    }

    private protected static IBatchSampler Batch(int count, int batchSize, bool shuffle, bool dropLast, ulong? seed, ISampler? sampler)
    {
        if (shuffle && sampler is not null)
            throw new ArgumentException("DataLoader: both shuffle and a sampler were given. The sampler alone decides the order; leave shuffle out.", nameof(sampler));
        sampler ??= shuffle ? new RandomSampler(count, seed ?? (ulong)Generator.Default.NextInt64(0, long.MaxValue)) : new SequentialSampler(count);
        return new BatchSampler(sampler, batchSize, dropLast);
    }
}

/// <summary>Batches of inputs and targets.</summary>
public sealed class DataLoader : BatchLoader<Example>
{
    /// <param name="dataset">The examples; they are stacked.</param>
    /// <inheritdoc cref="DataLoader{TBatch}(IBatchSource{TBatch}, int, bool, bool, ulong?, ISampler?, int, int)"/>
    public DataLoader(IDataset<Example> dataset, int batchSize = 1, bool shuffle = false, bool dropLast = false, ulong? seed = null,
        ISampler? sampler = null, int workers = 1, int prefetch = 4)
        : this(dataset.Batched(), batchSize, shuffle, dropLast, seed, sampler, workers, prefetch) { }

    /// <inheritdoc cref="DataLoader{TBatch}(IBatchSource{TBatch}, int, bool, bool, ulong?, ISampler?, int, int)"/>
    public DataLoader(IBatchSource<Example> source, int batchSize = 1, bool shuffle = false, bool dropLast = false, ulong? seed = null,
        ISampler? sampler = null, int workers = 1, int prefetch = 4)
        : base(source, Batch(source.Count, batchSize, shuffle, dropLast, seed, sampler), workers, prefetch) { }

    /// <param name="dataset">The examples; they are stacked.</param>
    /// <inheritdoc cref="DataLoader{TBatch}(IBatchSource{TBatch}, IBatchSampler, int, int)"/>
    public DataLoader(IDataset<Example> dataset, IBatchSampler sampler, int workers = 1, int prefetch = 4)
        : this(dataset.Batched(), sampler, workers, prefetch) { }

    /// <inheritdoc cref="DataLoader{TBatch}(IBatchSource{TBatch}, IBatchSampler, int, int)"/>
    public DataLoader(IBatchSource<Example> source, IBatchSampler sampler, int workers = 1, int prefetch = 4)
        : base(source, sampler, workers, prefetch) { }
}

/// <summary>Batches of any kind, as <c>dataset.Batched(collate)</c> makes them.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
public sealed class DataLoader<TBatch> : BatchLoader<TBatch>
{
    /// <param name="source">The examples, in batches.</param>
    /// <param name="batchSize">Examples of a batch; the last one of an epoch may have fewer.</param>
    /// <param name="shuffle">Whether each epoch has an order of its own, drawn at random.</param>
    /// <param name="dropLast">Whether a last batch of fewer examples is left out.</param>
    /// <param name="seed">Decides the orders; drawn from <see cref="Generator.Default"/> if null.</param>
    /// <param name="sampler">Another order, in the place of <paramref name="shuffle"/> and <paramref name="seed"/>.</param>
    /// <param name="workers">Threads that make batches ready; 0 makes them when they are asked for.</param>
    /// <param name="prefetch">Batches made ready at most before they are asked for.</param>
    /// <exception cref="ArgumentException">A number is out of range, or both shuffle and a sampler were given.</exception>
    public DataLoader(IBatchSource<TBatch> source, int batchSize = 1, bool shuffle = false, bool dropLast = false, ulong? seed = null,
        ISampler? sampler = null, int workers = 1, int prefetch = 4)
        : base(source, Batch(source.Count, batchSize, shuffle, dropLast, seed, sampler), workers, prefetch) { }

    /// <param name="source">The examples, in batches.</param>
    /// <param name="sampler">Which examples make a batch.</param>
    /// <param name="workers">Threads that make batches ready; 0 makes them when they are asked for.</param>
    /// <param name="prefetch">Batches made ready at most before they are asked for.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public DataLoader(IBatchSource<TBatch> source, IBatchSampler sampler, int workers = 1, int prefetch = 4)
        : base(source, sampler, workers, prefetch) { }
}
