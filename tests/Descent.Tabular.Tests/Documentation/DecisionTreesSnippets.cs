using Descent.Testing;

namespace Descent.Tabular.Tests.Documentation;

/// <summary>The examples of the page on decision trees, as they stand there.</summary>
public sealed class DecisionTreesSnippets
{
    static bool Near(double a, double b) => Math.Abs(a - b) < 1e-2 * Math.Max(0.1, Math.Abs(b));

    [Fact]
    public void A_tree_is_read_drawn_and_pruned()
    {
        string[] columns = ["contract", "support_calls", "monthly_charge", "gigabytes", "satisfaction", "churned"];
        var (train, test) = ChurnTable.Create(2000).Select(columns).Split(0.25, seed: 1, stratify: "churned");
        var model = new DecisionTreeClassifier { MaxDepth = 3, MinSamplesLeaf = 20 }.Fit(train, "churned");
        string text = model.Tree.ToText(model.Schema, model.Classes);
        string picture = model.Tree.ToSvg(model.Schema, model.Classes);
        Assert.Contains("contract", text, StringComparison.Ordinal);
        Assert.True(model.Tree.Depth == 3 && picture.StartsWith("<svg", StringComparison.Ordinal));
        Pictures.Same("decision-tree.svg", picture);

        var whole = new DecisionTreeClassifier().Fit(train, "churned");
        var pruned = new DecisionTreeClassifier { CcpAlpha = 0.003 }.Fit(train, "churned");
        int prices = whole.Tree.PruningPath().Count;
        double Right(IClassificationModel m, Frame rows) => m.Predict(rows).Where((c, row) => c == rows["churned"].Format(row)).Count() / (double)rows.Rows;
        var (learned, kept) = (Right(whole, train), Right(whole, test));                // 1 and much less
        var (prunedLearned, prunedKept) = (Right(pruned, train), Right(pruned, test));  // nearly the same
        Assert.True(prices > 50);
        Assert.True(learned == 1 && prunedKept > kept + 0.02 && prunedLearned - prunedKept < 0.1, $"{learned} {kept} {prunedLearned} {prunedKept}");
    }

    [Fact]
    public void Impurity_tells_questions_apart_that_mistakes_do_not()
    {
        static double Gini(params double[] counts) => 1 - counts.Sum(c => c / counts.Sum() * (c / counts.Sum()));

        double before = Gini(40, 40);                                               // 0.5
        double first = 40 / 80.0 * Gini(30, 10) + 40 / 80.0 * Gini(10, 30);         // 0.375
        double second = 60 / 80.0 * Gini(20, 40) + 20 / 80.0 * Gini(20, 0);         // 0.333: better
        Assert.Equal([0.5, 0.375, 1 / 3.0], [before, first, second], Near);
    }
}
