namespace Descent.NN.Tests;

public sealed class StreamTests
{
    static IIterableDataset<int> Numbers(int count, int from = 0, Action<int>? onRead = null) =>
        Streams.Create(_ => Enumerable.Range(from, count).Select(i =>
        {
            onRead?.Invoke(i);
            return i;
        }));

    sealed record Row(IIterableDataset<int> Stream, int Count);

    public static TheoryData<string> Names => [.. s_rows.Keys];

    static readonly Dictionary<string, Row> s_rows = new()
    {
        ["numbers"] = new(Numbers(17), 17),
        ["list"] = new(Streams.Create([3, 1, 2]), 3),
        ["empty"] = new(Streams.Create<int>([]), 0),
        ["mapped"] = new(Numbers(17).Select(i => 2 * i), 17),
        ["chained"] = new(Numbers(5).Chain(Streams.Create([7, 8, 9])).Chain(Numbers(2, 20)), 10),
        ["chained lists"] = new(new ChainDataset<int>(Streams.Create([1, 2]), Streams.Create<int>([]), Streams.Create([3, 4, 5])), 5),
        ["shuffled"] = new(Numbers(30).Shuffled(8, 3), 30),
        ["shuffled whole"] = new(Numbers(6).Shuffled(100, 3), 6),
        ["shard"] = new(Numbers(20).Shard(3, 1), 6),
    };

    [Theory, MemberData(nameof(Names))]
    public void A_stream_can_be_entered_anywhere(string name)
    {
        var (stream, count) = s_rows[name];
        foreach (int epoch in (int[])[0, 1])
        {
            int[] all = [.. stream.Read(epoch)];
            Assert.Equal(count, all.Length);
            Assert.Equal(count, stream.Count ?? count);
            for (int first = 0; first <= count + 2; first++) Assert.Equal(all.Skip(first), stream.Read(epoch, first));
            var batches = stream.Batched(4, b => b.ToArray());
            Assert.Equal(all.Chunk(4), batches.Read(epoch));
            Assert.Equal(all.Chunk(4).Skip(2), batches.Read(epoch, 2));
            Assert.Equal(all.Chunk(4).Where(c => c.Length == 4), stream.Batched(4, b => b.ToArray(), dropLast: true).Read(epoch));
        }
    }

    [Fact]
    public void Shuffling_differs_by_epoch_and_keeps_all()
    {
        var stream = Numbers(30).Shuffled(8, 3);
        Assert.NotEqual(stream.Read(0), stream.Read(1));
        Assert.Equal(Enumerable.Range(0, 30), stream.Read(0).Order());
        // Nothing comes before the buffer can have held it.
        Assert.All(stream.Read(2).Index(), e => Assert.True(e.Item <= e.Index + 8));
        Assert.Equal(Enumerable.Range(0, 18), Enumerable.Range(0, 3).SelectMany(r => Numbers(20).Shard(3, r).Read(0)).Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void A_loader_of_a_stream_gives_it_in_order_and_goes_on(int prefetch)
    {
        var batches = Numbers(22).Shuffled(5, 1).Batched(4, b => b.ToArray());
        var loader = new StreamLoader<int[]>(batches, prefetch);
        Assert.Equal([.. batches.Read(0), .. batches.Read(1)], (int[][])[.. loader, .. loader]);
        Assert.Equal(new LoaderPosition(2, 0), loader.Position);
        foreach (var (number, _) in loader.Index())
            if (number == 1) break;
        Assert.Equal(new LoaderPosition(2, 2), loader.Position);
        var other = new StreamLoader<int[]>(batches, prefetch) { Position = loader.Position };
        Assert.Equal(batches.Read(2).Skip(2), other);
        Assert.Equal(batches.Read(3), other);
        Assert.Equal(batches.Read(3), loader);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void An_error_in_a_stream_names_the_example(int prefetch)
    {
        var stream = Numbers(20, onRead: i => { if (i == 9) throw new InvalidDataException("damaged"); });
        int taken = 0;
        var error = Assert.Throws<DatasetException>(() =>
        {
            foreach (var _ in new StreamLoader<int[]>(stream.Batched(4, b => b.ToArray()), prefetch)) taken++;
        });
        Assert.Equal((2, 9L), (taken, error.Index));
        Assert.IsType<InvalidDataException>(error.InnerException);
    }

    [Fact]
    public void A_stream_is_read_no_further_than_asked_and_closed_at_the_end()
    {
        int read = 0;
        bool closed = false;
        IEnumerable<int> Endless()
        {
            try
            {
                while (true) yield return Interlocked.Increment(ref read);
            }
            finally
            {
                closed = true;
            }
        }
        using (var batches = new StreamLoader<int>(Streams.Create(_ => Endless()), prefetch: 3).GetEnumerator())
        {
            for (int i = 1; i <= 5; i++) Assert.True(batches.MoveNext() && batches.Current == i);
            SpinWait.SpinUntil(() => Volatile.Read(ref read) >= 8, 5_000);
        }
        Assert.Equal(8, read);
        Assert.True(closed);
    }
}
