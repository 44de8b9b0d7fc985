using Descent.Metrics;

namespace Descent.Tabular.Tests.Documentation;

/// <summary>The examples of the page on stacking, as they stand there.</summary>
public sealed class StackingSnippets
{
    [Fact]
    public void A_stack_is_not_far_behind_its_best_member()
    {
        var (train, test) = ChurnTable.Create(1500).Select("support_calls", "gigabytes", "newsletter", "churned").Split(0.3, seed: 1, stratify: "churned");
        var stack = new StackingClassifier
        {
            Learners =
            [
                new LogisticRegression(),
                new RandomForestClassifier { Trees = 30, MinSamplesLeaf = 5, Seed = 1 },
                new GaussianNaiveBayes(),
            ],
            FinalLearner = new LogisticRegression(),
            Folds = 5,
        }.Fit(train, "churned");

        bool[] left = [.. Enumerable.Range(0, test.Rows).Select(row => test["churned"].Format(row) == "true")];
        double Area(IProbabilisticModel m) => CurveMetrics.RocAuc(left, [.. m.Probabilities(test).Where((_, i) => i % 2 == 1)]);
        double together = Area(stack);
        double[] alone = [.. stack.Members.Select(m => Area((IProbabilisticModel)m))];
        Assert.Equal(3, alone.Length);
        Assert.True(together > alone.Average() && together > alone.Max() - 0.02, $"{together} of {string.Join(' ', alone)}");
    }
}
