namespace Descent.Tabular.Tests;

/// <summary>Options and data, and what another library predicts with the same.</summary>
public sealed record BoostingReference(string Name, Func<BoostingSample, float[]> Predict, float[] Expected)
{
    /// <summary>The greatest difference, of predictions of at least 1 relative to them.</summary>
    public double Tolerance { get; init; } = 2e-6;

    public override string ToString() => Name;
}

/// <summary>Sixty rows made by formula.</summary>
public sealed class BoostingSample
{
    const int Rows = 60, Columns = 3;

    static readonly double[] s_x = [.. from i in Enumerable.Range(0, Rows) from j in Enumerable.Range(0, Columns) select (i * i * 31 + j * j * 17 + i * j * 7 + 11 * i + 5 * j) % 97 / 97.0 * 4 - 2];

    public Features X { get; } = Features.FromRows(s_x, Columns);
    public Features Test { get; } = Features.FromRows([.. s_x.Take(4 * Columns).Select(v => v * 0.9 + 0.05)], Columns);
    public Features First { get; } = Features.FromRows(s_x.AsSpan(0, 4 * Columns), Columns);
    public double[] Y { get; } = [.. Enumerable.Range(0, Rows).Select(i => 2 * s_x[3 * i] - s_x[3 * i + 1] * s_x[3 * i + 1] + s_x[3 * i + 2] + (i * 37 % 23 / 23.0 - 0.5))];
    public double[] Weights { get; } = [.. Enumerable.Range(0, Rows).Select(i => 1.0 + i % 3)];
    public double[] Positive => Array.ConvertAll(Y, v => Math.Exp(v / 3));
    public double[] Counts => Array.ConvertAll(Y, v => Math.Floor(Math.Exp(v / 3) * 2));
    public double[] Shares => Array.ConvertAll(Y, v => 1 / (1 + Math.Exp(-v)));
    public double[] Relevance => Array.ConvertAll(Y, v => v < -2 ? 0.0 : v < 0.5 ? 1 : 2);
    public long[] Groups => [.. Enumerable.Range(0, Rows).Select(i => (long)(i / 10))];
    public Labels Two => Labels.From(Array.ConvertAll(Y, v => v > -0.5 ? 1L : 0));
    public Labels Three => Labels.From(Array.ConvertAll(Y, v => v < -2 ? 0L : v < 0.5 ? 1 : 2));

    /// <summary>Every fourth event is not seen.</summary>
    public SurvivalTimes Times => SurvivalTimes.RightCensored(Positive, [.. Enumerable.Range(0, Rows).Select(i => i % 4 != 1)]);

    /// <summary>Points, intervals, and both kinds of ends that are not known.</summary>
    public SurvivalTimes Intervals
    {
        get
        {
            double[] times = Positive;
            return SurvivalTimes.Between([.. times.Select((t, i) => i % 8 == 6 ? 0 : t)], [.. times.Select((t, i) => i % 4 == 1 ? double.PositiveInfinity : i % 4 == 2 ? t * 1.5 : t)]);
        }
    }

    public float[] Regress(BoostingObjective objective, double[] y, float? baseScore, bool isWeighted, Dart? dart = null) =>
        new BoostingRegressor { Objective = objective, Rounds = 5, MaxDepth = 3, BaseScore = baseScore, Dart = dart }.Fit(X, y, isWeighted ? Weights : []).Booster.Predict(Test);

    /// <summary>XGBoost renews leaves only in its histogram method, and then forgets to shrink them.</summary>
    public float[] Absolute(float? baseScore, double[] weights) =>
        new BoostingRegressor { Objective = new AbsoluteObjective(), Rounds = 5, MaxDepth = 3, LearningRate = 1, BaseScore = baseScore }.Fit(X, Y, weights).Booster.Predict(First);

    public float[] Classify(Labels y, bool isWeighted, Dart? dart = null) =>
        new BoostingClassifier { Rounds = 5, MaxDepth = 3, BaseScore = 0.5f, Dart = dart }.Fit(X, y, isWeighted ? Weights : []).Booster.Predict(Test);

