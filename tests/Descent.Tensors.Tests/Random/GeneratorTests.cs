namespace Descent.Tensors.Tests;

public sealed class GeneratorTests
{
    /// <summary>One kind of draw, its values widened to double so that a table can hold all of them.</summary>
    public sealed record Fill(string Name, int WordsEach, Func<Generator, int, double[]> Draw,
        Func<Generator, int, ulong, double[]> DrawAt)
    {
        public override string ToString() => Name;
    }

    static Fill Of<T>(string name, int wordsEach, Action<Generator, T[]> draw, Action<Generator, Memory<T>, ulong> drawAt,
        Func<T, double> widen) => new(name, wordsEach,
            (g, n) => { var y = new T[n]; draw(g, y); return Array.ConvertAll(y, x => widen(x)); },
            (g, n, at) => { var y = new T[n]; drawAt(g, y, at); return Array.ConvertAll(y, x => widen(x)); });

    static readonly Fill[] s_fills =
    [
        Of<float>("uniform float", 1, (g, y) => g.Uniform(y, -1, 3), (g, y, at) => g.FillUniform(y.Span, at, -1, 3), x => x),
        Of<double>("uniform double", 2, (g, y) => g.Uniform(y, -1, 3), (g, y, at) => g.FillUniform(y.Span, at, -1, 3), x => x),
        Of<float>("normal float", 1, (g, y) => g.Normal(y, 1, 2), (g, y, at) => g.FillNormal(y.Span, at, 1, 2), x => x),
        Of<double>("normal double", 2, (g, y) => g.Normal(y, 1, 2), (g, y, at) => g.FillNormal(y.Span, at, 1, 2), x => x),
        Of<long>("integers", 4, (g, y) => g.Integers(y, -7, 90), (g, y, at) => g.FillIntegers(y.Span, at, -7, 90), x => x),
        Of<bool>("bernoulli bool", 1, (g, y) => g.Bernoulli(y, 0.3), (g, y, at) => g.FillBernoulli(y.Span, at, 0.3), x => x ? 1 : 0),
        Of<float>("bernoulli float", 1, (g, y) => g.Bernoulli(y, 0.3, 2), (g, y, at) => g.FillBernoulli(y.Span, at, 0.3, 2), x => x),
    ];

    public static TheoryData<Fill> Fills => new(s_fills);

    [Theory, MemberData(nameof(Fills))]
    public void Pieces_of_any_size_in_any_order_make_up_the_whole(Fill fill)
    {
        var generator = new Generator(seed: 11, stream: 4);
        var whole = fill.Draw(generator, 1_000);
        foreach (var piece in new[] { 1, 7, 16, 63, 64, 65, 333 })
        {
            var parts = new double[whole.Length];
            for (var start = (whole.Length - 1) / piece * piece; start >= 0; start -= piece)
                fill.DrawAt(generator, Math.Min(piece, whole.Length - start), (ulong)(start * fill.WordsEach)).CopyTo(parts, start);
            Assert.Equal(whole, parts);
        }
    }

    [Theory, MemberData(nameof(Fills))]
    public void A_restored_state_goes_on_with_the_same_numbers(Fill fill)
    {
        var generator = new Generator(5);
        fill.Draw(generator, 77);
        var state = generator.GetState();
        var expected = fill.Draw(generator, 200);

        Assert.Equal(expected, fill.Draw(new Generator(state), 200));
        generator.SetState(state);
        Assert.Equal(expected, fill.Draw(generator, 200));
        Assert.NotEqual(expected, fill.Draw(generator, 200));
    }

    [Theory, MemberData(nameof(Fills))]
    public void A_draw_takes_whole_groups_of_64_words(Fill fill)
    {
        foreach (var count in new[] { 0, 1, 16, 17, 64, 65, 1_000 })
        {
            var generator = new Generator(1);
            fill.Draw(generator, count);
            Assert.Equal((ulong)((count * fill.WordsEach + 63) / 64), generator.GetState().Offset);
        }
    }

    [Theory, MemberData(nameof(Fills))]
    public void Seeds_and_streams_differ(Fill fill)
    {
        var first = fill.Draw(new Generator(1), 100);
        Assert.Equal(first, fill.Draw(new Generator(1), 100));
        Assert.NotEqual(first, fill.Draw(new Generator(2), 100));
        Assert.NotEqual(first, fill.Draw(new Generator(1, stream: 1), 100));
        Assert.NotEqual(first, fill.Draw(new Generator(1UL << 40), 100));
    }

