using Descent.Tensors;

namespace Descent.NN;

/// <summary>Streams one after the other.</summary>
/// <typeparam name="T">One example.</typeparam>
/// <param name="parts">The streams, in their order.</param>
public sealed class ChainDataset<T>(params IEnumerable<IIterableDataset<T>> parts) : IIterableDataset<T>
{
    readonly IIterableDataset<T>[] _parts = [.. parts];

    /// <inheritdoc/>
    public long? Count => _parts.Aggregate((long?)0, (sum, part) => sum + part.Count);

    /// <summary>Whole parts of known <see cref="IIterableDataset{T}.Count"/> are left out without being read.</summary>
    /// <inheritdoc/>
    public IEnumerable<T> Read(int epoch, long first = 0)
    {
        foreach (var part in _parts)
        {
            if (part.Count is { } count)
            {
                if (first < count)
                    foreach (var example in part.Read(epoch, first)) yield return example;
                first = Math.Max(0, first - count);
                continue;
            }
            foreach (var example in part.Read(epoch))
            {
                if (first > 0) first--;
                else yield return example;
            }
        }
    }
}

/// <summary>One stream made from another, or from something that can be enumerated.</summary>
public static class Streams
{
    /// <summary>A stream of what <paramref name="read"/> gives for an epoch; what is left out is read and dropped.</summary>
    public static IIterableDataset<T> Create<T>(Func<int, IEnumerable<T>> read) => new EnumerableStream<T>(read, null);

    /// <summary>A stream of a sequence, which is enumerated anew in each epoch.</summary>
    public static IIterableDataset<T> Create<T>(IEnumerable<T> examples) =>
        new EnumerableStream<T>(_ => examples, examples.TryGetNonEnumeratedCount(out int count) ? count : null);

    extension<T>(IIterableDataset<T> stream)
    {
        /// <summary>Each example as <paramref name="map"/> makes it.</summary>
        public IIterableDataset<TResult> Select<TResult>(Func<T, TResult> map) => new MappedStream<T, TResult>(stream, map);

        /// <summary>This stream, then another one.</summary>
        public ChainDataset<T> Chain(IIterableDataset<T> next) => new(stream, next);

        /// <summary>
        /// Examples in an order drawn from a buffer: the next is any one of <paramref name="buffer"/> that were read. Going on
        /// within an epoch reads it from its start.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The buffer is below 1.</exception>
        public IIterableDataset<T> Shuffled(int buffer, ulong seed)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(buffer, 1);
            return new ShuffledStream<T>(stream, buffer, seed);
        }

        /// <summary>
        /// Every <paramref name="replicas"/>-th example, from number <paramref name="rank"/> on: the share of one of several
        /// processes. The last examples that do not go round are left out, so that all shares are of one size.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The rank is not in [0, replicas).</exception>
        public IIterableDataset<T> Shard(int replicas, int rank)
        {
            DistributedSampler.Check(replicas, rank);
            return new ShardedStream<T>(stream, replicas, rank);
        }

        /// <summary>Batches of the stream as a stream of their own, made ready ahead by <see cref="StreamLoader{TBatch}"/>.</summary>
        /// <param name="batchSize">Examples of a batch; the last one may have fewer.</param>
        /// <param name="collate">Makes a batch of examples, as those of <see cref="Collate"/> do.</param>
        /// <param name="dropLast">Whether a last batch of fewer examples is left out.</param>
        /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
        public IIterableDataset<TBatch> Batched<TBatch>(int batchSize, Func<IReadOnlyList<T>, TBatch> collate, bool dropLast = false)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
            return new BatchedStream<T, TBatch>(stream, batchSize, collate, dropLast);
        }
    }

    sealed class EnumerableStream<T>(Func<int, IEnumerable<T>> read, long? count) : IIterableDataset<T>
    {
        public long? Count => count;

        public IEnumerable<T> Read(int epoch, long first = 0)
        {
            foreach (var example in read(epoch))
            {
                if (first > 0) first--;
                else yield return example;
            }
        }
    }

    sealed class MappedStream<T, TResult>(IIterableDataset<T> stream, Func<T, TResult> map) : IIterableDataset<TResult>
    {
        public long? Count => stream.Count;

        public IEnumerable<TResult> Read(int epoch, long first = 0) => stream.Read(epoch, first).Select(map);
    }

    sealed class ShuffledStream<T>(IIterableDataset<T> stream, int size, ulong seed) : IIterableDataset<T>
    {
        public long? Count => stream.Count;

        public IEnumerable<T> Read(int epoch, long first = 0)
        {
            var generator = SampleStreams.Order(seed, epoch);
            var buffer = new List<T>(Math.Min(size, 1 << 16));
            foreach (var example in stream.Read(epoch))
            {
                if (buffer.Count < size)
                {
                    buffer.Add(example);
                    continue;
                }
                int drawn = (int)generator.NextInt64(0, size);
                var next = buffer[drawn];
                buffer[drawn] = example;
                if (first > 0) first--;
                else yield return next;
            }
            var rest = buffer.ToArray();
            generator.Shuffle<T>(rest);
            for (int i = (int)Math.Min(first, rest.Length); i < rest.Length; i++) yield return rest[i];
        }
    }

    sealed class ShardedStream<T>(IIterableDataset<T> stream, int replicas, int rank) : IIterableDataset<T>
    {
        public long? Count => stream.Count / replicas;

        public IEnumerable<T> Read(int epoch, long first = 0)
        {
            int turn = 0;
            T? own = default;
            foreach (var example in stream.Read(epoch, checked(first * replicas)))
            {
                if (turn == rank) own = example;
                if (++turn < replicas) continue;
                turn = 0;
                yield return own!;
            }
        }
    }

    sealed class BatchedStream<T, TBatch>(IIterableDataset<T> stream, int batchSize, Func<IReadOnlyList<T>, TBatch> collate, bool dropLast)
        : IIterableDataset<TBatch>
    {
        public long? Count => dropLast ? stream.Count / batchSize : (stream.Count + batchSize - 1) / batchSize;

        public IEnumerable<TBatch> Read(int epoch, long first = 0)
        {
            long start = checked(first * batchSize);
            using var examples = stream.Read(epoch, start).GetEnumerator();
            while (true)
            {
                var batch = new List<T>(Math.Min(batchSize, 1 << 16));
                while (batch.Count < batchSize && Next(examples, start + batch.Count)) batch.Add(examples.Current);
                if (batch.Count == 0 || dropLast && batch.Count < batchSize) yield break;
                yield return Batching.Collate(batch, collate, i => start + i);
                start += batch.Count;
                if (batch.Count < batchSize) yield break;
            }
        }

        static bool Next(IEnumerator<T> examples, long index)
        {
            try
            {
                return examples.MoveNext();
            }
            catch (Exception e) when (e is not (DatasetException or OperationCanceledException))
            {
                throw new DatasetException(index, e);
            }
        }
    }
}
