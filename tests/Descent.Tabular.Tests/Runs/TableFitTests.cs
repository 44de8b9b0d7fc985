using Descent.Tensors;

namespace Descent.Tabular.Tests;

[Collection(nameof(Numerics))]
public sealed class TableFitTests
{
    static readonly TableData s_churn = TableData.Churn(400);

    static TableRun Run(Func<TableFit, TableFit>? change = null, TableData? data = null)
    {
        var fit = new TableFit { Target = ChurnTable.Target, Model = "boosting", Settings = [new("rounds", "10")], Folds = 3 };
        return (change is null ? fit : change(fit)).Run(data ?? s_churn);
    }

    static byte[] Bytes(TableRun run)
    {
        var stream = new MemoryStream();
        ModelFile.Save(run.ToModel(), stream);
        return stream.ToArray();
    }

    [Theory]
    [InlineData("boosting")]
    [InlineData("forest")]
    [InlineData("linear")]
    public void The_same_seed_gives_the_same_file_on_any_number_of_threads(string model)
    {
        byte[] File() => Bytes(Run(f => f with { Model = model, Settings = [], Seed = 3 }));
        byte[] one = LearnerTests.OnThreads(1, File), two = LearnerTests.OnThreads(2, File), three = LearnerTests.OnThreads(3, File);
        Assert.Equal(one, two);
        Assert.Equal(one, three);
        Assert.NotEqual(one, Bytes(Run(f => f with { Model = model, Settings = [], Seed = 4 })));
    }

    [Fact]
    public void A_file_holds_the_pipeline_its_figures_and_where_it_comes_from()
    {
        var run = Run();
        var table = ModelFile.LoadTable(new MemoryStream(Bytes(run)));
        Assert.Equal(run.Pipeline.Probabilities(s_churn.Frame), table.Pipeline.Probabilities(s_churn.Frame));
        Assert.Equal((s_churn.Sha256, s_churn.Bytes, 400, "boosting"), (table.Provenance!.DataSha256, table.Provenance.DataBytes, table.Provenance.Rows, table.Provenance.Model));
        Assert.Contains(new NamedValue("model.rounds", "10"), table.Provenance.Options);
        var score = table.Metrics!.Scores[0];
        Assert.Equal(("roc_auc", 0.5, 3), (score.Name, score.Baseline, score.PerFold.Length));
        Assert.InRange(score.Mean, 0.7, 0.95);
        Assert.InRange(score.Mean, table.Metrics.Interval.Lower - 0.05, table.Metrics.Interval.Upper + 0.05);
        Assert.Equal("contract", table.Metrics.Importances.Take(3).FirstOrDefault(f => f.Feature == "contract")?.Feature);
        // What reads pipelines alone reads it too.
        Assert.Equal(ChurnTable.Target, ModelFile.LoadPipeline(new MemoryStream(Bytes(run))).Target);
    }

    [Fact]
    public void A_metric_of_rankings_makes_rankers_within_groups()
    {
        // What is best differs from query to query: only the order within one tells what x is good for.
        var generator = new Generator(8);
        double[] x = new double[400], noise = new double[400];
        generator.Uniform(x);
        generator.Uniform(noise);
        long[] query = [.. Enumerable.Range(0, 400).Select(i => i / 10L)], relevance = [.. Enumerable.Range(0, 400).Select(i => (long)(3 * x[i] + noise[i]) + i / 10 % 2)];
        var data = TableData.Of(new Frame(Column.Of("query", query), Column.Of("x", x), Column.Of("noise", noise), Column.Of("relevance", relevance)), "answers");
        var run = Run(f => f with { Target = "relevance", Model = "auto", Settings = [], Groups = "query", Metric = "ndcg@10" }, data);
        Assert.Equal(TargetKind.Number, run.Task.Kind);
        Assert.Contains(run.Trials, t => t.Pipeline.Learner is IRanker<IRegressionModel>);
        Assert.True(run.Best.Result.Score > run.Baseline.Score + 0.05, $"{run.Best.Result.Score} against {run.Baseline.Score}");
        Assert.Equal("x", run.Importances[0].Feature);
        var evaluation = TableEvaluation.Of(run.ToModel(), data.Frame);
        int place = evaluation.Scorers.IndexOf(Scorers.NdcgAt10);
        Assert.True(evaluation.Figures[place]!.Value > run.Baseline.Score, $"{evaluation.Figures[place]}");
        Assert.DoesNotContain(TableEvaluation.Of(run.ToModel(), data.Frame.Drop("query")).Scorers, s => s.NeedsGroups);
        Assert.Contains("--groups", Assert.Throws<ArgumentException>(() => Run(f => f with { Target = "relevance", Model = "linear", Settings = [], Metric = "ndcg@10" }, data)).Message);
    }

