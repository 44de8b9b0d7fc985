namespace Descent.Tabular.Tests;

/// <summary>An objective, targets it is given, and its hessian where that is not the second derivative.</summary>
public sealed record ObjectiveCase(string Name, BoostingObjective Objective)
{
    public double[] Targets { get; init; } = [0.3, 1.7, 2.2, 0.9, 3.1, 1.2];

    /// <summary>The hessian it says it has, by score, target and true second derivative; null where it has no curvature, or a bound of one.</summary>
    public Func<double, double, double, double?> Hessian { get; init; } = (_, _, curve) => curve;

    public override string ToString() => Name;
}

public sealed class ObjectiveTests
{
    static readonly double[] s_shares = [0, 1, 0.3, 0.8, 1, 0];

    public static TheoryData<ObjectiveCase> Objectives =>
    [
        new("squared", new SquaredObjective()),
        new("absolute", new AbsoluteObjective()) { Hessian = (_, _, _) => 1 },
        new("Huber", new HuberObjective { Delta = 0.6f }) { Hessian = (_, _, _) => 1 },
        new("pseudo-Huber", new PseudoHuberObjective { Delta = 0.7f }),
        new("quantile", new QuantileObjective { Levels = [0.3] }) { Hessian = (_, _, _) => 1 },
        new("quantiles", new QuantileObjective { Levels = [0.1, 0.5, 0.8] }) { Hessian = (_, _, _) => 1 },
        new("logistic", new LogisticObjective()) { Targets = s_shares },
        new("logistic, scaled", new LogisticObjective { ScalePositiveWeight = 3 }) { Targets = s_shares },
        new("hinge", new HingeObjective()) { Targets = [0, 1, 1, 0, 1, 0], Hessian = (_, _, _) => null },
        new("Poisson", new PoissonObjective { MaxDeltaStep = 0.5f }) { Hessian = (_, _, curve) => curve * Math.Exp(0.5) },
        new("gamma", new GammaObjective()),
        new("Tweedie", new TweedieObjective { Power = 1.4f }),
        new("softmax", new SoftmaxObjective { Classes = 3 }) { Targets = [0, 1, 2, 1, 0, 2], Hessian = (_, _, curve) => 2 * curve },
        new("one versus all", new OneVersusAllObjective { Classes = 3 }) { Targets = [0, 1, 2, 1, 0, 2] },
        new("Cox, Breslow", new CoxObjective()) { Targets = [0.3, -1.7, 1.7, 0.9, -3.1, 1.7] },
        new("Cox, Efron", new CoxObjective { Ties = CoxTies.Efron }) { Targets = [0.3, -1.7, 1.7, 0.9, -3.1, 1.7] },
        new("failure, normal", new AcceleratedFailureObjective { Scale = 0.8f }),
        new("failure, logistic", new AcceleratedFailureObjective { Scale = 0.8f, Distribution = SurvivalDistribution.Logistic }),
        new("failure, extreme", new AcceleratedFailureObjective { Scale = 0.8f, Distribution = SurvivalDistribution.Extreme }),
        new("ranking pairs", new RankingObjective { Goal = RankingGoal.Pairwise, Normalize = false }) { Targets = [0, 1, 2, 1, 0, 2] },
    ];

    /// <summary>Steps of double length in float32 scores, against which the slopes are compared in double.</summary>
    [Theory, MemberData(nameof(Objectives))]
    public void Gradients_and_hessians_are_the_slopes_of_the_loss(ObjectiveCase row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var objective = row.Objective;
        int n = row.Targets.Length, outputs = objective.Outputs;
        var random = new Random(4);
        float[] scores = [.. Enumerable.Range(0, n * outputs).Select(_ => (float)(2 * random.NextDouble() - 0.5))], gradients = new float[scores.Length], hessians = new float[scores.Length];
        var targets = new BoostingTargets
        {
            Values = Array.ConvertAll(row.Targets, t => (float)t),
            // A point, intervals, one that is open to the right, one to the left.
            Upper = [0.3f, 2.5f, float.PositiveInfinity, 0.9f, 4, 1.2f],
            Weights = [.. Enumerable.Repeat(1f, n)],
            GroupRows = [0, 2, 4, 1, 3, 5],
            GroupStarts = [0, 3, 6],
        };
        objective.Gradients(scores, targets, 0, gradients, hessians);
        // What the mean was divided by, found where it does not matter what the objective is.
        double count = Scale(objective, targets);
        const float Step = 1 / 64f;
        for (int at = 0; at < scores.Length; at++)
        {
            double Loss(float step)
            {
                float[] moved = [.. scores];
                moved[at] += step;
                return count * objective.Loss(moved, targets);
            }

            // Steps are powers of two, so that sums with scores lose at most their last bits; errors of order four and two.
            double[] l = [.. Enumerable.Range(-2, 5).Select(s => Loss(s * Step))];
            double slope = (l[0] - 8 * l[1] + 8 * l[3] - l[4]) / (12 * Step), curve = (-l[0] + 16 * l[1] - 30 * l[2] + 16 * l[3] - l[4]) / (12 * Step * (double)Step);
            Assert.True(Math.Abs(slope - gradients[at]) < 2e-4 * Math.Max(1, Math.Abs(slope)), $"score {at}: the gradient is {gradients[at]}; expected {slope}");
            if (row.Hessian(scores[at], row.Targets[at / outputs], curve) is { } expected)
                Assert.True(Math.Abs(expected - hessians[at]) < 2e-3 * Math.Max(1, Math.Abs(expected)), $"score {at}: the hessian is {hessians[at]}; expected {expected}");
        }
    }

