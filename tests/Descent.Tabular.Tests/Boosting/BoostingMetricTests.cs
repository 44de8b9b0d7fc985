namespace Descent.Tabular.Tests;

/// <summary>A figure of the training rows after each of three rounds.</summary>
public sealed record MetricCase(string Name, Func<BoostingSample, BoostingMetric[], IEnumerable<BoostingFigure>> Train, BoostingMetric[] Metrics, double[] Expected)
{
    public override string ToString() => Name;
}

/// <summary>What is watched, compared with the figures that XGBoost 1.7.4 prints for the same rounds of its exact method.</summary>
public sealed class BoostingMetricTests
{
    public static TheoryData<MetricCase> Cases =>
    [
        new("mphe", (s, m) => Numbers(s, new PseudoHuberObjective(), s.Y, 0, m), [], [0.7945823599894841, 0.4825537443161011, 0.35075731376806896]),
        new("poisson-nloglik", (s, m) => Numbers(s, new PoissonObjective(), s.Counts, 0.5f, m), [], [1.8383451089262963, 1.6449009840687117, 1.468886158366998]),
        new("gamma-nloglik", (s, m) => Numbers(s, new GammaObjective(), s.Positive, 0.5f, m), [], [0.844684669872125, 0.7133337388436, 0.6275870030124983]),
        new("tweedie-nloglik", (s, m) => Numbers(s, new TweedieObjective { Power = 1.3f }, s.Positive, 0.5f, m), [], [4.28954637547334, 4.1814358924825985, 4.1262588183085125]),
        new("mlogloss", (s, m) => Classes(s, s.Three, m), [], [0.7680987392862638, 0.5696570580204328, 0.4375621795654297]),
        new("logloss", (s, m) => Classes(s, s.Two, m), [], [0.47906417896350223, 0.35545275583863256, 0.2780429774274429]),
        new("logloss", (s, m) => Classes(s, s.Three, m), [BoostingMetric.LogLoss], [0.7680987392862638, 0.5696570580204328, 0.4375621795654297]),
        new("error", (s, m) => Classes(s, s.Three, m), [BoostingMetric.ErrorRate], [0.04166666666666666, 0.01666666666666667, 0.01666666666666667]),
        new("error", (s, m) => Classes(s, s.Two, m), [BoostingMetric.ErrorRate], [0.025, 0.025, 0.025]),
        new("auc", (s, m) => Classes(s, s.Two, m), [BoostingMetric.RocAuc], [0.9963757173059499, 0.9975838115372999, 0.9984898822108125]),
        new("cox-nloglik", (s, m) => Times(s, new CoxObjective(), s.Times, 1, [], m), [], [2.9618058239860607, 2.7832474299872687, 2.62403974438782]),
        new("aft-nloglik", (s, m) => Failure(s, SurvivalDistribution.Normal, m), [], [0.9728867487808636, 0.7788125827625358, 0.6590599650882099]),
        new("aft-nloglik", (s, m) => Failure(s, SurvivalDistribution.Logistic, m), [], [1.0149369728063062, 0.9208008746818857, 0.8751484491166924]),
        new("aft-nloglik", (s, m) => Failure(s, SurvivalDistribution.Extreme, m), [], [1.4383713190820828, 1.1617309138910388, 0.9681742935366945]),
        new("ndcg", (s, m) => Ranks(s, RankingGoal.Ndcg, m), [], [0.9344500429456671, 0.9553842926564461, 0.9553842926564461]),
        new("ndcg@3", (s, m) => Ranks(s, RankingGoal.Ndcg, m), [BoostingMetric.Ndcg(3)], [0.8827885225447086, 0.890989616763914, 0.890989616763914]),
        new("map", (s, m) => Ranks(s, RankingGoal.MeanAveragePrecision, m), [], [0.9331727135298564, 0.996031746031746, 0.996031746031746]),
        new("ndcg", (s, m) => Ranks(s, RankingGoal.Pairwise, m), [], [0.9842755685749179, 0.9988735301651263, 0.9992733562581871]),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Figures_are_those_of_XGBoost_1_7_4(MetricCase row)
    {
        ArgumentNullException.ThrowIfNull(row);
        BoostingFigure[] history = [.. row.Train(new(), row.Metrics)];
        Assert.Equal(row.Expected.Length, history.Length);
        for (int i = 0; i < history.Length; i++)
        {
            Assert.Equal((row.Name, i + 1), (history[i].Metric, history[i].Round));
            Assert.True(Math.Abs(row.Expected[i] - history[i].Value) < 2e-6, $"round {i + 1}: {history[i].Value}; expected {row.Expected[i]}");
        }
    }

    static BoostingSession Watch(BoostingSet set, BoostingMetric[] metrics) => new() { Evaluation = [set], Metrics = [.. metrics] };

    static IEnumerable<BoostingFigure> Numbers(BoostingSample s, BoostingObjective objective, double[] y, float baseScore, BoostingMetric[] metrics)
    {
        var set = new BoostingSet(s.X, y) { Weights = [.. s.Weights] };
        return new BoostingRegressor { Objective = objective, Rounds = 3, MaxDepth = 3, BaseScore = baseScore }.Train(set, Watch(set, metrics)).History;
    }

    static IEnumerable<BoostingFigure> Classes(BoostingSample s, Labels y, BoostingMetric[] metrics)
    {
        var set = new BoostingSet(s.X, y) { Weights = [.. s.Weights] };
        return new BoostingClassifier { Rounds = 3, MaxDepth = 3, BaseScore = 0.5f }.Train(set, Watch(set, metrics)).History;
    }

    static IEnumerable<BoostingFigure> Failure(BoostingSample s, SurvivalDistribution distribution, BoostingMetric[] metrics) =>
        Times(s, new AcceleratedFailureObjective { Scale = 0.8f, Distribution = distribution }, s.Intervals, 0.5f, s.Weights, metrics);

    static IEnumerable<BoostingFigure> Times(BoostingSample s, BoostingObjective objective, SurvivalTimes y, float baseScore, double[] weights, BoostingMetric[] metrics)
    {
        var set = new BoostingSet(s.X, y) { Weights = [.. weights] };
        return new BoostingSurvival { Objective = objective, Rounds = 3, MaxDepth = 3, BaseScore = baseScore }.Train(set, Watch(set, metrics)).History;
    }

    static IEnumerable<BoostingFigure> Ranks(BoostingSample s, RankingGoal goal, BoostingMetric[] metrics)
    {
        var set = new BoostingSet(s.X, s.Relevance) { Groups = [.. s.Groups] };
        return new BoostingRanker { Objective = new() { Goal = goal, PairsPerItem = 2 }, Rounds = 3, MaxDepth = 3 }.Train(set, Watch(set, metrics)).History;
    }
}
