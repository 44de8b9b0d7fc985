namespace Descent.Tabular;

/// <summary>One decision tree over numbers, grown as scikit-learn grows it; categories and missing values are split natively.</summary>
/// <remarks>Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984.</remarks>
public sealed record DecisionTreeRegressor : TreeOptions, IRegressor<RegressionTreeModel>
{
    /// <summary>What makes a node impure.</summary>
    public RegressionCriterion Criterion { get; init; }

    /// <inheritdoc/>
    public RegressionTreeModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(DecisionTreeRegressor), x, y, weights);
        TreeTraining.CheckCounts(nameof(DecisionTreeRegressor), Criterion, y);
        return new() { Schema = x.Schema, Tree = TreeTraining.Grow(new(x), this, false, Criterion, y.ToArray(), w, new(Seed)) };
    }
}

/// <summary>What <see cref="DecisionTreeRegressor"/> learned.</summary>
public sealed record RegressionTreeModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The tree, whose leaves hold numbers.</summary>
    public required Tree Tree { get; init; }

    /// <summary>By how much each feature lowers the impurity, as shares of 1.</summary>
    public double[] Importances() => Tree.Importances(Schema.Features.Length);

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        y.Clear();
        TreeVotes.AddNumbers(Tree, rows, Schema.Features.Length, y, 1);
    }
}
