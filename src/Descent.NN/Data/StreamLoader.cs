namespace Descent.NN;

/// <summary>Batches of a stream, read ahead on a thread of its own while one is being used.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
public sealed class StreamLoader<TBatch> : EpochLoader<TBatch>
{
    readonly IIterableDataset<TBatch> _batches;
    readonly int _prefetch;

    /// <param name="batches">The batches, as <c>stream.Batched(size, collate)</c> makes them.</param>
    /// <param name="prefetch">Batches read at most before they are asked for; 0 reads them when they are.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public StreamLoader(IIterableDataset<TBatch> batches, int prefetch = 4)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefetch);
        (_batches, _prefetch) = (batches, prefetch);
    }

    private protected override IEnumerable<TBatch> Run(int epoch, int firstBatch, CancellationToken cancellation)
    {
        using var batches = _batches.Read(epoch, firstBatch).GetEnumerator();
        if (_prefetch == 0)
        {
            while (Next() is (true, var batch))
            {
                yield return batch!;
                cancellation.ThrowIfCancellationRequested();
            }
            yield break;
        }
        // One thread, for a stream has one reader; past the end it makes nothing, until back-pressure stops it.
        using var ahead = new Prefetcher<(bool, TBatch?)>(_ => Next(), 0, int.MaxValue, threads: 1, _prefetch, cancellation);
        for (int b = 0; ahead.Take(b) is (true, var batch); b++) yield return batch!;

        (bool, TBatch?) Next() => batches.MoveNext() ? (true, batches.Current) : default;
    }
}
