namespace Descent.NN.Tests;

public sealed class SamplerTests
{
    public sealed record Row(string Name, ISampler Sampler, int Count, bool IsRandom)
    {
        /// <summary>How often each example may come.</summary>
        public int Most { get; init; } = 1;

        public override string ToString() => Name;
    }

    static readonly int[] s_odd = [.. Enumerable.Range(0, 40).Select(i => 2 * i + 1)];
    static readonly long[] s_labels = [.. Enumerable.Range(0, 103).Select(i => i % 10 == 0 ? 7L : i % 3 == 0 ? 2L : 0L)];

    public static TheoryData<Row> Samplers => new()
    {
        new("sequential", new SequentialSampler(50), 50, false),
        new("nothing", new SequentialSampler(0), 0, false),
        new("random", new RandomSampler(50, 3), 50, true),
        new("random, some", new RandomSampler(50, 3, draws: 20), 20, true),
        new("random, more than there are", new RandomSampler(50, 3, draws: 120), 120, true) { Most = 3 },
        new("random with replacement", new RandomSampler(50, 3, replacement: true), 50, true) { Most = 50 },
        new("weighted", new WeightedRandomSampler(Enumerable.Range(0, 50).Select(i => (double)i), 80, 3), 80, true) { Most = 80 },
        new("weighted without replacement", new WeightedRandomSampler(Enumerable.Range(0, 50).Select(i => (double)i), 49, 3, replacement: false), 49, true),
        new("subset", new SubsetRandomSampler(s_odd, 3), 40, true),
        new("stratified", new StratifiedSampler(s_labels, 3), 103, true),
        new("distributed", new DistributedSampler(new RandomSampler(50, 3), 4, 1), 13, true),
        new("distributed, dropping", new DistributedSampler(new RandomSampler(50, 3), 4, 3, dropLast: true), 12, true),
    };

    [Theory, MemberData(nameof(Samplers))]
    public void An_order_follows_from_the_epoch_alone(Row row)
    {
        var orders = Enumerable.Range(0, 3).Select(row.Sampler.Order).ToArray();
        Assert.All(orders, o => Assert.Equal(row.Count, o.Length));
        Assert.Equal(row.Count, row.Sampler.Count);
        Assert.Equal(orders[2], row.Sampler.Order(2));
        Assert.Equal(row.IsRandom, !orders[0].SequenceEqual(orders[1]));
        Assert.All(orders, o => Assert.True(o.Length == 0 || o.GroupBy(i => i).Max(g => g.Count()) <= row.Most));
    }

    [Fact]
    public void Weights_are_the_shares_of_what_is_drawn()
    {
        double[] weights = [1, 0, 3, 6];
        var counts = new double[4];
        foreach (int i in new WeightedRandomSampler(weights, 20_000, 5).Order(0)) counts[i]++;
        for (int i = 0; i < 4; i++) Assert.InRange(counts[i] / 20_000, weights[i] / 10 - 0.015, weights[i] / 10 + 0.015);
        Assert.Equal(0, counts[1]);
    }

    [Fact]
    public void Without_replacement_the_first_one_is_drawn_by_weight()
    {
        var sampler = new WeightedRandomSampler([1, 0, 3, 6], 3, 5, replacement: false);
        var counts = new double[4];
        for (int epoch = 0; epoch < 5_000; epoch++) counts[sampler.Order(epoch)[0]]++;
        Assert.Equal(0, counts[1]);
        Assert.InRange(counts[0] / 5_000, 0.08, 0.12);
        Assert.InRange(counts[3] / 5_000, 0.57, 0.63);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    public void Every_batch_keeps_the_shares_of_the_classes(int batchSize)
    {
        var order = new StratifiedSampler(s_labels, 9).Order(4);
        Assert.Equal(Enumerable.Range(0, s_labels.Length), order.Order());
        foreach (var (label, total) in s_labels.CountBy(l => l))
        {
            int taken = 0;
            for (int i = 0; i < order.Length; i++)
            {
                if (s_labels[order[i]] == label) taken++;
                Assert.InRange(taken - (i + 1.0) * total / order.Length, -1 + 1e-9, 1 - 1e-9);
            }
            foreach (var batch in order.Chunk(batchSize))
                Assert.InRange(batch.Count(i => s_labels[i] == label) - (double)batch.Length * total / order.Length, -2 + 1e-9, 2 - 1e-9);
        }
    }

    [Theory]
    [InlineData(50, 4, false)]
    [InlineData(50, 4, true)]
    [InlineData(3, 5, false)]
    [InlineData(8, 4, false)]
    public void Replicas_share_an_epoch_among_them(int count, int replicas, bool dropLast)
    {
        var shares = Enumerable.Range(0, replicas).Select(r => new DistributedSampler(new RandomSampler(count, 1), replicas, r, dropLast).Order(6)).ToArray();
        Assert.Single(shares.Select(s => s.Length).Distinct());
        var all = shares.SelectMany(s => s).ToArray();
        if (dropLast) Assert.Equal(count / replicas * replicas, all.Distinct().Count());
        else Assert.Equal(Enumerable.Range(0, count), all.Distinct().Order());
        Assert.InRange(all.GroupBy(i => i).Max(g => g.Count()), 1, 1 + (dropLast ? 0 : (replicas + count - 1) / count));
    }

    [Fact]
    public void Buckets_leave_less_padding_than_chance()
    {
        int[] lengths = [.. Enumerable.Range(0, 1_000).Select(i => 1 + i * 37 % 100)];
        var bucketed = new BucketBatchSampler(lengths, 16, seed: 2, poolBatches: 20);
        var random = new BatchSampler(new RandomSampler(1_000, 2), 16);
        Assert.Equal((63, 1_000), (bucketed.Batches, bucketed.Examples));
        var plan = bucketed.Plan(3);
        Assert.Equal(Enumerable.Range(0, 1_000), plan.SelectMany(b => b.ToArray()).Order());
        Assert.Equal(plan.Select(b => b.ToArray()), bucketed.Plan(3).Select(b => b.ToArray()));
        Assert.NotEqual(plan[0].ToArray(), bucketed.Plan(4)[0].ToArray());
        Assert.True(Padding(plan) * 5 < Padding(random.Plan(3)));
        // The batches are not in the order of their lengths.
        var means = plan.Take(19).Select(b => b.ToArray().Average(i => lengths[i])).ToArray();
        Assert.NotEqual(means.Order(), means);
        var dropping = new BucketBatchSampler(lengths, 16, seed: 2, poolBatches: 20, dropLast: true);
        Assert.All(dropping.Plan(0), b => Assert.Equal(16, b.Length));
        Assert.Equal((62, 62), (dropping.Batches, dropping.Plan(0).Length));

        int Padding(ReadOnlyMemory<int>[] batches) => batches.Sum(b => b.Length * b.ToArray().Max(i => lengths[i]) - b.ToArray().Sum(i => lengths[i]));
    }

    [Fact]
    public void Impossible_demands_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new WeightedRandomSampler([1, 0], 2, 1, replacement: false));
        Assert.Throws<ArgumentException>(() => new WeightedRandomSampler([1, -1], 2, 1));
        Assert.Throws<ArgumentException>(() => new WeightedRandomSampler([0, 0], 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSampler(0, 1, draws: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DistributedSampler(new SequentialSampler(4), 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchSampler(new SequentialSampler(4), 0));
    }
}