    [Fact]
    public void Nothing_learned_has_seen_what_it_is_judged_by()
    {
        // The target is noise. A level a row tells it by heart, and so does an encoding that has seen the test rows.
        var generator = new Generator(5);
        var frame = new Frame(Column.Categories("level", Enumerable.Range(0, 300).Select(i => $"l{i % 100}")), Column.Of("x", [.. Enumerable.Range(0, 300).Select(_ => generator.NextDouble())]),
            Column.Of("y", [.. Enumerable.Range(0, 300).Select(_ => generator.NextDouble() < 0.5)]));
        var run = Run(f => f with { Target = "y", Model = "linear", Settings = [] }, TableData.Of(frame, "noise"));
        Assert.InRange(run.Result.Score, 0.35, 0.65);
        Assert.Contains("not clearly better than knowing nothing", run.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_stay_together_and_are_not_learned_from()
    {
        var frame = s_churn.Frame.With(Column.Categories("household", Enumerable.Range(0, 400).Select(i => $"h{i / 4}")));
        var run = Run(f => f with { Groups = "household" }, TableData.Of(frame, "households"));
        Assert.DoesNotContain(run.Pipeline.Input.Columns, c => c.Name == "household");
        Assert.Equal(400, run.Result.OutOfFold.Count);
        Assert.Throws<ArgumentException>(() => Run(f => f with { Groups = ChurnTable.Target }));
    }

    [Fact]
    public void Rows_are_judged_in_the_order_of_time()
    {
        var run = Run(f => f with { Time = "signed_up" });
        var times = (DateTimeColumn)run.Rows["signed_up"];
        Assert.All(Enumerable.Range(1, run.Rows.Rows - 1), row => Assert.True(times[row] >= times[row - 1]));
        // The first rows are in no test.
        Assert.Equal(Enumerable.Range(100, 300), run.Result.Rows);
        Assert.Throws<ArgumentException>(() => Run(f => f with { Time = "last_login" }));
    }

    [Fact]
    public void Weights_are_not_features()
    {
        var frame = s_churn.Frame.With(Column.Of("w", [.. Enumerable.Range(0, 400).Select(i => 1.0 + i % 3)]));
        var run = Run(f => f with { Weights = "w" }, TableData.Of(frame, "weighted"));
        Assert.DoesNotContain(run.Pipeline.Input.Columns, c => c.Name == "w");
        Assert.NotEqual(Run().Result.Score, run.Result.Score);
    }

    public static TheoryData<string, TargetKind?, string[]> Targets => new()
    {
        { "two values", TargetKind.Class, [.. Enumerable.Range(0, 40).Select(i => $"{i % 2}")] },
        { "few whole numbers, often", TargetKind.Class, [.. Enumerable.Range(0, 40).Select(i => $"{i % 3}")] },
        { "few whole numbers, seldom", TargetKind.Number, [.. Enumerable.Range(0, 40).Select(i => $"{i % 9}")] },
        { "real numbers", TargetKind.Number, [.. Enumerable.Range(0, 40).Select(i => $"{i % 3}.5")] },
        { "names", TargetKind.Class, [.. Enumerable.Range(0, 40).Select(i => $"n{i % 4}")] },
        { "texts", null, [.. Enumerable.Range(0, 40).Select(i => $"n{i}")] },
        { "dates", null, [.. Enumerable.Range(0, 40).Select(i => $"20{i + 10}-01-01")] },
    };

    [Theory, MemberData(nameof(Targets))]
    public void What_is_predicted_is_found_out(string name, TargetKind? kind, string[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var frame = Frame.ReadCsv(new MemoryStream(System.Text.Encoding.ASCII.GetBytes("y\n" + string.Join('\n', values))));
        if (kind is null) Assert.Throws<ArgumentException>(() => TargetGuess.Of(frame["y"]));
        else Assert.True(TargetGuess.Of(frame["y"]) is var guess && guess.Kind == kind && guess.Reason.Length > 0, name);
    }

    [Fact]
    public void Warnings_name_what_makes_models_dishonest()
    {
        var frame = s_churn.Frame;
        bool[] left = [.. ((BooleanColumn)frame[ChurnTable.Target]).Values];
        frame = frame.With(Column.Of("refund", [.. left.Select((l, i) => l ? 20.0 + i % 3 : 0)])).With(frame["contract"].WithName("again"));
        frame = frame.Concat(frame.Take([7]));
        string warnings = string.Join('\n', Run(data: TableData.Of(frame, "dishonest")).Warnings);
        foreach (string part in (string[])["'refund' tells the target alone", "'again' is not learned from", "'currency' is not learned from", "A row is the same as one before"])
            Assert.Contains(part, warnings, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_dpth", "3", "max_depth")]
    [InlineData("rounds", "many", "whole number")]
    [InlineData("rounds", "0", "at least 1")]
    public void A_wrong_option_is_told(string name, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Run(f => f with { Settings = [new(name, value)] })).Message, StringComparison.Ordinal);

    [Fact]
    public void Auto_picks_the_best_of_several_on_the_same_folds()
    {
        var run = Run(f => f with { Model = "auto", Settings = [], Folds = 2 }, TableData.Churn(150));
        Assert.True(run.Trials.Length > 3);
        Assert.All(run.Trials, t => Assert.False(run.Result.Scores[0].Scorer.IsBetter(t.Result.Score, run.Result.Score)));
        Assert.Equal(2, run.Result.Scores[0].PerFold.Length);
        Assert.Equal(run.Pipeline.Probabilities(s_churn.Frame), ModelFile.LoadTable(new MemoryStream(Bytes(run))).Pipeline.Probabilities(s_churn.Frame));
        Assert.Contains("is an option of one model", Assert.Throws<ArgumentException>(() => Run(f => f with { Model = "auto" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_it()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new TableFit { Target = ChurnTable.Target }.Run(s_churn, null, source.Token));
    }
}
