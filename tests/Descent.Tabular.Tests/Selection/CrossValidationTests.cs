using System.Collections.Concurrent;

namespace Descent.Tabular.Tests;

[Collection(nameof(Descent.Tensors.Numerics))]
public sealed class CrossValidationTests
{
    static Frame Table(int rows = 200)
    {
        var random = new Random(3);
        double[] a = [.. Enumerable.Range(0, rows).Select(_ => 4 * random.NextDouble() - 2)], b = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
        double[] y = [.. a.Select((v, i) => 2 * v + 0.3 * (random.NextDouble() - 0.5))];
        return new(Column.Of("a", a), Column.Of("b", b), Column.Of("y", y), Column.Categories("c", y.Select(v => v > 1 ? "high" : v > -1 ? "middle" : "low")),
            Column.Of("g", Enumerable.Range(0, rows).Select(i => (long)(i / 8)).ToArray()));
    }

    /// <summary>Remembers which rows it was fitted to.</summary>
    sealed record Spy(ConcurrentBag<double[]> Seen) : ITransformer<Nothing>
    {
        public Nothing Fit(Frame train, Target? target = null)
        {
            Seen.Add([.. Enumerable.Range(0, train.Rows).Select(i => train.Get<FloatColumn>("a")[i])]);
            return new();
        }
    }

    sealed record Nothing : IFittedTransformer
    {
        public Frame Apply(Frame frame) => frame;
    }

    [Fact]
    public void Steps_are_fitted_on_each_fold_to_its_training_rows_alone()
    {
        var frame = Table().Drop("c", "g");
        var seen = new ConcurrentBag<double[]>();
        var judging = new CrossValidation { Splitter = new KFold { Folds = 4 } };
        judging.Run(new Pipeline { Steps = [new Spy(seen)], Learner = new Ridge() }, frame, "y");
        Assert.Equal(4, seen.Count);
        var a = frame.Get<FloatColumn>("a");
        foreach (var (train, _) in new KFold { Folds = 4 }.Split(200))
            Assert.Contains(seen, s => s.SequenceEqual(train.Select(row => a[row])));
    }