    public float[] Survive(BoostingObjective objective, SurvivalTimes y, float baseScore, bool isWeighted) =>
        new BoostingSurvival { Objective = objective, Rounds = 5, MaxDepth = 3, BaseScore = baseScore }.Fit(X, y, isWeighted ? Weights : []).Booster.Predict(Test);

    public float[] Rank(RankingGoal goal) =>
        new BoostingRanker { Objective = new() { Goal = goal, PairsPerItem = 2 }, Rounds = 5, MaxDepth = 3 }.Fit(X, Relevance, Groups).Booster.Predict(Test);

    public float[] Line(LinearBoostingRegressor learner, double[] weights) => (learner with { Rounds = 5, BaseScore = 0.5f }).Fit(X, Y, weights).Booster.Predict(Test);

    /// <summary>All pairs with one of the first six, which is a table of sigmoids in LightGBM.</summary>
    public float[] RankAll(bool normalize) =>
        new BoostingRanker { Objective = new() { Truncation = 6, Normalize = normalize }, Rounds = 5, MaxDepth = 3, MinChildWeight = 1e-3f }.Fit(X, Relevance, Groups).Booster.Predict(First);

    /// <summary>Linear leaves, and predictions where some of the numbers are missing.</summary>
    public float[] Lines(int[] missing)
    {
        double[] rows = s_x[..(4 * Columns)];
        foreach (int at in missing) rows[at] = double.NaN;
        return new BoostingRegressor { Rounds = 5, MaxDepth = 3, LinearLeaves = true, LinearLambda = 0.1 }.Fit(X, Y).Booster.Predict(Features.FromRows(rows, Columns));
    }

    /// <summary>With the options that stand for those given to LightGBM, which grows these small trees level by level too.</summary>
    public float[] Light(BoostingObjective objective, double[] y, bool isWeighted) =>
        new BoostingRegressor { Objective = objective, Rounds = 5, MaxDepth = 3 }.Fit(X, y, isWeighted ? Weights : []).Booster.Predict(First);
}

