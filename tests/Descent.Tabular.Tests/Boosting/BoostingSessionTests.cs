using Descent.Metrics;
using Descent.Tensors;

namespace Descent.Tabular.Tests;

[Collection(nameof(Numerics))]
public sealed class BoostingSessionTests
{
    static readonly BoostingSample s_sample = new();
    static readonly int[] s_odd = [.. Enumerable.Range(0, 60).Where(i => i % 2 == 1)], s_even = [.. Enumerable.Range(0, 60).Where(i => i % 2 == 0)];

    static BoostingSet Set(int[] rows, string name = "evaluation") => new(s_sample.X.Take(rows), Array.ConvertAll(rows, i => s_sample.Y[i])) { Name = name };

    [Fact]
    public void Training_ends_with_the_round_that_XGBoost_ends_with()
    {
        var session = new BoostingSession { Evaluation = [Set(s_even)], Stopping = new() { Patience = 5 } };
        var result = new BoostingRegressor { Rounds = 40, MaxDepth = 3, BaseScore = 0.5f }.Train(Set(s_odd), session);
        // XGBoost 1.7.4 with the exact method, early_stopping_rounds 5.
        Assert.Equal(33, result.BestRound);
        Assert.Equal(BoostingEnding.NoImprovement, result.Ending);
        Assert.Equal(38, result.History.Length);
        Assert.All(result.History, (f, i) => Assert.Equal((i + 1, "evaluation", "rmse"), (f.Round, f.Set, f.Metric)));
        double[] expected = [3.2812225398549484, 2.7372882664696356, 2.3649800525949973, 2.1300707227577536];
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], result.History[i].Value, 1e-6);
        Assert.Equal(1.3387347372443017, result.History[32].Value, 1e-6);
        Assert.Equal(33, result.Model.Booster.Rounds);
        float[] predictions = result.Model.Booster.Predict(s_sample.Test), theirs = [-4.071694f, -1.767451f, -1.832425f, -2.545528f];
        for (int i = 0; i < theirs.Length; i++) Assert.Equal(theirs[i], predictions[i], 1e-5);
    }

    [Fact]
    public void Improvements_that_are_too_small_do_not_count()
    {
        var patient = new BoostingSession { Evaluation = [Set(s_even)], Stopping = new() { Patience = 3, MinDelta = 0.3 } };
        var result = new BoostingRegressor { Rounds = 40, MaxDepth = 3, BaseScore = 0.5f }.Train(Set(s_odd), patient);
        double[] values = [.. result.History.Select(f => f.Value)];
        Assert.Equal(result.BestRound + 3, values.Length);
        Assert.True(values[result.BestRound - 1] - values[^1] <= 0.3 && values[0] - values[result.BestRound - 1] > 0.3);
    }

    [Fact]
    public void Every_set_and_metric_is_told_after_every_round()
    {
        var told = new List<BoostingProgress>();
        var session = new BoostingSession { Evaluation = [Set(s_even, "left out"), Set(s_odd, "train")], Metrics = [BoostingMetric.MeanAbsoluteError, BoostingMetric.RootMeanSquaredError], Progress = new Now<BoostingProgress>(told.Add) };
        var result = new BoostingRegressor { Rounds = 3 }.Train(Set(s_odd), session);
        Assert.Equal([1, 2, 3], told.Select(t => t.Round));
        Assert.Equal(result.History, told.SelectMany(t => t.Figures));
        Assert.Equal(["left out mae", "left out rmse", "train mae", "train rmse"], told[0].Figures.Select(f => $"{f.Set} {f.Metric}"));
        double[] y = Array.ConvertAll(s_odd, i => s_sample.Y[i]);
        Assert.Equal(RegressionMetrics.MeanAbsoluteError(y, result.Model.Predict(s_sample.X.Take(s_odd))), result.History[^2].Value, 1e-6);
        Assert.Equal(3, result.BestRound);
    }

    sealed class Now<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

    [Fact]
    public void What_was_learned_is_given_when_training_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        var session = new BoostingSession { Progress = new Now<BoostingProgress>(p => { if (p.Round == 4) source.Cancel(); }) };
        var result = new BoostingRegressor { Rounds = 30 }.Train(Set(s_odd), session, source.Token);
        Assert.Equal((BoostingEnding.Cancelled, 4, 4), (result.Ending, result.BestRound, result.Model.Booster.Rounds));
        Assert.Equal(new BoostingRegressor { Rounds = 4 }.Train(Set(s_odd)).Model.Predict(s_sample.X), result.Model.Predict(s_sample.X));
        Assert.Throws<OperationCanceledException>(() => new BoostingRegressor().Train(Set(s_odd), null, source.Token));
    }

    [Fact]
    public void Rounds_in_two_parts_are_the_same_rounds()
    {
        var learner = new BoostingClassifier { Rounds = 10, Subsample = 0.7, ColumnsByNode = 0.7 };
        var set = new BoostingSet(s_sample.X, s_sample.Three);
        var whole = learner.Train(set).Model;
        var half = (learner with { Rounds = 5 }).Train(set).Model;
        var joined = (learner with { Rounds = 5 }).Train(set, new() { Initial = half.Booster }).Model;
        Assert.Equal(Bytes(whole), Bytes(joined));
        Assert.Equal(Bytes(half.Booster), Bytes(joined.Booster.Cut(5)));
    }

    [Fact]
    public void Stages_are_the_models_cut_after_each_round()
    {
        var booster = new BoostingClassifier { Rounds = 4 }.Fit(s_sample.X, s_sample.Three).Booster;
        float[][] stages = [.. booster.Staged(s_sample.Test)];
        Assert.Equal(4, stages.Length);
        Assert.All(stages, (stage, i) => Assert.Equal(booster.Cut(i + 1).Predict(s_sample.Test), stage));
        Assert.Equal((4, 12), (booster.Leaves(s_sample.Test).GetLength(0), booster.Leaves(s_sample.Test).GetLength(1)));
    }

    [Fact]
    public void Base_margins_of_a_model_stand_for_its_trees()
    {
        var first = new BoostingRegressor { Rounds = 5, BaseScore = 0.5f }.Train(new(s_sample.X, s_sample.Y)).Model.Booster;
        var set = new BoostingSet(s_sample.X, s_sample.Y) { BaseMargins = [.. first.Margins(s_sample.X)] };
        var rest = new BoostingRegressor { Rounds = 3, BaseScore = 0.5f }.Train(set).Model.Booster;
        var joined = new BoostingRegressor { Rounds = 3, BaseScore = 0.5f }.Train(new(s_sample.X, s_sample.Y), new() { Initial = first }).Model.Booster;
        Assert.Equal(joined.Margins(s_sample.Test), rest.Margins(s_sample.Test, first.Margins(s_sample.Test)));
        Assert.Contains("3 base margins for 4 rows", Assert.Throws<ArgumentException>(() => rest.Margins(s_sample.Test, new float[3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropped_trees_stay_as_they_were_in_the_best_round()
    {
        var learner = new BoostingRegressor { Rounds = 30, MaxDepth = 3, Dart = new() { RateDrop = 0.3, OneDrop = true } };
        var stopped = learner.Train(Set(s_odd), new() { Evaluation = [Set(s_even)], Stopping = new() { Patience = 4 } });
        Assert.InRange(stopped.BestRound, 2, 29);
        var cut = (learner with { Rounds = stopped.BestRound }).Train(Set(s_odd)).Model;
        Assert.Equal(Bytes(cut), Bytes(stopped.Model));
        double[] y = Array.ConvertAll(s_even, i => s_sample.Y[i]);
        // Training keeps sums in double.
        Assert.Equal(stopped.History[stopped.BestRound - 1].Value, RegressionMetrics.RootMeanSquaredError(y, cut.Predict(s_sample.X.Take(s_even))), 1e-5);
    }

    [Theory]
    [InlineData(DartSample.Uniform, 0.0, 0.3)]
    [InlineData(DartSample.Weighted, 0.0, 0.3)]
    [InlineData(DartSample.Uniform, 0.5, 0.15)]
    public void Trees_are_dropped_as_often_as_asked(DartSample sample, double skip, double expected)
    {
        var dart = new Dart { RateDrop = 0.3, SkipDrop = skip, SampleType = sample };
        float[] weights = [.. Enumerable.Range(0, 100).Select(i => 0.5f + i % 2)];
        int[] counts = new int[100];
        for (ulong k = 0; k < 400; k++)
            foreach (int t in dart.Drop(weights, new(1, k))) counts[t]++;
        Assert.Equal(expected, counts.Sum() / 40000.0, 0.02);
        double heavy = counts.Where((_, i) => i % 2 == 1).Sum() / (double)counts.Sum();
        Assert.Equal(sample == DartSample.Weighted ? 0.75 : 0.5, heavy, 0.03);
        Assert.All(Enumerable.Range(0, 50), k => Assert.Single(new Dart { OneDrop = true, SampleType = sample }.Drop(weights, new(2, (ulong)k))));
    }

    [Fact]
    public void Leaves_fitted_to_other_rows_are_those_of_LightGBM()
    {
        // LightGBM 4.6 without boost_from_average: refit with decay_rate 0.7 to targets 1.5 y + 1, and to the other class.
        var numbers = new BoostingRegressor { Rounds = 5, MaxDepth = 2, BaseScore = 0 };
        var refitted = numbers.Refit(numbers.Fit(s_sample.X, s_sample.Y), new(s_sample.X, Array.ConvertAll(s_sample.Y, y => 1.5 * y + 1)), 0.7);
        Agree([-3.305591f, -1.890806f, -1.54674f, -2.779103f], refitted.Booster.Predict(s_sample.First));
        var classes = new BoostingClassifier { Rounds = 5, MaxDepth = 3, BaseScore = 0.5f };
        var model = classes.Fit(s_sample.X, s_sample.Two);
        var other = new Labels([.. s_sample.Two.Codes.ToArray().Select(c => 1 - c)], s_sample.Two.Classes);
        Agree([0.3937651f, 0.3937651f, 0.4919102f, 0.3937651f, 0.5983811f, 0.5983811f], classes.Refit(model, new(s_sample.X, other), 0.7).Booster.Predict(s_sample.X.Take([2, 5, 9, 17, 23, 31])));
        Assert.Equal(model.Booster.Predict(s_sample.First), classes.Refit(model, new(s_sample.X, other), 1).Booster.Predict(s_sample.First));

        static void Agree(float[] expected, float[] actual)
        {
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-6 * Math.Max(1, Math.Abs(expected[i])));
        }
    }

    [Fact]
    public void An_objective_of_ones_own_trains_saves_and_says_what_a_file_lacks()
    {
        var mine = new CustomObjective
        {
            Name = "log cosh",
            Slopes = (margins, targets, gradients, hessians) =>
            {
                for (int i = 0; i < targets.Length; i++)
                {
                    float t = MathF.Tanh(margins[i] - targets[i]);
                    (gradients[i], hessians[i]) = (t, 0.2f + 0.8f * (1 - t * t));
                }
            },
        };
        var metric = BoostingMetric.Of("log cosh", false, (y, p, w) => y.Zip(p, (a, b) => Math.Log(Math.Cosh(a - b))).Average());
        var session = new BoostingSession { Evaluation = [Set(s_even)], Metrics = [metric], Stopping = new() { Patience = 5 } };
        var result = new BoostingRegressor { Objective = mine, MinChildWeight = 0, Rounds = 60 }.Train(Set(s_odd), session);
        Assert.Equal(BoostingEnding.NoImprovement, result.Ending);
        Assert.True(result.History[result.BestRound - 1].Value < 0.7 * result.History[0].Value, string.Join(", ", result.History.Select(f => f.Value)));
        Assert.Equal(result.Model.Predict(s_sample.X), Reload(result.Model).Predict(s_sample.X));
        Assert.Contains("Give the session a metric", Assert.Throws<InvalidOperationException>(() => new BoostingRegressor { Objective = mine }.Train(Set(s_odd), session with { Metrics = [] })).Message, StringComparison.Ordinal);

        var shifted = new BoostingRegressor { Objective = mine with { Transformation = margins => { foreach (ref float m in margins) m += 10; } }, MinChildWeight = 0, Rounds = 5 }.Fit(s_sample.X, s_sample.Y);
        var read = Reload(shifted);
        Assert.Equal(shifted.Booster.Margins(s_sample.X), read.Booster.Margins(s_sample.X));
        Assert.Contains("'log cosh', whose transform is code", Assert.Throws<InvalidOperationException>(() => read.Booster.Predict(s_sample.X)).Message, StringComparison.Ordinal);
        Assert.Equal(shifted.Booster.Predict(s_sample.X), (read.Booster with { Objective = shifted.Booster.Objective }).Predict(s_sample.X));
        Assert.Contains("does not know the objective 'log cosh'", Assert.Throws<InvalidOperationException>(() => read.Booster.SaveXgboost(Stream.Null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_objective_of_ones_own_tells_classes_apart()
    {
        int classes = 3;
        var mine = new CustomObjective
        {
            Name = "softmax again",
            Scores = classes,
            Slopes = (margins, targets, gradients, hessians) =>
            {
                for (int i = 0; i < targets.Length; i++)
                {
                    double sum = 0;
                    for (int k = 0; k < classes; k++) sum += Math.Exp(margins[i * classes + k]);
                    for (int k = 0; k < classes; k++)
                    {
                        float p = (float)(Math.Exp(margins[i * classes + k]) / sum);
                        (gradients[i * classes + k], hessians[i * classes + k]) = (p - (k == (int)targets[i] ? 1 : 0), 2 * p * (1 - p));
                    }
                }
            },
            Transformation = new SoftmaxObjective { Classes = classes }.Transform,
        };
        double[] own = new BoostingClassifier { Objective = mine, Rounds = 5 }.Fit(s_sample.X, s_sample.Three).Probabilities(s_sample.X);
        double[] ours = new BoostingClassifier { Rounds = 5 }.Fit(s_sample.X, s_sample.Three).Probabilities(s_sample.X);
        for (int i = 0; i < ours.Length; i++) Assert.Equal(ours[i], own[i], 1e-5);
    }

    [Fact]
    public void Sets_that_do_not_fit_are_named()
    {
        var learner = new BoostingRegressor { Rounds = 2 };
        Refuse("early stopping needs a set", () => learner.Train(Set(s_odd), new() { Stopping = new() }));
        Refuse("are called evaluation, evaluation", () => learner.Train(Set(s_odd), new() { Evaluation = [Set(s_odd), Set(s_even)] }));
        Refuse("feature 2 of the set 'evaluation' is none", () => learner.Train(Set(s_odd), new() { Evaluation = [new(Features.FromRows([1, 2], 2), [1.0])] }));
        Refuse("expected the same", () => learner.Train(Set(s_odd), new() { Initial = new BoostingRegressor { Objective = new GammaObjective(), Rounds = 1 }.Fit(s_sample.X, s_sample.Positive).Booster }));
        Refuse("7 base margins for 60 rows × 1 scores", () => learner.Train(new(s_sample.X, s_sample.Y) { BaseMargins = [1, 2, 3, 4, 5, 6, 7] }));
        var strange = new BoostingSet(s_sample.X.Take([0]), new Labels([0], ["x"]));
        Refuse("rows of class 'x', which is not there in training; the classes are: 0, 1, 2", () => new BoostingClassifier().Train(new(s_sample.X, s_sample.Three), new() { Evaluation = [strange] }));
    }

    [Fact]
    public void Classes_of_other_sets_are_told_by_their_names()
    {
        var turned = new Labels([.. s_sample.Three.Codes.ToArray().Select(c => 2 - c)], [.. s_sample.Three.Classes.Reverse()]);
        var session = new BoostingSession { Evaluation = [new(s_sample.X, s_sample.Three) { Name = "a" }, new(s_sample.X, turned) { Name = "b" }] };
        var history = new BoostingClassifier { Rounds = 3 }.Train(new(s_sample.X, s_sample.Three), session).History;
        for (int i = 0; i < history.Length; i += 2) Assert.Equal(history[i].Value, history[i + 1].Value);
    }

    [Fact]
    public void Frames_name_what_is_ranked_and_what_is_timed()
    {
        var s = s_sample;
        var frame = new Frame(Column.Of("a", s.X.Column(0).ToArray()), Column.Of("b", s.X.Column(1).ToArray()), Column.Of("c", s.X.Column(2).ToArray()),
            Column.Of("relevance", s.Relevance), Column.Of("query", s.Groups), Column.Of("days", s.Positive), Column.Of("died", [.. Enumerable.Range(0, 60).Select(i => i % 4 != 1)]));
        var ranker = new BoostingRanker { Rounds = 5 };
        Assert.Equal(ranker.Fit(s.X, s.Relevance, s.Groups).Predict(s.X), ranker.Fit(frame.Drop("days", "died"), "relevance", "query").Predict(frame));
        var survival = new BoostingSurvival { Rounds = 5 };
        Assert.Equal(survival.Fit(s.X, s.Times).Predict(s.X), survival.Fit(frame.Drop("relevance", "query"), "days", "died").Predict(frame));
        Refuse("'zzz' is not a column", () => ranker.Fit(frame, "relevance", "zzz"));
    }

    /// <summary>The same bytes with one thread and with two, and after reading.</summary>
    [Theory]
    [InlineData("ranker")]
    [InlineData("drawn pairs")]
    [InlineData("Cox")]
    [InlineData("failure")]
    public void Rankings_and_times_learn_alike_on_any_number_of_threads_and_survive_a_file(string which)
    {
        var s = s_sample;
        IRegressionModel Fit() => which switch
        {
            "ranker" => new BoostingRanker { Rounds = 8, Subsample = 0.8 }.Fit(s.X, s.Relevance, s.Groups),
            "drawn pairs" => new BoostingRanker { Rounds = 8, Objective = new() { PairsPerItem = 3, Goal = RankingGoal.MeanAveragePrecision } }.Fit(s.X, s.Relevance, s.Groups),
            "Cox" => new BoostingSurvival { Rounds = 8, Objective = new CoxObjective { Ties = CoxTies.Efron } }.Fit(s.X, s.Times, s.Weights),
            _ => new BoostingSurvival { Rounds = 8, Objective = new AcceleratedFailureObjective() }.Fit(s.X, s.Intervals),
        };
        var one = LearnerTests.OnThreads(1, Fit);
        Assert.Equal(Bytes(one), Bytes(LearnerTests.OnThreads(2, Fit)));
        Assert.Equal(one.Predict(s.X), Reload(one).Predict(s.X));
    }

    static void Refuse(string message, Action fit) => Assert.Contains(message, Assert.Throws<ArgumentException>(fit).Message, StringComparison.Ordinal);

    static byte[] Bytes(IModel model)
    {
        var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    static T Reload<T>(T model) where T : class, IModel => ModelFile.Load<T>(new MemoryStream(Bytes(model)));
}
