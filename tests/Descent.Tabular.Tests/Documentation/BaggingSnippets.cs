using Descent.Metrics;

namespace Descent.Tabular.Tests.Documentation;

/// <summary>The examples of the page on bagging and random forests, as they stand there.</summary>
public sealed class BaggingSnippets
{
    [Fact]
    public void Many_trees_are_better_than_one_and_test_themselves()
    {
        var (train, test) = ChurnTable.Create(2000).Drop("customer", "signed_up", "last_login", "plan", "currency").Split(0.25, seed: 1, stratify: "churned");
        bool[] left = [.. Enumerable.Range(0, test.Rows).Select(row => test["churned"].Format(row) == "true")];
        double Area(IProbabilisticModel m) => CurveMetrics.RocAuc(left, [.. m.Probabilities(test).Where((_, i) => i % 2 == 1)]);

        double tree = Area(new DecisionTreeClassifier { Seed = 1 }.Fit(train, "churned"));
        double bagged = Area(new BaggingClassifier { Members = 50, Seed = 1 }.Fit(train, "churned"));
        var forest = new RandomForestClassifier { Trees = 100, MaxFeatures = MaxFeatures.SquareRoot, OutOfBag = true, Seed = 1 }.Fit(train, "churned");
        double drawn = Area(forest);
        // The tree is far behind both.
        Assert.True(bagged > tree + 0.05 && drawn > tree + 0.05, $"{tree} {bagged} {drawn}");

        double honest = forest.OutOfBagAccuracy!.Value;    // near the accuracy on new rows
        double missed = Math.Pow(1 - 1.0 / train.Rows, train.Rows);    // 0.368
        double right = forest.Predict(test).Where((c, row) => c == test["churned"].Format(row)).Count() / (double)test.Rows;
        Assert.InRange(honest, right - 0.05, right + 0.05);
        Assert.Equal(0.368, missed, 1e-3);
    }
}