    public static TheoryData<string, double, double, double> Moments => new()
    {
        // Name, mean, variance, fourth central moment over the squared variance.
        { "uniform float", 1, 16.0 / 12, 1.8 },
        { "uniform double", 1, 16.0 / 12, 1.8 },
        { "normal float", 1, 4, 3 },
        { "normal double", 1, 4, 3 },
        { "integers", 41, (97 * 97 - 1) / 12.0, 1.8 },
        { "bernoulli bool", 0.3, 0.21, (1 - 3 * 0.21) / 0.21 },
        { "bernoulli float", 0.6, 0.84, (1 - 3 * 0.21) / 0.21 },
    };

    [Theory, MemberData(nameof(Moments))]
    public void Moments_are_those_of_the_distribution(string name, double mean, double variance, double kurtosis)
    {
        var fill = s_fills.Single(f => f.Name == name);
        const int n = 400_000;
        var y = fill.Draw(new Generator(2024), n);
        // Four standard errors of each estimate.
        var average = y.Average();
        Assert.Equal(mean, average, 4 * Math.Sqrt(variance / n));
        Assert.Equal(variance, y.Average(x => (x - average) * (x - average)), 4 * variance * Math.Sqrt((kurtosis - 1) / n));
        Assert.Equal(kurtosis, y.Average(x => Math.Pow(x - average, 4)) / (variance * variance), 0.05 * kurtosis);
        // Neighbours, and what is one row or one group away, are uncorrelated.
        foreach (var lag in new[] { 1, 2, 16, 32, 64 })
            Assert.Equal(0, Correlation(y[..^lag], y[lag..]), 4 / Math.Sqrt(n));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(97)]
    public void Every_integer_is_equally_likely(int range)
    {
        var y = new long[100_000];
        new Generator(3).Integers(y, -4, range - 4);
        Assert.InRange(ChiSquare(y.Select(x => (int)x + 4), Enumerable.Repeat(1.0 / range, range).ToArray()), 0, Limit(range));
    }

    [Fact]
    public void Integers_cover_a_range_wider_than_a_long()
    {
        var y = new long[10_000];
        new Generator(3).Integers(y, long.MinValue, long.MaxValue);
        Assert.InRange(y.Count(x => x < 0), 4_800, 5_200);
        Assert.InRange(y.Count(x => (x & 1) == 0), 4_800, 5_200);
        Assert.Equal(y.Length, y.Distinct().Count());
    }

    [Fact]
    public void Normal_bins_hold_their_share()
    {
        double[] edges = [-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3];
        // Φ at the edges, from tables of the error function.
        double[] phi = [0.0013498980, 0.0227501319, 0.0668072013, 0.1586552539, 0.3085375387, 0.5,
            0.6914624613, 0.8413447461, 0.9331927987, 0.9772498681, 0.9986501020, 1];
        var shares = phi.Select((p, i) => i == 0 ? p : p - phi[i - 1]).ToArray();
        var single = new float[500_000];
        var wide = new double[500_000];
        var generator = new Generator(8);
        generator.Normal(single);
        generator.Normal(wide);
        foreach (var y in new[] { Array.ConvertAll(single, x => (double)x), wide })
            Assert.InRange(ChiSquare(y.Select(x => edges.Count(e => x >= e)), shares), 0, Limit(shares.Length));
    }

    [Fact]
    public void Categorical_follows_the_weights_and_never_draws_a_zero()
    {
        double[] weights = [0, 3, 0, 1, 2, 0, 0.5, 0];
        var y = new long[100_000];
        new Generator(6).Categorical<double>(weights, y);
        Assert.All(y, i => Assert.True(weights[i] > 0));
        int[] positive = [1, 3, 4, 6];
        Assert.InRange(ChiSquare(y.Select(i => Array.IndexOf(positive, (int)i)),
            positive.Select(i => weights[i] / 6.5).ToArray()), 0, Limit(4));

        var same = new long[y.Length];
        new Generator(6).Categorical<float>(Array.ConvertAll(weights, w => (float)w), same);
        Assert.Equal(y, same);
    }

    [Fact]
    public void Permutations_hold_every_index_once_and_are_equally_likely()
    {
        var generator = new Generator(12);
        foreach (var n in new[] { 0, 1, 2, 63, 64, 65, 1_000 })
            Assert.Equal(Enumerable.Range(0, n).Select(i => (long)i), generator.Permutation(n).Order());

        var orders = Enumerable.Range(0, 60_000).Select(_ => generator.Permutation(4))
            .Select(p => (int)(p[0] * 6 + (p[1] - (p[1] > p[0] ? 1 : 0)) * 2 + (p[2] > p[3] ? 1 : 0)));
        Assert.InRange(ChiSquare(orders, Enumerable.Repeat(1.0 / 24, 24).ToArray()), 0, Limit(24));
    }

