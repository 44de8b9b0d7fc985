using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class DataLoaderTests
{
    static TensorDataset Numbers(int count) =>
        new(Tensor.Arange(3 * count).To(DType.Float32).Reshape(count, 3), Tensor.Arange(count));

    static long[][] Targets(IEnumerable<Example> batches) => [.. batches.Select(b => b.Target.ToArray<long>())];

    sealed class Slow(int count, int failing = -1) : IDataset<Example>
    {
        public int Count => count;

        // The later ones are faster, so that threads overtake one another.
        public Example this[int index]
        {
            get
            {
                if (index == failing) throw new InvalidDataException("damaged");
                Thread.SpinWait((count - index) * 2_000);
                return new(Tensor.Full([2], (float)index), Tensor.Full([], (long)index));
            }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(3, 2)]
    [InlineData(4, 9)]
    public void Order_is_the_same_for_any_number_of_threads(int workers, int prefetch)
    {
        var source = new Slow(23).Batched();
        var expected = Targets(new DataLoader(source, 4, shuffle: true, seed: 5, workers: 0));
        Assert.Equal(expected, Targets(new DataLoader(source, 4, shuffle: true, seed: 5, workers: workers, prefetch: prefetch)));
        Assert.Equal(Enumerable.Range(0, 23).Select(i => (long)i), expected.SelectMany(b => b).Order());
        Assert.Equal([4, 4, 4, 4, 4, 3], expected.Select(b => b.Length));
    }

    [Fact]
    public void Epochs_differ_and_each_can_be_entered_at_any_batch()
    {
        var loader = new DataLoader(Numbers(50), 8, shuffle: true, dropLast: true, seed: 1);
        var first = Targets(loader);
        var second = Targets(loader);
        Assert.Equal(new LoaderPosition(2, 0), loader.Position);
        Assert.NotEqual(first, second);
        Assert.Equal(6, first.Length);
        Assert.Equal((6, 48), (loader.Batches, loader.Examples));
        var again = new DataLoader(Numbers(50), 8, shuffle: true, dropLast: true, seed: 1, workers: 2);
        Assert.Equal(second[4..], Targets(again.Epoch(1, firstBatch: 4)));
        Assert.Empty(again.Epoch(1, firstBatch: 6));
        Assert.NotEqual(first, Targets(new DataLoader(Numbers(50), 8, shuffle: true, dropLast: true, seed: 2)));
    }

    [Fact]
    public void Inputs_and_targets_stay_together()
    {
        foreach (var (input, target) in new DataLoader(Numbers(20), 6, shuffle: true, seed: 3))
        {
            Assert.Equal(new Shape(target.Elements, 3), input.Shape);
            Assert.Equal(target.ToArray<long>().SelectMany(t => (float[])[3 * t, 3 * t + 1, 3 * t + 2]), input.ToArray<float>());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_failing_example_is_named_in_its_place(int workers)
    {
        var taken = 0;
        var error = Assert.Throws<DatasetException>(() =>
        {
            foreach (var _ in new DataLoader(new Slow(20, failing: 13).Batched(), 4, workers: workers)) taken++;
        });
        Assert.Equal((3, 13L), (taken, error.Index));
        Assert.IsType<InvalidDataException>(error.InnerException);
    }

    sealed class Counting : IBatchSource<int>
    {
        public int Asked;
        public int Count => 100;

        public int Gather(ReadOnlySpan<int> indices)
        {
            Interlocked.Increment(ref Asked);
            return indices[0];
        }
    }

    [Fact]
    public void No_more_is_made_ahead_than_was_asked_for()
    {
        var source = new Counting();
        using (var batches = new DataLoader<int>(source, 1, workers: 4, prefetch: 3).GetEnumerator())
        {
            for (int i = 0; i < 5; i++) Assert.True(batches.MoveNext() && batches.Current == i);
            SpinWait.SpinUntil(() => Volatile.Read(ref source.Asked) >= 8, 5_000);
        }
        // Five taken and at most three ahead; nothing is begun after the end.
        Assert.Equal(8, source.Asked);
    }

    [Fact]
    public void Cancelling_ends_an_epoch()
    {
        using var stop = new CancellationTokenSource();
        foreach (int workers in (int[])[0, 2])
            Assert.ThrowsAny<OperationCanceledException>(() =>
            {
                foreach (var _ in new DataLoader<int>(new Counting(), 1, workers: workers).Epoch(0, 0, stop.Token)) stop.Cancel();
            });
    }

    [Fact]
    public void A_loader_goes_on_from_where_another_stood()
    {
        var loader = new DataLoader(Numbers(50), 8, shuffle: true, seed: 1, workers: 2);
        Assert.Equal(default, loader.Position);
        foreach (var (number, _) in loader.Index())
            if (number == 2) break;
        Assert.Equal(new LoaderPosition(0, 3), loader.Position);
        var other = new DataLoader(Numbers(50), 8, shuffle: true, seed: 1) { Position = loader.Position };
        Assert.Equal(new LoaderPosition(0, 3), other.Position);
        Assert.Equal(Targets(loader.Epoch(0, 3)), Targets(other));
        // Broken off or not, the next one is the next epoch.
        Assert.Equal(Targets(loader), Targets(other));
        Assert.Equal(new LoaderPosition(2, 0), other.Position);
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Position = new(0, -1));
    }

    [Fact]
    public void A_sampler_takes_the_place_of_shuffling()
    {
        Assert.Equal([[4L, 3], [0L]], Targets(new DataLoader(Numbers(5), 2, sampler: new Fixed(4, 3, 0))));
        Assert.Throws<ArgumentException>(() => new DataLoader(Numbers(5), 2, shuffle: true, sampler: new Fixed(0)));
        var buckets = new DataLoader(Numbers(7), new BucketBatchSampler([3, 1, 3, 1, 3, 1, 3], 4, seed: 1, poolBatches: 2));
        Assert.Equal((2, 7), (buckets.Batches, buckets.Examples));
        // Sorted by length, four of the shortest come first: the three of length 1 and one of length 3.
        var batches = Targets(buckets).OrderByDescending(b => b.Length).ToArray();
        Assert.Superset(new HashSet<long>([1, 3, 5]), batches[0].ToHashSet());
        Assert.All(batches[1], t => Assert.True(t % 2 == 0));
    }

    sealed class Fixed(params int[] order) : ISampler
    {
        public int Count => order.Length;
        public int[] Order(int epoch) => order;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_thread_outlives_its_epoch(bool failing)
    {
        var inside = new Inside();
        var batches = new DataLoader<int>(inside, 1, workers: 3, prefetch: 5).GetEnumerator();
        Assert.True(batches.MoveNext());
        if (failing)
        {
            inside.Fail = true;
            Assert.ThrowsAny<InvalidDataException>(() =>
            {
                while (batches.MoveNext()) { }
            });
        }
        batches.Dispose();
        Assert.NotEmpty(inside.Threads);
        Assert.All(inside.Threads.Keys, t => Assert.False(t.IsAlive));
    }

    sealed class Inside : IBatchSource<int>
    {
        public readonly System.Collections.Concurrent.ConcurrentDictionary<Thread, bool> Threads = [];
        public volatile bool Fail;
        public int Count => 10_000;

        public int Gather(ReadOnlySpan<int> indices)
        {
            Threads.TryAdd(Thread.CurrentThread, true);
            return Fail ? throw new InvalidDataException() : indices[0];
        }
    }

    [Fact]
    public void A_random_split_holds_every_example_once()
    {
        var parts = Numbers(30).RandomSplit([20, 7, 3], new Generator(4));
        Assert.Equal([20, 7, 3], parts.Select(p => p.Count));
        Assert.Equal(Enumerable.Range(0, 30), parts.SelectMany(p => p.Indices.ToArray()).Order());
        Assert.Equal(parts[1].Indices.ToArray().Select(i => (long)i), Targets(new DataLoader(parts[1], 3)).SelectMany(b => b));
        Assert.Throws<ArgumentException>(() => Numbers(30).RandomSplit([20, 7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subset<Example>(Numbers(3), [3]));
    }

    [Fact]
    public void Pictures_of_bytes_become_a_set_with_channels_first()
    {
        byte[] pixels = [0, 255, 51, 102, 153, 204, 10, 20, 30, 40, 50, 60];
        var set = IdxDataset.ToDataset(pixels, height: 1, width: 2, channels: 3, labels: [4, 9], mean: 0.5f, std: 0.25f);
        Assert.Equal(new Shape(2, 3, 1, 2), set.Inputs.Shape);
        Assert.Equal([4L, 9], set.Targets.ToArray<long>());
        byte[] planes = [0, 102, 255, 153, 51, 204, 10, 40, 20, 50, 30, 60];
        Assert.Equal(planes.Select(p => (p / 255f - 0.5f) / 0.25f), set.Inputs.ToArray<float>());
    }
}
