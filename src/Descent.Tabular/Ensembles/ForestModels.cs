using System.Collections.Immutable;
using Descent.Metrics;

namespace Descent.Tabular;

/// <summary>What a forest learned of classes.</summary>
public sealed record ForestClassificationModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The trees, which count alike.</summary>
    public required ImmutableArray<Tree> Trees { get; init; }

    /// <summary>The accuracy on rows by the trees that did not see them; null where that was not asked for.</summary>
    public double? OutOfBagAccuracy { get; init; }

    /// <summary>By how much each feature lowers the impurity, as shares of 1, averaged over the trees.</summary>
    public double[] Importances() => ForestTraining.Importances(Trees, Schema.Features.Length);

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        probabilities.Clear();
        foreach (var tree in Trees) TreeVotes.AddShares(tree, rows, Schema.Features.Length, probabilities, 1.0 / Trees.Length);
        // Shares that are added up may pass 1 by a rounding, and are then no probability.
        System.Numerics.Tensors.TensorPrimitives.Min(probabilities, 1.0, probabilities);
    }

    internal static ForestClassificationModel Of(Features x, Labels y, ImmutableArray<Tree> trees, bool[][]? leftOut)
    {
        double? accuracy = null;
        if (leftOut is not null)
        {
            double[] p = ForestTraining.OutOfBag(trees, leftOut, x);
            int classes = y.Classes.Length;
            int[] seen = [.. Enumerable.Range(0, x.Rows).Where(i => !double.IsNaN(p[i * classes]))];
            int right = seen.Count(i => System.Numerics.Tensors.TensorPrimitives.IndexOfMax<double>(p.AsSpan(i * classes, classes)) == y.Codes[i]);
            accuracy = right / (double)seen.Length;
        }
        return new() { Schema = x.Schema, Classes = y.Classes, Trees = trees, OutOfBagAccuracy = accuracy };
    }
}

/// <summary>What a forest learned of numbers.</summary>
public sealed record ForestRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The trees, which count alike.</summary>
    public required ImmutableArray<Tree> Trees { get; init; }

    /// <summary>R² on rows by the trees that did not see them; null where that was not asked for.</summary>
    public double? OutOfBagR2 { get; init; }

    /// <summary>By how much each feature lowers the impurity, as shares of 1, averaged over the trees.</summary>
    public double[] Importances() => ForestTraining.Importances(Trees, Schema.Features.Length);

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        y.Clear();
        foreach (var tree in Trees) TreeVotes.AddNumbers(tree, rows, Schema.Features.Length, y, 1.0 / Trees.Length);
    }

    internal static ForestRegressionModel Of(Features x, double[] y, ImmutableArray<Tree> trees, bool[][]? leftOut)
    {
        double? r2 = null;
        if (leftOut is not null)
        {
            double[] p = ForestTraining.OutOfBag(trees, leftOut, x);
            int[] seen = [.. Enumerable.Range(0, x.Rows).Where(i => !double.IsNaN(p[i]))];
            r2 = RegressionMetrics.R2(Array.ConvertAll(seen, i => y[i]), Array.ConvertAll(seen, i => p[i]));
        }
        return new() { Schema = x.Schema, Trees = trees, OutOfBagR2 = r2 };
    }
}