    [Fact]
    public void Forks_are_repeatable_and_uncorrelated()
    {
        const int n = 50_000;
        var parent = new Generator(1);
        var again = new Generator(1).Split(4);
        var children = parent.Split(4);
        Assert.Equal(children.Select(c => c.GetState()), again.Select(c => c.GetState()));

        var streams = children.Append(parent).Append(children[0].Fork()).Select(g =>
        {
            var y = new double[n];
            g.Uniform(y);
            return y;
        }).ToArray();
        for (var i = 0; i < streams.Length; i++)
            for (var j = 0; j < i; j++)
                Assert.Equal(0, Correlation(streams[i], streams[j]), 4 / Math.Sqrt(n));
    }

    [Fact]
    public void Threads_never_share_a_number()
    {
        var generator = new Generator(9);
        var drawn = new double[64][];
        Parallel.For(0, drawn.Length, i =>
        {
            drawn[i] = new double[500];
            for (var j = 0; j < 500; j++)
                drawn[i][j] = generator.NextDouble();
        });
        Assert.Equal(64 * 500, drawn.SelectMany(x => x).Distinct().Count());
        Assert.Equal(64UL * 500, generator.GetState().Offset);
    }

    [Fact]
    public void Scalars_are_draws_of_length_one()
    {
        var (scalars, spans) = (new Generator(4), new Generator(4));
        var y = new double[1];
        var k = new long[1];
        spans.Uniform(y);
        Assert.Equal(y[0], scalars.NextDouble());
        spans.Normal(y);
        Assert.Equal(y[0], scalars.NextNormal());
        spans.Integers(k, 10, 1_000_000);
        Assert.Equal(k[0], scalars.NextInt64(10, 1_000_000));
    }

    public static TheoryData<string, Action<Generator>> Mistakes => new()
    {
        { "[1, 0)", g => g.Uniform(new float[1], 1, 0) },
        { "[0, NaN)", g => g.Uniform(new double[1], 0, double.NaN) },
        { "[-3E+38, 3E+38)", g => g.Uniform(new float[1], -3e38f, 3e38f) },
        { "std -1", g => g.Normal(new float[1], 0, -1) },
        { "mean is Infinity", g => g.Normal(new double[1], double.PositiveInfinity, 1) },
        { "[3, 3) is empty", g => g.Integers(new long[1], 3, 3) },
        { "probability is 1.5", g => g.Bernoulli(new bool[1], 1.5) },
        { "probability is NaN", g => g.Bernoulli(new float[1], double.NaN) },
        { "weights[1] is -1", g => g.Categorical<double>([1, -1], new long[1]) },
        { "weights[0] is NaN", g => g.Categorical<float>([float.NaN], new long[1]) },
        { "2 weights add up to 0", g => g.Categorical<float>([0, 0], new long[1]) },
        { "0 weights add up to 0", g => g.Categorical<float>([], new long[1]) },
        { "add up to Infinity", g => g.Categorical<double>([1e308, 1e308], new long[1]) },
        { "-1", g => g.Permutation(-1) },
        { "-2", g => g.Split(-2) },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_named(string part, Action<Generator> call)
    {
        var generator = new Generator(1);
        var error = Assert.ThrowsAny<ArgumentException>(() => call(generator));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(0UL, generator.GetState().Offset);
    }

    static double Correlation(double[] x, double[] y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var (xy, xx, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }

        return xy / Math.Sqrt(xx * yy);
    }

    static double ChiSquare(IEnumerable<int> bins, double[] shares)
    {
        var counts = new long[shares.Length];
        foreach (var bin in bins)
            counts[bin]++;
        var total = counts.Sum();
        return counts.Zip(shares, (count, share) => Math.Pow(count - total * share, 2) / (total * share)).Sum();
    }

    /// <summary>About the 99.99th percentile of χ² (Wilson and Hilferty, 1931).</summary>
    static double Limit(int bins)
    {
        var freedom = bins - 1.0;
        return freedom * Math.Pow(1 - 2 / (9 * freedom) + 3.72 * Math.Sqrt(2 / (9 * freedom)), 3);
    }
}
