using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular.Tests;

/// <summary>A way to grow trees from histograms.</summary>
public sealed record GrowthCase(string Name, BoostingRegressor Learner, int Features = 6)
{
    public override string ToString() => Name;
}

/// <summary>Trees from histograms against those by exact split finding, against their own promises, and on other numbers of threads.</summary>
[Collection(nameof(Numerics))]
public sealed class HistogramGrowerTests
{
    static readonly BoostingRegressor s_plain = new() { Rounds = 4, Method = TreeMethod.Histogram };

    public static TheoryData<GrowthCase> Cases =>
    [
        new("depth-wise", s_plain),
        new("leaf-wise", s_plain with { Growth = TreeGrowth.LeafWise, MaxDepth = 0, MaxLeaves = 31 }),
        new("many rows in a leaf", s_plain with { MinRowsInLeaf = 40 }),
        new("pruned", s_plain with { Gamma = 40 }),
        new("penalties", s_plain with { Alpha = 2, Lambda = 5, MinChildWeight = 30 }),
        new("short steps", s_plain with { MaxDeltaStep = 0.4f }),
        new("monotone", s_plain with { Monotone = [1, 0, -1, 0, 0, 0] }),
        new("sets of features", s_plain with { Interactions = [[0, 1], [2, 3, 4]] }),
        new("few bins", s_plain with { MaxBins = 7 }),
        new("drawn rows", s_plain with { Subsample = 0.6 }),
        new("great gradients", s_plain with { GossTopShare = 0.2 }),
        new("drawn features", s_plain with { ColumnsByTree = 0.7, ColumnsByLevel = 0.7, ColumnsByNode = 0.7 }),
        new("quantised", s_plain with { QuantizedGradients = true }),
        new("quantised, wide, pruned", s_plain with { QuantizedGradients = true, Gamma = 20, ColumnsByTree = 0.5 }, 140),
        new("wide", s_plain with { MaxDepth = 3 }, 140),
        new("wide, drawn features", s_plain with { MaxDepth = 3, ColumnsByTree = 0.3 }, 140),
        new("counts", s_plain with { Objective = new PoissonObjective(), BaseScore = 1 }),
    ];