    [Fact]
    public void Scores_are_those_of_the_folds_done_by_hand()
    {
        var frame = Table().Drop("c", "g");
        var result = new CrossValidation { Splitter = new KFold { Folds = 3 }, Scorers = [Scorers.R2, Scorers.Mae], TrainScores = true }.Run(new Ridge(), frame, "y");
        double[] expected = [.. new KFold { Folds = 3 }.Split(200).Select(p =>
            Scorers.R2.Score(Target.Of(frame["y"], TargetKind.Number).Take(p.Test), Predictions.Of(new Ridge().Fit(frame.Take(p.Train), "y").Predict(frame.Take(p.Test)))))];
        Assert.Equal(expected, result["r2"].PerFold);
        Assert.Equal(expected.Average(), result.Score, 1e-12);
        Assert.Equal(Math.Sqrt(expected.Sum(e => (e - result.Score) * (e - result.Score)) / 2), result.Scores[0].Deviation, 1e-12);
        Assert.Equal(2, result.TrainScores.Length);
        Assert.Equal(Enumerable.Range(0, 200), result.Rows);
        Assert.Equal([67, 67, 66], result.TestRows.ToArray());
        Assert.Equal(3, result.Times.Fit.Length);
        var interval = result.Interval(Scorers.R2);
        Assert.InRange(interval.Value, interval.Lower, interval.Upper);
        Assert.InRange(interval.Upper - interval.Lower, 1e-5, 0.05);
        Assert.Contains("the figures are: r2, mae", Assert.Throws<ArgumentException>(() => result["f1"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_scores()
    {
        var frame = Table().Drop("y", "g");
        var judging = new CrossValidation { Seed = 5 };
        CrossValidationResult Run() => judging.Run(new RandomForestClassifier { Trees = 10 }, frame, "c");
        var one = LearnerTests.OnThreads(1, Run);
        var two = LearnerTests.OnThreads(2, Run);
        Assert.Equal(one.Scores.Select(s => s.PerFold.ToArray()), two.Scores.Select(s => s.PerFold.ToArray()));
        Assert.Equal(one.OutOfFold.Probabilities.ToArray(), two.OutOfFold.Probabilities.ToArray());
        Assert.True(one["accuracy"].Mean > 0.85);
        Assert.True(judging.Baseline(frame, "c", TargetKind.Class)["accuracy"].Mean < 0.6);
    }

    [Fact]
    public void Groups_stay_together_and_are_no_feature()
    {
        var seen = new ConcurrentBag<int>();
        var frame = Table().Drop("c");
        var progress = new List<SelectionProgress>();
        var result = new CrossValidation { Groups = "g", Folds = 4 }.Run(new Ridge(), frame, "y", new Immediate(progress));
        Assert.All(result.TestRows, rows => Assert.Equal(0, rows % 8));
        Assert.Equal(4, progress.Count);
        Assert.Equal([1, 2, 3, 4], progress.Select(p => p.Done).Order());
    }

    [Fact]
    public void Repeats_average_what_was_said_of_a_row()
    {
        var frame = Table(60).Drop("c", "g");
        var result = new CrossValidation { Splitter = new RepeatedKFold { Folds = 3, Repeats = 2 } }.Run(new Ridge(), frame, "y");
        Assert.Equal(6, result.Scores[0].PerFold.Length);
        Assert.Equal(60, result.OutOfFold.Count);
        Assert.True(Scorers.R2.Score(result.Truth, result.OutOfFold) > 0.95);
    }

    [Fact]
    public void Cancelling_ends_it_and_refusals_name_the_fold()
    {
        var frame = Table().Drop("c", "g");
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new CrossValidation().Run(new Ridge(), frame, "y", null, source.Token));
        Assert.Contains("Fold ", Assert.Throws<ArgumentException>(() => new CrossValidation().Run(new KNeighborsRegressor { Neighbors = 190 }, frame, "y")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_finds_the_better_options_and_a_nested_one_judges_it()
    {
        var frame = Table(120).Drop("c", "g");
        var space = new SearchSpace(new DecisionTreeRegressor()).Over("max_depth", "1", "6").Over("leaf", [1, 2], (DecisionTreeRegressor t, int v) => t with { MinSamplesLeaf = v });
        var judging = new CrossValidation { Folds = 3 };
        var found = new GridSearch { Judging = judging }.Run(space, frame, "y");
        Assert.Equal(["max_depth=1, leaf=1", "max_depth=1, leaf=2", "max_depth=6, leaf=1", "max_depth=6, leaf=2"], found.Trials.Select(t => t.Candidate.ToString()));
        Assert.Equal("6", found.Best.Candidate.Settings[0].Value);
        Assert.Equal(found.Trials.Min(t => t.Result!.Score), found.Best.Result!.Score);
        Assert.True(Scorers.R2.Score(Target.Of(frame["y"], TargetKind.Number), Predictions.Of(found.Fit(), frame)) > 0.97);

        var steps = new SearchSpace(new DecisionTreeRegressor()).OverPipelines("tree", ["stump", "deep"],
            (pipeline, tree) => pipeline with { Learner = new DecisionTreeRegressor { MaxDepth = tree == "stump" ? 1 : 6 } });
        Assert.Equal("tree=deep", new GridSearch { Judging = judging }.Run(steps, frame, "y").Best.Candidate.ToString());

        var nested = new NestedCrossValidation { Search = new GridSearch { Judging = judging }, Judging = judging }.Run(space, frame, "y");
        Assert.Equal(["6", "6", "6"], nested.Chosen.Select(c => c.Settings[0].Value));
        Assert.InRange(nested.Result.Score, 0, 2 * found.Best.Result.Score);
    }

    [Fact]
    public void A_random_search_draws_from_ranges_alike_for_a_seed()
    {
        var frame = Table(120).Drop("c", "g");
        var space = new SearchSpace(new Ridge()).Over("alpha", SearchRange.LogUniform(1e-3, 1e6), (Ridge r, double v) => r with { Alpha = v });
        var search = new RandomSearch { Draws = 8, Seed = 2, Judging = new() { Folds = 3 } };
        var found = search.Run(space, frame, "y");
        double[] alphas = [.. found.Trials.Select(t => ((Ridge)t.Candidate.Pipeline.Learner).Alpha)];
        Assert.All(alphas, a => Assert.InRange(a, 1e-3, 1e6));
        Assert.Equal(8, alphas.Distinct().Count());
        Assert.Equal(alphas, search.Run(space, frame, "y").Trials.Select(t => ((Ridge)t.Candidate.Pipeline.Learner).Alpha));
        Assert.True(((Ridge)found.Best.Candidate.Pipeline.Learner).Alpha < alphas.Max());
        Assert.Throws<InvalidOperationException>(() => new GridSearch().Run(space, frame, "y"));
    }

    [Fact]
    public void A_candidate_that_is_refused_is_noted()
    {
        var frame = Table(60).Drop("c", "g");
        var found = new GridSearch { Judging = new() { Folds = 3 } }.Run(new SearchSpace(new KNeighborsRegressor()).Over("neighbors", "5", "1000"), frame, "y");
        Assert.Equal("5", found.Best.Candidate.Settings[0].Value);
        Assert.Contains("1000 neighbours", found.Trials[1].Fault, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new GridSearch().Run(new SearchSpace(new KNeighborsRegressor()).Over("neighbors", "1000"), frame, "y"));
    }

    [Fact]
    public void Curves_show_how_learning_goes()
    {
        var frame = Table().Drop("c", "g");
        var judging = new CrossValidation { Folds = 4, Scorers = [Scorers.R2] };
        var learning = new LearningCurve { Judging = judging, Shares = [0.1, 0.5, 1] }.Run(new Pipeline { Learner = new DecisionTreeRegressor() }, frame, "y");
        Assert.Equal([15, 75, 150], learning.Select(p => p.TrainRows));
        Assert.True(learning[2].Test.Mean > learning[0].Test.Mean);
        Assert.All(learning, p => Assert.Equal(1, p.Train.Mean, 1e-9));

        var validation = new ValidationCurve { Judging = judging }.Run(new SearchSpace(new DecisionTreeRegressor()).Over("max_depth", "1", "3", "5"), frame, "y");
        Assert.Equal(["max_depth=1", "max_depth=3", "max_depth=5"], validation.Select(p => p.Label));
        Assert.True(validation[0].Train.Mean < validation[1].Train.Mean && validation[1].Train.Mean < validation[2].Train.Mean);
    }

    sealed class Immediate(List<SelectionProgress> all) : IProgress<SelectionProgress>
    {
        public void Report(SelectionProgress value)
        {
            lock (all) all.Add(value);
        }
    }
}
