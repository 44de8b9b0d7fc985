using System.Collections;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Batches of a set, epoch after epoch, made ready on other threads while one is being used.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
/// <remarks>
/// The order of epoch e depends on the seed and e alone, so an epoch can be entered at any batch, and the number of
/// threads changes nothing.
/// </remarks>
public abstract class BatchLoader<TBatch> : IEnumerable<TBatch>
{
    readonly IBatchSource<TBatch> _source;
    readonly bool _shuffle;
    readonly int _workers, _prefetch;

    private protected BatchLoader(IBatchSource<TBatch> source, int batchSize, bool shuffle, bool dropLast, ulong? seed, int workers, int prefetch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetch, 1);
        (_source, BatchSize, _shuffle, _workers, _prefetch) = (source, batchSize, shuffle, workers, prefetch);
        Seed = seed ?? (shuffle ? (ulong)Generator.Default.NextInt64(0, long.MaxValue) : 0);
        Batches = dropLast ? source.Count / batchSize : (source.Count + batchSize - 1) / batchSize;
        Examples = dropLast ? Batches * batchSize : source.Count;
    }

    /// <summary>Examples of a batch; the last one of an epoch may have fewer.</summary>
    public int BatchSize { get; }

    /// <summary>Batches of an epoch.</summary>
    public int Batches { get; }

    /// <summary>Examples of an epoch.</summary>
    public int Examples { get; }

    /// <summary>What the order of every epoch follows from.</summary>
    public ulong Seed { get; }

    /// <summary>The epoch that the next <c>foreach</c> over the loader runs; it then rises by one.</summary>
    public int NextEpoch { get; set; }

    /// <summary>The batches of one epoch, from one of them on: what a run that was broken off goes on with.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="firstBatch">Batches to leave out.</param>
    /// <param name="cancellation">Ends the waiting for a batch.</param>
    /// <exception cref="DatasetException">An example could not be had; thrown in the place of its batch.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IEnumerable<TBatch> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        return Run(Order(epoch), firstBatch, cancellation);
    }

    /// <summary>Numbers of the examples in the order of an epoch, before the last ones are dropped.</summary>
    public int[] Order(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, _source.Count)];
        if (_shuffle) new Generator(Seed, stream: (ulong)epoch).Shuffle<int>(order);
        return order;
    }

    IEnumerable<TBatch> Run(int[] order, int firstBatch, CancellationToken cancellation)
    {
        if (_workers == 0)
        {
            for (int b = firstBatch; b < Batches; b++)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Make(b);
            }
            yield break;
        }
        using var ahead = new Prefetcher<TBatch>(Make, firstBatch, Batches, _workers, _prefetch, cancellation);
        for (int b = firstBatch; b < Batches; b++)
            yield return ahead.Take(b);

        TBatch Make(int batch)
        {
            int start = batch * BatchSize;
            return _source.Gather(order.AsSpan(start, Math.Min(BatchSize, order.Length - start)));
        }
    }

    /// <inheritdoc/>
    public IEnumerator<TBatch> GetEnumerator() => Epoch(NextEpoch++).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Batches of inputs and targets.</summary>
/// <param name="source">The examples.</param>
/// <param name="batchSize">Examples of a batch.</param>
/// <param name="shuffle">Whether each epoch has an order of its own, drawn at random.</param>
/// <param name="dropLast">Whether a last batch of fewer examples is left out.</param>
/// <param name="seed">Decides the orders; drawn from <see cref="Generator.Default"/> if null.</param>
/// <param name="workers">Threads that make batches ready; 0 makes them when they are asked for.</param>
/// <param name="prefetch">Batches made ready at most before they are asked for.</param>
public sealed class DataLoader(IBatchSource<Example> source, int batchSize = 1, bool shuffle = false, bool dropLast = false, ulong? seed = null,
    int workers = 1, int prefetch = 4) : BatchLoader<Example>(source, batchSize, shuffle, dropLast, seed, workers, prefetch);

/// <summary>Batches of any kind.</summary>
/// <inheritdoc cref="DataLoader"/>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
public sealed class DataLoader<TBatch>(IBatchSource<TBatch> source, int batchSize = 1, bool shuffle = false, bool dropLast = false, ulong? seed = null,
    int workers = 1, int prefetch = 4) : BatchLoader<TBatch>(source, batchSize, shuffle, dropLast, seed, workers, prefetch);