public sealed class BoostingReferenceTests
{
    public static TheoryData<BoostingReference> Xgboost =>
    [
        new("absolute, by its histogram method", s => s.Absolute(0.5f, []), [-4.576512f, -1.811364f, -2.833922f, -1.992894f]),
        new("absolute, by its histogram method, weighted, from the median", s => s.Absolute(null, s.Weights), [-4.012123f, -1.590552f, -2.350204f, -2.596429f]),
        new("pseudo-Huber", s => s.Regress(new PseudoHuberObjective(), s.Y, 0, true), [-4.195428f, -2.760619f, -5.086693f, -2.760619f]),
        new("shares", s => s.Regress(new LogisticObjective(), s.Shares, 0.5f, true), [0.1484891f, 0.1484891f, 0.1484891f, 0.1484891f]),
        new("Poisson", s => s.Regress(new PoissonObjective(), s.Counts, 0.5f, true), [0.243397f, 0.3809664f, 0.61928f, 0.243397f]),
        new("gamma", s => s.Regress(new GammaObjective(), s.Positive, 0.5f, true), [0.2695217f, 0.4732827f, 0.4732827f, 0.4051419f]),
        new("Tweedie", s => s.Regress(new TweedieObjective { Power = 1.3f }, s.Positive, 0.5f, true), [0.2899438f, 0.4875183f, 0.5631852f, 0.4079685f]),
        new("hinge, margins", s => new BoostingClassifier { Loss = BoostingClassLoss.Hinge, Rounds = 5, MaxDepth = 3, BaseScore = 0.25f }.Fit(s.X, s.Two).Booster.Margins(s.Test), [-1.20685f, -1.20685f, -1.20685f, -1.20685f]),
        new("softmax", s => s.Classify(s.Three, true), [0.8280784f, 0.08650288f, 0.08541866f, 0.2992105f, 0.5647761f, 0.1360134f, 0.276201f, 0.5982451f, 0.1255539f, 0.7846428f, 0.1344191f, 0.08093815f]),
        new("Cox", s => s.Survive(new CoxObjective(), s.Times, 1, false), [7.62659f, 0.9578102f, 1.60326f, 1.189811f]),
        new("Cox, weighted", s => s.Survive(new CoxObjective(), s.Times, 1, true), [5.700169f, 1.002038f, 1.469424f, 1.092226f]),
        new("accelerated failure, normal", s => s.Survive(new AcceleratedFailureObjective { Scale = 0.8f }, s.Intervals, 0.5f, true), [0.309138f, 0.7211734f, 0.569099f, 0.6462724f]),
        new("accelerated failure, logistic", s => s.Survive(new AcceleratedFailureObjective { Scale = 0.8f, Distribution = SurvivalDistribution.Logistic }, s.Intervals, 0.5f, true), [0.2416591f, 0.7500098f, 0.6625051f, 0.7183843f]),
        new("accelerated failure, extreme", s => s.Survive(new AcceleratedFailureObjective { Scale = 0.8f, Distribution = SurvivalDistribution.Extreme }, s.Intervals, 0.5f, true), [0.2632129f, 0.8478326f, 0.5445865f, 0.7009512f]),
        new("ranking by NDCG", s => s.Rank(RankingGoal.Ndcg), [-0.6983142f, -0.5319725f, -0.3812836f, -0.6983142f]),
        new("ranking by average precision", s => s.Rank(RankingGoal.MeanAveragePrecision), [-0.8117919f, -0.1916941f, -0.1916941f, -0.8117919f]),
        new("ranking by pairs", s => s.Rank(RankingGoal.Pairwise), [-1.113166f, 0.09126355f, -0.3434795f, -0.9675329f]),
        new("dropped as trees", s => s.Regress(new SquaredObjective(), s.Y, 0.5f, true, dart: new() { RateDrop = 1 }), [-1.550857f, -1.353949f, -1.353949f, -1.550857f]),
        new("dropped as a forest", s => s.Regress(new SquaredObjective(), s.Y, 0.5f, true, dart: new() { RateDrop = 1, NormalizeType = DartNormalization.Forest }), [-2.063115f, -1.817023f, -1.817023f, -2.063115f]),
        new("dropped, softmax", s => s.Classify(s.Three, false, new() { RateDrop = 1 }), [0.5718855f, 0.2142347f, 0.2138798f, 0.2665848f, 0.5159441f, 0.2174711f, 0.2665848f, 0.5159441f, 0.2174711f, 0.5355461f, 0.2641647f, 0.2002892f]),
        new("none dropped", s => s.Regress(new SquaredObjective(), s.Y, 0.5f, false, dart: new()), [-3.145567f, -1.762091f, -1.60081f, -2.06276f]),
        new("linear", s => s.Line(new() { Lambda = 0.1f, Alpha = 0.05f }, s.Weights), [-3.669541f, -2.296283f, -1.178463f, -3.410412f]),
        new("linear, greedy", s => s.Line(new() { Lambda = 0.1f, Alpha = 0.05f, Selector = CoordinateSelector.Greedy }, s.Weights), [-3.75616f, -2.303238f, -1.202012f, -3.446375f]),
        new("linear, thrifty", s => s.Line(new() { Lambda = 0.1f, Alpha = 0.05f, Selector = CoordinateSelector.Thrifty }, s.Weights), [-3.664986f, -2.300258f, -1.18509f, -3.41319f]),
        new("linear, the greatest", s => s.Line(new() { Selector = CoordinateSelector.Greedy, TopK = 1 }, []), [-3.8782f, -2.302934f, -1.220876f, -3.488056f]),
        new("linear, logistic", s => new LinearBoostingClassifier { Rounds = 5, BaseScore = 0.5f, Lambda = 0.1f, Alpha = 0.05f }.Fit(s.X, s.Two, s.Weights).Booster.Predict(s.Test), [0.1661112f, 0.2406013f, 0.3336211f, 0.1610718f]),
        new("linear, softmax", s => new LinearBoostingClassifier { Rounds = 5, BaseScore = 0.5f, Lambda = 0.1f }.Fit(s.X, s.Three).Booster.Predict(s.Test), [0.8588019f, 0.04242804f, 0.09877001f, 0.4986849f, 0.3353881f, 0.165927f, 0.3311021f, 0.4088564f, 0.2600415f, 0.7347091f, 0.1684536f, 0.09683727f]),
        new("base margins", s => new BoostingRegressor { Rounds = 5, MaxDepth = 3, BaseScore = 0.5f }.Train(new(s.X, s.Y) { BaseMargins = [.. s.X.Column(0).ToArray().Select(v => (float)v * 0.5f)] }).Model.Booster.Predict(s.Test), [-2.081918f, -1.011292f, -1.24338f, -1.187962f]),
    ];

