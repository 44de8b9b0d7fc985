using Descent.Metrics;

namespace Descent.Tabular.Tests;

public sealed class ScorerTests
{
    static readonly Target s_classes = Target.Of(Labels.From([0L, 1, 1, 0, 1])), s_numbers = Target.Of([1.0, 2, 0.5, 4]);
    static readonly Predictions s_saidClasses = Predictions.Of(["0", "1"], [0, 1, 0, 0, 1], [0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.7, 0.3, 0.4, 0.6]);
    static readonly Predictions s_saidNumbers = Predictions.Of([1.5, 2.0, 1, 3]);
    static readonly Labels s_lists = Labels.From([0L, 0, 1, 1]);

    public static TheoryData<string> Names => [.. Scorers.All.Select(s => s.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_scorer_prefers_the_truth_and_is_found_by_its_name(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var scorer = Scorers.Named(name.ToUpperInvariant().Replace('_', '-'));
        Assert.Equal(name, scorer.Name);
        bool isClass = scorer.Kind == TargetKind.Class;
        var (truth, said) = isClass ? (s_classes, s_saidClasses) : (s_numbers, s_saidNumbers);
        var right = isClass ? Predictions.Of(["0", "1"], [0, 1, 1, 0, 1], [1, 0, 0, 1, 0, 1, 1, 0, 0, 1]) : Predictions.Of([1.0, 2, 0.5, 4]);
        double own = scorer.Score(truth, said, default, s_lists), best = scorer.Score(truth, right, default, s_lists);
        Assert.True(double.IsFinite(own));
        Assert.True(scorer.IsBetter(best, own) || best == own);
        Assert.False(scorer.IsBetter(own, best));
        Assert.True(scorer.IsBetter(own, double.NaN));
    }

    [Fact]
    public void Figures_are_those_of_the_metrics()
    {
        Assert.Equal(0.8, Scorers.Accuracy.Score(s_classes, s_saidClasses), 1e-12);
        Assert.Equal(1, Scorers.RocAuc.Score(s_classes, s_saidClasses), 1e-12);
        Assert.Equal(RegressionMetrics.R2(s_numbers.Numbers, s_saidNumbers.Numbers), Scorers.R2.Score(s_numbers, s_saidNumbers));
        // (2^4 − 1) ranked first, and in the other list 3 = 2² − 1 ranked first of 1: both lists are in order.
        Assert.Equal(1, Scorers.Ndcg.Score(s_numbers, s_saidNumbers, default, s_lists), 1e-12);
        Assert.Equal((5.0 + 0) / 5, Scorer.Cost(new double[,] { { 0, 1 }, { 5, 0 } }).Score(s_classes, s_saidClasses), 1e-12);
    }

    // scikit-learn 1.2.1.
    [Theory]
    [InlineData(0, 1.0, 1.875)]
    [InlineData(1, 1.0, 1.4260151319598084)]
    [InlineData(1.5, 1.0, 1.7781745930520232)]
    [InlineData(2, 0.5, 1.0568528194400546)]
    [InlineData(3, 0.5, 1.25)]
    public void Deviances_are_those_of_the_reference(double power, double second, double expected) =>
        Assert.Equal(expected, RegressionMetrics.MeanTweedieDeviance([2, power >= 2 ? second : 0, 1, 4], [0.5, 0.5, 2, 2], power), 1e-9);

    [Fact]
    public void Classes_a_model_does_not_know_have_no_probability()
    {
        var truth = Target.Of(Labels.From([0L, 1, 2]));
        var said = Predictions.Of(["0", "2"], [0, 1, 1], [0.8, 0.2, 0.5, 0.5, 0.1, 0.9]);
        Assert.Equal(2.0 / 3, Scorers.Accuracy.Score(truth, said), 1e-12);
        Assert.True(Scorers.LogLoss.Score(truth, said) > 10);
    }

    [Fact]
    public void Wrong_uses_say_what_to_do()
    {
        Refuse("Of classes there are: accuracy", () => Scorers.Named("accurasy"));
        Refuse("Take one of: accuracy", () => Scorers.R2.Score(s_classes, s_saidClasses));
        Refuse("Say which column", () => Scorers.Ndcg.Score(s_numbers, s_saidNumbers));
        Refuse("Take f1_macro", () => Scorers.F1.Score(Target.Of(Labels.From([0L, 1, 2])), Predictions.Of(["0", "1", "2"], [0, 1, 2])));
        Refuse("needs probabilities", () => Scorers.LogLoss.Score(s_classes, Predictions.Of(["0", "1"], [0, 1, 0, 0, 1])));
        Refuse("expected as many", () => Scorers.Accuracy.Score(s_classes, s_saidClasses.Take([0, 1])));
    }

    static void Refuse(string message, Action act) => Assert.Contains(message, Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
}
