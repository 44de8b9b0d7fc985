using Descent.Tensors;

namespace Descent.Tabular.Tests;

[Collection(nameof(Numerics))]
public sealed class AutoModelTests
{
    /// <summary>A table with all that tables have: a number of rows, gaps, categories, dates, texts.</summary>
    static Frame Table(int rows)
    {
        var random = new Random(4);
        string[] towns = ["a", "b", "c"];
        double[] x = [.. Enumerable.Range(0, rows).Select(_ => 2 * random.NextDouble() - 1)], z = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
        int[] town = [.. Enumerable.Range(0, rows).Select(_ => random.Next(3))];
        double[] y = [.. Enumerable.Range(0, rows).Select(i => 2 * x[i] + (x[i] > 0.2 ? 1 : 0) + (town[i] == 1 ? 1 : -0.5) + 0.3 * (random.NextDouble() - 0.5))];
        for (int i = 0; i < rows; i += 9) z[i] = double.NaN;
        return new(
            Column.Of("number", Enumerable.Range(1, rows).Select(i => (long)i).ToArray()), Column.Of("x", x), Column.Of("z", z),
            Column.Categories("town", town.Select((t, i) => i % 13 == 0 ? null : towns[t])),
            Column.Of("day", Enumerable.Range(0, rows).Select(i => new DateTime(2020, 1, 1).AddDays(random.Next(900))).ToArray()),
            Column.Of("note", Enumerable.Range(0, rows).Select(i => (string?)$"note {random.Next()}").ToArray()),
            Column.Of("y", y), Column.Categories("c", y.Select(v => v > 0 ? "yes" : "no")));
    }

    [Fact]
    public void Classes_are_told_apart_alike_on_any_number_of_threads_and_the_choice_survives_a_file()
    {
        var table = Table(200).Drop("y");
        var (train, test) = (table.Slice(0, 120), table.Slice(120, 80));
        var (one, first) = LearnerTests.OnThreads(1, () => Run(train));
        var (_, second) = LearnerTests.OnThreads(2, () => Run(train));
        Assert.Equal(first, second);

        Assert.Equal(one.Trials.Min(t => t.Result.Score), one.Best.Result.Score);
        Assert.True(one.Trials.Length >= 8);
        double[] p = one.Model.Probabilities(test);
        Assert.Equal(p, ModelFile.LoadPipeline(new MemoryStream(first)).Probabilities(test));
        Assert.True(Scorers.RocAuc.Score(Target.Of(test["c"], TargetKind.Class), Predictions.Of(one.Model, test)) > 0.9);
        Assert.DoesNotContain(one.Model.Input.Columns, c => c.Name == "number");

        static (AutoResult Result, byte[] File) Run(Frame train)
        {
            var result = new AutoModel { Folds = 3, Seed = 2 }.Fit(train, "c");
            using var file = new MemoryStream();
            result.Model.Save(file);
            return (result, file.ToArray());
        }
    }

    [Fact]
    public void Numbers_are_predicted_by_the_average_of_those_that_do_best_together()
    {
        var (train, test) = Table(200).Drop("c", "day").Split(0.3, 1);
        var told = new List<SelectionProgress>();
        var found = new AutoModel { Folds = 3 }.Fit(train, "y", null, new Listing(told));
        Assert.Equal(found.Trials.Count(t => !t.Name.StartsWith("average", StringComparison.Ordinal)), told.Count);
        Assert.Equal(told[^1].Total, told[^1].Done);
        Assert.True(Scorers.R2.Score(Target.Of(test["y"], TargetKind.Number), Predictions.Of(found.Model, test)) > 0.9);
        var average = Assert.Single(found.Trials, t => t.Name.StartsWith("average of ", StringComparison.Ordinal));
        Assert.IsType<VotingRegressor>(average.Pipeline.Learner);
        // It is judged on the folds of its members, and the whole predicts what its members' mean would.
        Assert.Equal(found.Trials[0].Result.TestRows.ToArray(), average.Result.TestRows.ToArray());
        Assert.Equal(average.Result.Scores[0].PerFold.ToArray(), new CrossValidation { Folds = 3, Scorers = [Scorers.Rmse] }.Run(average.Pipeline, train, "y").Scores[0].PerFold.ToArray(), new Near());
    }

    [Fact]
    public void Rows_are_ranked_within_their_groups()
    {
        var random = new Random(6);
        double[] x = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        var frame = new Frame(Column.Of("x", x), Column.Of("noise", [.. x.Select(_ => random.NextDouble())]),
            Column.Of("query", Enumerable.Range(0, 400).Select(i => (long)(i / 10)).ToArray()),
            Column.Of("relevance", x.Select(v => (long)Math.Clamp(4 * v + random.NextDouble() - 0.5, 0, 4)).ToArray()));
        var (train, test) = (frame.Slice(0, 300), frame.Slice(300, 100));
        var found = new AutoModel { Folds = 3, Groups = "query", IsRanking = true }.Fit(train, "relevance");
        double ndcg = Scorers.NdcgAt10.Score(Target.Of(test["relevance"], TargetKind.Number), Predictions.Of(found.Model, test), default, Labels.From(test["query"]));
        Assert.True(ndcg > 0.9, $"NDCG is {ndcg}");
        Assert.Contains(found.Trials, t => t.Pipeline.Learner is BoostingRanker);
        Assert.Contains("within groups", Assert.Throws<ArgumentException>(() => new AutoModel { IsRanking = true }.Fit(train, "relevance")).Message, StringComparison.Ordinal);
        Assert.Contains("which column tells the groups apart", Assert.Throws<ArgumentException>(() => new Pipeline { Learner = new BoostingRanker() }.Fit(train, "relevance")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_it()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new AutoModel().Fit(Table(60).Drop("c"), "y", null, null, source.Token));
    }

    sealed class Listing(List<SelectionProgress> all) : IProgress<SelectionProgress>
    {
        public void Report(SelectionProgress value) => all.Add(value);
    }

    sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= 1e-9 * Math.Abs(x);

        public int GetHashCode(double obj) => 0;
    }
}