    /// <summary>With leaves of one row at least, all values as bins, λ 1 and trees of three levels.</summary>
    public static TheoryData<BoostingReference> LightGbm =>
    [
        new("squared", s => s.Light(new SquaredObjective(), s.Y, false), [-3.605557f, -2.047001f, -2.058262f, -2.491344f]),
        new("Huber", s => s.Light(new HuberObjective(), s.Y, true), [-2.841548f, -1.930535f, -1.815524f, -2.551665f]),
        new("absolute", s => s.Light(new AbsoluteObjective(), s.Y, false), [-4.062825f, -1.507388f, -2.312568f, -2.647698f]),
        new("upper quantile", s => s.Light(new QuantileObjective { Levels = [0.8] }, s.Y, false), [-1.706661f, -1.496176f, -0.7013411f, -1.496176f]),
        new("two quantiles", s => s.Light(new QuantileObjective { Levels = [0.2, 0.8] }, s.Y, false), [-4.598058f, -1.706661f, -2.547321f, -1.496176f, -2.547321f, -0.7013411f, -2.804176f, -1.496176f]),
        new("cross entropy of shares", s => s.Light(new LogisticObjective(), s.Shares, false), [0.1138681f, 0.1600756f, 0.1600756f, 0.1138681f]),
        new("one versus all", s => new BoostingClassifier { Loss = BoostingClassLoss.OneVersusAll, Rounds = 5, MaxDepth = 3 }.Fit(s.X, s.Three, s.Weights).Booster.Margins(s.First), [1.880747f, -2.6473f, -2.513157f, -0.6354476f, 0.02647696f, -2.513157f, -0.6354476f, -1.196524f, -2.513157f, 1.880747f, -2.282659f, -2.513157f]),
        new("ranking, scaled", s => s.RankAll(true), [-1.320045f, -0.4577561f, -0.850567f, -1.163838f]) { Tolerance = 2e-5 },
        new("ranking", s => s.RankAll(false), [-1.310455f, 0.9907636f, -0.6156147f, -1.310455f]) { Tolerance = 2e-5 },
        new("linear leaves", s => s.Lines([]), [-3.892173f, -1.88637f, -1.970901f, -2.422186f]),
        new("linear leaves without a value", s => s.Lines([5]), [-3.892173f, -1.965683f, -1.970901f, -2.422186f]),
    ];

    [Theory, MemberData(nameof(LightGbm))]
    public void Predictions_are_those_of_LightGBM_4_6(BoostingReference reference) => Agree(reference);

    [Theory, MemberData(nameof(Xgboost))]
    public void Predictions_are_those_of_XGBoost_1_7_4(BoostingReference reference) => Agree(reference);

    static void Agree(BoostingReference reference)
    {
        float[] actual = reference.Predict(new());
        Assert.Equal(reference.Expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
            Assert.True(Math.Abs(reference.Expected[i] - actual[i]) <= reference.Tolerance * Math.Max(1, Math.Abs(reference.Expected[i])), $"{i}: expected {string.Join(", ", reference.Expected)}; got {string.Join(", ", actual)}");
    }
}