    static double Scale(BoostingObjective objective, BoostingTargets targets) => objective switch
    {
        CoxObjective => targets.Values.Count(v => v > 0),
        QuantileObjective quantiles => targets.Rows * quantiles.Outputs,
        LogisticObjective logistic => targets.Values.Sum(v => v == 1 ? (double)logistic.ScalePositiveWeight : 1),
        RankingObjective => Enumerable.Range(0, targets.Groups).Sum(k => Pairs([.. targets.Group(k)], targets)),
        _ => targets.Rows,
    };

    static int Pairs(int[] rows, BoostingTargets targets) => rows.Sum(i => rows.Count(j => targets.Values[i] > targets.Values[j]));

    [Theory]
    [InlineData(RankingGoal.Ndcg)]
    [InlineData(RankingGoal.MeanAveragePrecision)]
    public void What_a_swap_changes_is_the_difference_of_the_figures(RankingGoal goal)
    {
        float[] relevance = [2, 0, 1, 0, 3, 1, 0], scores = [7, 6, 5, 4, 3, 2, 1];
        var targets = new BoostingTargets { Values = relevance, Weights = [.. relevance.Select(_ => 1f)], GroupRows = [0, 1, 2, 3, 4, 5, 6], GroupStarts = [0, 7] };
        var group = new RankedGroup(targets, 0, scores, goal, int.MaxValue);
        RankingFigures.Figure figure = goal == RankingGoal.Ndcg ? RankingFigures.Ndcg : RankingFigures.AveragePrecision;
        double before = RankingFigures.Mean(figure, scores, targets, null);
        for (int i = 0; i < 7; i++)
        {
            for (int j = i + 1; j < 7; j++)
            {
                float[] swapped = [.. scores];
                (swapped[i], swapped[j]) = (scores[j], scores[i]);
                if (relevance[i] != relevance[j]) Assert.Equal(Math.Abs(RankingFigures.Mean(figure, swapped, targets, null) - before), group.Change(i, j), 1e-12);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_an_objective_cannot_take_is_named(string message, Action fit) => Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(fit).Message, StringComparison.Ordinal);

    public static TheoryData<string, Action> Refusals
    {
        get
        {
            var s = new BoostingSample();
            return new()
            {
                { "target 0 is 1.5; it must be between 0 and 1", () => new BoostingRegressor { Objective = new LogisticObjective() }.Fit(s.X.Take([0]), [1.5]) },
                { "target 1 is 0; it must be greater than 0", () => new BoostingRegressor { Objective = new GammaObjective() }.Fit(s.X.Take([0, 1]), [1.0, 0]) },
                { "Levels are 0.5, 0.2; they must lie between 0 and 1, and rise", () => _ = new QuantileObjective { Levels = [0.5, 0.2] } },
                { "SoftmaxObjective with 3 scores predicts no single number", () => _ = new BoostingRegressor { Objective = new SoftmaxObjective { Classes = 3 } } },
                { "RankingObjective with 1 scores predicts no single number", () => _ = new BoostingRegressor { Objective = new RankingObjective() } },
                { "SquaredObjective is no objective of times", () => _ = new BoostingSurvival { Objective = new SquaredObjective() } },
                { "the hinge loss is of two classes, and there are 3", () => new BoostingClassifier { Loss = BoostingClassLoss.Hinge }.Fit(s.X, s.Three) },
                { "0 groups for 60 rows", () => new BoostingRanker().Fit(s.X, s.Relevance, []) },
                { "target 0 is 0.5; a relevance must be a whole number", () => new BoostingRanker().Fit(s.X.Take([0]), [0.5], [1]) },
                { "row 2 lies between", () => new BoostingSurvival().Fit(s.X, s.Intervals) },
                { "Row 0 lies between 2 and 1", () => SurvivalTimes.Between([2], [1]) },
                { "the targets of 'evaluation' are no times", () => new BoostingSurvival().Train(new(s.X, s.Y)) },
                { "the objective 'mine' has no Slopes", () => new BoostingRegressor { Objective = new CustomObjective { Name = "mine" } }.Fit(s.X, s.Y) },
                { "gave row 0 the gradient NaN", () => new BoostingRegressor { Objective = new CustomObjective { Name = "mine", Slopes = (_, _, g, h) => g.Fill(float.NaN) } }.Fit(s.X, s.Y) },
                { "the leaves of this objective are quantiles", () => new BoostingRegressor { Objective = new AbsoluteObjective(), LinearLeaves = true }.Fit(s.X, s.Y) },
                { "The base score of this objective is -1", () => new BoostingRegressor { Objective = new PoissonObjective(), BaseScore = -1 }.Fit(s.X, s.Counts) },
            };
        }
    }
}
