namespace Descent.Tabular.Tests.Documentation;

/// <summary>The examples of the page on second-order boosting (XGBoost), as they stand there.</summary>
public sealed class XgboostSnippets
{
    static bool Near(double a, double b) => Math.Abs(a - b) < 1e-2 * Math.Max(0.1, Math.Abs(b));

    [Fact]
    public void Gain_and_leaves_follow_from_the_sums_of_gradients()
    {
        double[] values = [1, 2, 3, 4, 5, 6], y = [1, 1.5, 1, 4, 5, 4.5];
        var x = Features.FromRows(values, 1);
        const double Lambda = 1;
        // Squared loss at the score 0: g = f − y = −y, and h = 1.
        double Score(IEnumerable<double> own) => own.Sum() * own.Sum() / (own.Count() + Lambda);
        double Gain(int left) => 0.5 * (Score(y.Take(left)) + Score(y.Skip(left)) - Score(y));
        int best = Enumerable.Range(1, 5).MaxBy(Gain);                               // 3 rows to the left
        double leftLeaf = y.Take(3).Sum() / (3 + Lambda);                            // 0.875
        double rightLeaf = y.Skip(3).Sum() / (3 + Lambda);                           // 3.375

        var model = new BoostingRegressor { Rounds = 1, MaxDepth = 1, LearningRate = 1, Lambda = 1, BaseScore = 0 }.Fit(x, y);
        double[] predicted = model.Predict(x);                                       // 0.875 three times, 3.375 three times
        Assert.Equal(3, best);
        Assert.Equal([0.875, 0.875, 0.875, 3.375, 3.375, 3.375], predicted, Near);
        Assert.Equal([0.875, 3.375], [leftLeaf, rightLeaf], Near);

        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".json");
        model.Booster.SaveXgboost(path);
        double[] again = new BoostingRegressionModel { Booster = BoostedTrees.LoadXgboost(path) }.Predict(x);
        File.Delete(path);
        Assert.Equal(predicted, again, Near);
    }
}
