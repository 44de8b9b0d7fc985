using Descent.Tensors;

namespace Descent.Tabular.Tests;

/// <summary>Predictions of many rows at once against walking down each tree.</summary>
[Collection(nameof(Numerics))]
public sealed class CompiledTreesTests
{
    const int Columns = 5, Levels = 40;

    public static TheoryData<GrowthCase> Cases =>
    [
        new("level by level", new() { Rounds = 12, MaxDepth = 5 }),
        new("more leaves than a register holds", new() { Rounds = 5, Growth = TreeGrowth.LeafWise, MaxLeaves = 63, MaxDepth = 0 }),
        new("leaves of four registers", new() { Rounds = 3, MaxDepth = 7 }),
        new("too many leaves to ask all", new() { Rounds = 3, MaxDepth = 10 }),
        new("single leaves", new() { Rounds = 3, MinChildWeight = 1e6f }),
        new("dropped trees", new() { Rounds = 12, Dart = new() { RateDrop = 0.3 } }),
        new("lines in leaves", new() { Rounds = 4, LinearLeaves = true }),
        new("few categories", new() { Rounds = 12, MaxDepth = 2, CategorySmoothing = 1 }),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Rows_get_the_sums_of_walking_down_each_tree_to_the_bit(GrowthCase growth)
    {
        ArgumentNullException.ThrowIfNull(growth);
        bool hasLines = growth.Learner.LinearLeaves;
        var (x, y) = Sample(3_000, hasLines, 1);
        var trees = growth.Learner.Fit(x, y).Booster;
        foreach (int rows in (int[])[0, 1, 7, 8, 63, 64, 65, 200, 1_100])
        {
            var (test, _) = Sample(rows, hasLines, 2);
            double[] all = new double[rows * Columns];
            if (rows > 0) test.CopyRows(0, all);
            float[] expected = new float[rows];
            for (int i = 0; i < rows; i++)
            {
                expected[i] = trees.Objective.Margin(trees.BaseScore);
                for (int t = 0; t < trees.Trees.Length; t++)
                    expected[i] += (trees.TreeWeights.IsEmpty ? 1 : trees.TreeWeights[t]) * trees.Trees[t].Output(all.AsSpan(i * Columns, Columns));
            }
            float[] wide = new float[rows], narrow = new float[rows];
            trees.Margins(all, wide);
            Assert.Equal(expected, wide);
            if (rows > 0) Assert.Equal(expected, trees.Margins(test));
            if (hasLines) continue;
            trees.Margins(Array.ConvertAll(all, v => (float)v), narrow);
            Assert.Equal(expected, narrow);
        }
    }

    [Fact]
    public void Scores_of_several_classes_go_to_their_own_places()
    {
        var (x, y) = Sample(500, true, 3);
        var trees = new BoostingClassifier { Rounds = 6 }.Fit(x, Labels.From(Array.ConvertAll(y, v => (long)Math.Clamp(v, 0, 2)))).Booster;
        double[] rows = new double[500 * Columns];
        x.CopyRows(0, rows);
        float[] margins = new float[500 * 3];
        trees.Margins(rows, margins);
        for (int i = 0; i < 500; i++)
        {
            float[] expected = [0.5f, 0.5f, 0.5f];
            for (int t = 0; t < trees.Trees.Length; t++) expected[trees.Groups[t]] += trees.Trees[t].Output(rows.AsSpan(i * Columns, Columns));
            Assert.Equal(expected, margins[(3 * i)..(3 * i + 3)]);
        }
    }

    [Fact]
    public void Numbers_that_are_no_rows_are_refused()
    {
        var (x, y) = Sample(50, true, 3);
        var trees = new BoostingRegressor { Rounds = 1 }.Fit(x, y).Booster;
        Assert.Contains("9 numbers for 2 scores", Assert.Throws<ArgumentException>(() => trees.Margins(new double[9], new float[2])).Message, StringComparison.Ordinal);
    }

    /// <summary>Numbers with gaps and infinities, and a category whose numbers go beyond its levels.</summary>
    static (Features X, double[] Y) Sample(int rows, bool isFinite, ulong seed)
    {
        var generator = new Generator(seed);
        double[] x = new double[Math.Max(1, rows) * Columns], y = new double[rows];
        generator.Normal(x);
        double[][] columns = [.. Enumerable.Range(0, Columns).Select(j => Enumerable.Range(0, rows).Select(i => x[i * Columns + j]).ToArray())];
        for (int i = 0; i < rows; i++)
        {
            columns[4][i] = isFinite ? columns[4][i] : Math.Floor(Math.Abs(columns[4][i]) * 15) % (seed == 1 ? Levels : Levels + 3);
            y[i] = Math.Round(columns[0][i] + (columns[1][i] > 0 ? columns[2][i] : 1) + Math.Sin(columns[4][i]), 3);
            if (isFinite) continue;
            if (i % 7 == 0) columns[0][i] = double.NaN;
            if (i % 11 == 0) columns[1][i] = i % 2 == 0 ? double.PositiveInfinity : double.NegativeInfinity;
            if (i % 13 == 0) columns[4][i] = double.NaN;
        }
        var schema = FeatureSchema.Numbers(Columns);
        if (!isFinite) schema = new() { Features = schema.Features.SetItem(4, new("level", [.. Enumerable.Range(0, Levels).Select(l => $"{l:00}")])) };
        return (new(schema, rows, columns), y);
    }
}
