using Descent.Tensors;

namespace Descent.NN;

/// <summary>Which examples make a batch. It follows from the epoch alone, so any epoch can be entered at any batch.</summary>
public interface IBatchSampler
{
    /// <summary>Batches of an epoch.</summary>
    int Batches { get; }

    /// <summary>Examples of an epoch.</summary>
    int Examples { get; }

    /// <summary>The numbers of the examples of each batch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    ReadOnlyMemory<int>[] Plan(int epoch);
}

/// <summary>Batches of one size, cut from an order of examples.</summary>
public sealed class BatchSampler : IBatchSampler
{
    readonly ISampler _sampler;
    readonly int _batchSize;

    /// <param name="sampler">The order of the examples.</param>
    /// <param name="batchSize">Examples of a batch.</param>
    /// <param name="dropLast">Whether a last batch of fewer examples is left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    public BatchSampler(ISampler sampler, int batchSize, bool dropLast = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (_sampler, _batchSize) = (sampler, batchSize);
        Batches = dropLast ? sampler.Count / batchSize : (sampler.Count + batchSize - 1) / batchSize;
        Examples = dropLast ? Batches * batchSize : sampler.Count;
    }

    /// <inheritdoc/>
    public int Batches { get; }

    /// <inheritdoc/>
    public int Examples { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<int>[] Plan(int epoch) => Cut(_sampler.Order(epoch), _batchSize, Batches);

    internal static ReadOnlyMemory<int>[] Cut(int[] order, int batchSize, int batches)
    {
        var plan = new ReadOnlyMemory<int>[batches];
        for (int b = 0; b < batches; b++) plan[b] = order.AsMemory(b * batchSize, Math.Min(batchSize, order.Length - b * batchSize));
        return plan;
    }
}

/// <summary>
/// Batches of examples of about one length, so that little of them is padding: a random order is cut into pools, each is
/// sorted by length and cut into batches, and the batches are put in a random order.
/// </summary>
public sealed class BucketBatchSampler : IBatchSampler
{
    readonly int[] _lengths;
    readonly int _batchSize, _pool;
    readonly ulong _seed;

    /// <param name="lengths">The length of each example.</param>
    /// <param name="batchSize">Examples of a batch.</param>
    /// <param name="seed">Decides the orders of all epochs.</param>
    /// <param name="poolBatches">Batches of a pool: more leave less padding, fewer mix the examples better.</param>
    /// <param name="dropLast">Whether a batch of fewer examples is left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public BucketBatchSampler(IEnumerable<int> lengths, int batchSize, ulong seed, int poolBatches = 100, bool dropLast = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(poolBatches, 1);
        (_lengths, _batchSize, _seed) = ([.. lengths], batchSize, seed);
        _pool = (int)Math.Min((long)batchSize * poolBatches, int.MaxValue);
        int count = _lengths.Length;
        Batches = dropLast ? count / batchSize : (count + batchSize - 1) / batchSize;
        Examples = dropLast ? Batches * batchSize : count;
    }

    /// <inheritdoc/>
    public int Batches { get; }

    /// <inheritdoc/>
    public int Examples { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<int>[] Plan(int epoch)
    {
        var generator = SampleStreams.Order(_seed, epoch);
        int[] order = [.. Enumerable.Range(0, _lengths.Length)];
        generator.Shuffle<int>(order);
        // What is dropped is dropped before sorting, or it would always be the longest.
        order = order[..Examples];
        for (int start = 0; start < order.Length; start += _pool)
        {
            var pool = order.AsSpan(start, Math.Min(_pool, order.Length - start));
            var keys = new (int Length, int Place)[pool.Length];
            for (int i = 0; i < keys.Length; i++) keys[i] = (_lengths[pool[i]], i);
            MemoryExtensions.Sort(keys.AsSpan(), pool);
        }
        var plan = BatchSampler.Cut(order, _batchSize, Batches);
        generator.Shuffle<ReadOnlyMemory<int>>(plan);
        return plan;
    }
}
