using Descent.Tabular;

namespace Descent.Benchmarks;

/// <summary>
/// Shapley values of boosted trees. <c>SHAP_MODEL</c> may name a model that XGBoost saved, to explain the same trees as it does.
/// </summary>
static class ShapTask
{
    const int Columns = 28, Rows = 20_000;

    public static void Run(Report report)
    {
        double[] rows = new double[Rows * Columns];
        new Tensors.Generator(1).Normal(rows);
        var x = Features.FromRows(rows, Columns);
        BoostedTrees trees;
        if (Environment.GetEnvironmentVariable("SHAP_MODEL") is { } path) trees = BoostedTrees.LoadXgboost(path);
        else
        {
            double[] y = [.. Enumerable.Range(0, Rows).Select(i => rows[i * Columns] * rows[i * Columns + 1] + Math.Sin(2 * rows[i * Columns + 2]) + rows[i * Columns + 3])];
            trees = new BoostingRegressor { Rounds = 100, MaxDepth = 6, LearningRate = 0.1f, Method = TreeMethod.Histogram }.Fit(x, y).Booster;
        }
        var few = x.Take([.. Enumerable.Range(0, 1000)]);
        string config = $"trees{trees.Trees.Length} leaves{trees.Trees.Average(t => t.Leaves):0} features{Columns}";
        Measure("values", x, e => e.Explain(trees, x));
        Measure("pairs", few, e => e.Interactions(trees, few));
        var background = x.Take([.. Enumerable.Range(0, 100)]);
        var fewer = x.Take([.. Enumerable.Range(0, 100)]);
        Measure("background100", fewer, e => (e with { Background = background }).Explain(trees, fewer));

        void Measure(string metric, Features own, Func<Shap, object> explain)
        {
            if (!report.Wants("shap", metric)) return;
            var (seconds, spread) = Stopwatches.Median(() => explain(new Shap()), runs: 3);
            report.Emit("shap", config, metric, own.Rows / seconds, "rows/s", spread);
        }
    }
}
