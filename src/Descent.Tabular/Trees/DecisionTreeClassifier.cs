using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>One decision tree over classes, grown as scikit-learn grows it; categories and missing values are split natively.</summary>
/// <remarks>Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984.</remarks>
public sealed record DecisionTreeClassifier : TreeOptions, IClassifier<ClassificationTreeModel>
{
    /// <summary>What makes a node impure.</summary>
    public ClassificationCriterion Criterion { get; init; }

    /// <inheritdoc/>
    public ClassificationTreeModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(DecisionTreeClassifier), x, y.Count, weights);
        var tree = TreeTraining.Grow(new(x), this, false, Criterion, y.Codes.ToArray(), y.Classes.Length, w, new(Seed));
        return new() { Schema = x.Schema, Classes = y.Classes, Tree = tree };
    }
}

/// <summary>What <see cref="DecisionTreeClassifier"/> learned.</summary>
public sealed record ClassificationTreeModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The tree; a node's values are the weights of the classes.</summary>
    public required Tree Tree { get; init; }

    /// <summary>By how much each feature lowers the impurity, as shares of 1.</summary>
    public double[] Importances() => Tree.Importances(Schema.Features.Length);

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        probabilities.Clear();
        TreeVotes.AddShares(Tree, rows, Schema.Features.Length, probabilities, 1);
    }
}