    /// <summary>Values of few digits with gaps, and a target of the first five features.</summary>
    static (Features X, double[] Y) Sample(int rows, int columns, int values = 40, bool hasGaps = true, ulong seed = 3)
    {
        var generator = new Generator(seed);
        double[] x = new double[rows * columns], y = new double[rows];
        double[] noise = new double[rows];
        generator.Uniform(x, 0, values);
        generator.Normal(noise);
        for (int i = 0; i < rows; i++)
        {
            var row = x.AsSpan(i * columns, columns);
            foreach (ref double v in row) v = Math.Floor(v);
            y[i] = Math.Round(Math.Exp((row[0] / values) + (row[1] > values / 2 ? row[2] / values : 0.5) - (row[3] * row[4] / values / values)) + 0.1 * Math.Abs(noise[i]), 4);
            for (int j = 1; j < columns && hasGaps; j += 2)
                if ((i * 7 + j * 3) % 11 == 0) row[j] = double.NaN;
        }
        return (Features.FromRows(x, columns), y);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Any_number_of_threads_grows_the_same_trees_to_the_byte(GrowthCase growth)
    {
        ArgumentNullException.ThrowIfNull(growth);
        var (x, y) = Sample(40_000, growth.Features);
        byte[] one = Bytes(1), two = Bytes(2), three = Bytes(3);
        Assert.Equal(one, two);
        Assert.Equal(one, three);

        byte[] Bytes(int threads)
        {
            var file = new MemoryStream();
            LearnerTests.OnThreads(threads, () => growth.Learner.Fit(x, y)).Save(file);
            return file.ToArray();
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("gaps")]
    [InlineData("penalties")]
    [InlineData("short steps")]
    [InlineData("monotone")]
    [InlineData("sets of features")]
    [InlineData("two classes")]
    public void As_many_bins_as_values_split_the_rows_as_exact_trees_do(string name)
    {
        var (x, y) = Sample(700, 6, values: 30, hasGaps: name == "gaps");
        BoostingRegressor exact = new() { Rounds = 5, MaxDepth = 4, Method = TreeMethod.Exact, BaseScore = 0.5f };
        exact = name switch
        {
            "penalties" => exact with { Alpha = 1, Lambda = 3, Gamma = 0.3f, MinChildWeight = 5 },
            "short steps" => exact with { MaxDeltaStep = 0.3f },
            "monotone" => exact with { Monotone = [1, 0, 1, -1, 0, 0] },
            "sets of features" => exact with { Interactions = [[0, 1], [2, 3]] },
            "two classes" => exact with { Objective = new LogisticObjective() },
            _ => exact,
        };
        if (name == "two classes") y = Array.ConvertAll(y, v => v > 2 ? 1.0 : 0);
        var expected = exact.Fit(x, y).Booster;
        var actual = (exact with { Method = TreeMethod.Histogram }).Fit(x, y).Booster;
        for (int t = 0; t < expected.Trees.Length; t++)
            Assert.Equal(expected.Trees[t].Reachable().Select(n => expected.Trees[t].Feature[n]), actual.Trees[t].Reachable().Select(n => actual.Trees[t].Feature[n]));
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        float[] a = new float[x.Rows], b = new float[x.Rows];
        expected.Margins(rows, a);
        actual.Margins(rows, b);
        for (int i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], 1e-4f * Math.Max(1, Math.Abs(a[i])));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Trees_keep_to_their_bounds(GrowthCase growth)
    {
        ArgumentNullException.ThrowIfNull(growth);
        var options = growth.Learner;
        var (x, y) = Sample(6_000, growth.Features);
        var booster = options.Fit(x, y).Booster;
        Assert.Contains(booster.Trees, tree => tree.Leaves > 1);
        int[,] leaves = booster.Leaves(x);
        for (int t = 0; t < booster.Trees.Length; t++)
        {
            var tree = booster.Trees[t];
            if (options.MaxDepth > 0) Assert.InRange(tree.Depth, 0, options.MaxDepth);
            if (options.MaxLeaves > 0) Assert.InRange(tree.Leaves, 1, options.MaxLeaves);
            var counts = Enumerable.Range(0, x.Rows).GroupBy(i => leaves[i, t]).ToDictionary(g => g.Key, g => g.Count());
            foreach (int node in tree.Reachable().Where(n => tree.Left[n] < 0))
            {
                Assert.True(counts.GetValueOrDefault(node) >= options.MinRowsInLeaf);
                Assert.True(options.MaxDeltaStep == 0 || Math.Abs(tree.Values[node]) <= options.MaxDeltaStep * options.LearningRate * 1.0001);
                if (options.Objective is SquaredObjective && options is { Subsample: 1, GossTopShare: 0 }) Assert.Equal(counts[node], (int)tree.Cover[node]);
            }
        }
    }

    [Theory]
    [InlineData(TreeMethod.Exact)]
    [InlineData(TreeMethod.Histogram)]
    public void Features_meet_on_a_path_only_if_a_set_holds_them_all(TreeMethod method)
    {
        var (x, y) = Sample(900, 6);
        int[][] sets = [[0, 1], [1, 2, 3]];
        var booster = new BoostingRegressor { Rounds = 10, Method = method, Interactions = [.. sets.Select(set => set.ToImmutableArray())] }.Fit(x, y).Booster;
        int longest = 0;
        foreach (var tree in booster.Trees) Walk(tree, 0, []);
        Assert.Equal(3, longest);

        void Walk(Tree tree, int node, HashSet<int> path)
        {
            if (tree.Left[node] < 0) return;
            var own = new HashSet<int>(path) { tree.Feature[node] };
            Assert.True(own.Count == 1 || sets.Any(own.IsSubsetOf), string.Join(',', own));
            longest = Math.Max(longest, own.Count);
            Walk(tree, tree.Left[node], own);
            Walk(tree, tree.Right[node], own);
        }
    }

    [Theory]
    [InlineData(TreeMethod.Exact)]
    [InlineData(TreeMethod.Histogram)]
    public void Monotone_features_bind_predictions(TreeMethod method)
    {
        var (x, y) = Sample(1_500, 6);
        var model = new BoostingRegressor { Rounds = 20, Method = method, Monotone = [-1, 0, 0, 1, 0, 0] }.Fit(x, y);
        double[] row = new double[6];
        for (int i = 0; i < 50; i++)
        {
            x.CopyRows(i, row);
            double[] falling = [.. Enumerable.Range(-1, 42).Select(v => Predict(0, v))], rising = [.. Enumerable.Range(-1, 42).Select(v => Predict(3, v))];
            Assert.Equal(falling.OrderDescending(), falling);
            Assert.Equal(rising.Order(), rising);
        }

        double Predict(int feature, double value)
        {
            double[] changed = [.. row];
            changed[feature] = value;
            return model.PredictRow(changed);
        }
    }

    [Theory]
    [InlineData(3, "few levels: one against the others")]
    [InlineData(60, "levels in the order of their gradients")]
    [InlineData(400, "more levels than bins")]
    public void Categories_split_by_sets_of_levels(int levels, string what)
    {
        var generator = new Generator(8);
        const int Rows = 6_000;
        long[] codes = new long[Rows];
        generator.Integers(codes, 0, levels);
        // Which levels are high has nothing to do with their order.
        bool IsHigh(long level) => (level * 7919 + 13) % 5 < 2;
        double[] y = Array.ConvertAll(codes, c => IsHigh(c) ? 3.0 : -1);
        string?[] names = [.. codes.Select((c, i) => i % 50 == 0 ? null : $"level {c:000}")];
        for (int i = 0; i < Rows; i += 50) y[i] = 9;
        var x = Features.Of(new Frame(Column.Categories("level", names), Column.Of("noise", [.. codes.Select((_, i) => (double)(i % 10))])));
        var model = new BoostingRegressor { Rounds = 30, MaxDepth = 3, CategorySmoothing = 1, CategoryLambda = 0 }.Fit(x, y);
        double[] predicted = model.Predict(x);
        double r2 = Descent.Metrics.RegressionMetrics.R2(y, predicted);
        Assert.True(r2 > (levels > 255 ? 0.75 : 0.99), $"{what}: R² is {r2}");
        Assert.Equal(9, predicted[0], 0.2);
        // A level that training has not seen goes with the levels that are not named.
        Assert.True(double.IsFinite(model.PredictRow(levels + 5, 0)));
    }

    [Fact]
    public void Sums_of_a_histogram_are_those_of_its_rows()
    {
        const int Rows = 9_001, Columns = 70;
        var (x, _) = Sample(Rows, Columns);
        var data = new BinnedFeatures(x, 255);
        float[] g = new float[Rows], h = new float[Rows];
        new Generator(4).Normal(g);
        new Generator(5).Uniform(h);
        var gradients = new GradientRows(Rows);
        gradients.Read(g, h, null, new(1));
        int[] rows = [.. Enumerable.Range(0, Rows).Where(i => i % 3 != 1)];
        var builder = new HistogramBuilder(data);
        foreach (int[] features in (int[][])[[.. Enumerable.Range(0, Columns)], [0, 5, 63, 64, 69]])
        {
            long[] histogram = builder.Pool.TryRent()!;
            LearnerTests.OnThreads(2, () => { builder.Build(rows, gradients, features, histogram); return 0; });
            foreach (int feature in features)
            {
                builder.Collect(feature, histogram);
                double[] sums = new double[3 * FeatureBins.Stride];
                foreach (int row in rows)
                {
                    int bin = data.Column(feature)[row];
                    sums[bin] += g[row];
                    sums[FeatureBins.Stride + bin] += h[row];
                    sums[2 * FeatureBins.Stride + bin]++;
                }
                var entries = HistogramBuilder.Entries(histogram, feature).ToArray();
                for (int bin = 0; bin < FeatureBins.Stride; bin++)
                {
                    var sum = new BinSum(entries[2 * bin], entries[2 * bin + 1]);
                    Assert.Equal(sums[bin], gradients.Point.Read(sum).Gradient, 1e-9);
                    Assert.Equal(sums[FeatureBins.Stride + bin], gradients.Point.Read(sum).Hessian, 1e-5);
                    Assert.Equal(sums[2 * FeatureBins.Stride + bin], gradients.Point.Rows(sum));
                }
            }
        }
    }

    [Theory]
    [InlineData(255, 10)]
    [InlineData(16, 16)]
    [InlineData(16, 5_000)]
    [InlineData(255, 400_000)]
    [InlineData(2, 3)]
    public void Bins_are_in_order_and_hold_about_as_many_rows_each(int maxBins, int distinct)
    {
        int rows = distinct > 5_000 ? 300_000 : 5_000;
        double[] column = new double[rows];
        new Generator(2).Uniform(column, -1, 1);
        for (int i = 0; i < rows; i++) column[i] = i % 5 == 0 ? 0 : Math.Round(column[i] * distinct / 2) / 1000;
        column[3] = double.NaN;
        (column[4], column[6]) = (double.NegativeInfinity, double.PositiveInfinity);
        var bins = BinCuts.Of(column, 0, maxBins);
        byte[] found = new byte[rows];
        Assert.True(bins.Find(column, found));
        Assert.InRange(bins.Count, Math.Min(maxBins, distinct) / 2, maxBins);
        Assert.Equal(bins.Upper.Order(), bins.Upper);
        int[] counts = new int[256];
        for (int i = 0; i < rows; i++)
        {
            counts[found[i]]++;
            if (i == 3) Assert.Equal(FeatureBins.Missing, found[i]);
            else Assert.Equal(bins.Upper.Count(u => u < (float)column[i]), found[i]);
        }
        int zero = found[0];
        Assert.True(maxBins < 16 || counts[zero] >= rows / 5);
        if (distinct > maxBins && maxBins > 2)
            for (int b = 1; b + 1 < bins.Count; b++)
                if (b != zero) Assert.InRange(counts[b], rows / maxBins / 4, 3 * rows / maxBins);
    }

    [Fact]
    public void Exact_split_finding_says_what_it_cannot_do()
    {
        var (x, y) = Sample(50, 6);
        Refuse("leaf-wise", new() { Growth = TreeGrowth.LeafWise });
        Refuse("MaxLeaves", new() { MaxLeaves = 4 });
        Refuse("MinRowsInLeaf", new() { MinRowsInLeaf = 2 });
        Refuse("Interactions name feature 6", new() { Interactions = [[6]] });

        void Refuse(string message, BoostingRegressor options) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => (options with { Method = TreeMethod.Exact }).Fit(x, y)).Message, StringComparison.Ordinal);
    }
}
