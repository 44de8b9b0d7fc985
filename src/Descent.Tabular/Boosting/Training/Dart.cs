using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Which trees are rather dropped.</summary>
public enum DartSample
{
    /// <summary>All alike.</summary>
    Uniform,

    /// <summary>Those of greater weight.</summary>
    Weighted,
}

/// <summary>How the new trees and those that were dropped share what these said.</summary>
public enum DartNormalization
{
    /// <summary>A new tree weighs as much as each tree dropped.</summary>
    Tree,

    /// <summary>The new trees weigh as much as all trees dropped.</summary>
    Forest,
}

/// <summary>Dropout of trees: each round fits what is left once some trees are taken away, and is then scaled to fit in beside them.</summary>
/// <remarks>Rashmi and Gilad-Bachrach, "DART: Dropouts meet Multiple Additive Regression Trees", 2015; names and defaults are XGBoost's.</remarks>
public sealed record Dart
{
    /// <summary>The share of trees that a round drops.</summary>
    public double RateDrop { get; init => field = Check.Within(0, 1, value); }

    /// <summary>The probability that a round drops none.</summary>
    public double SkipDrop { get; init => field = Check.Within(0, 1, value); }

    /// <summary>Whether a round that does not skip drops one tree at least.</summary>
    public bool OneDrop { get; init; }

    /// <summary>Which trees are rather dropped.</summary>
    public DartSample SampleType { get; init; }

    /// <summary>How the new trees and those that were dropped share what these said.</summary>
    public DartNormalization NormalizeType { get; init; }

    /// <summary>The trees that a round drops, rising.</summary>
    internal int[] Drop(IReadOnlyList<float> weights, Generator generator)
    {
        if (weights.Count == 0 || (SkipDrop > 0 && generator.NextDouble() < SkipDrop)) return [];
        double sum = weights.Sum(w => (double)w);
        int[] dropped =
        [
            .. Enumerable.Range(0, weights.Count).Where(t =>
                generator.NextDouble() < (SampleType == DartSample.Uniform ? RateDrop : RateDrop * weights.Count * weights[t] / sum)),
        ];
        if (!OneDrop || dropped.Length > 0) return dropped;
        double place = generator.NextDouble() * (SampleType == DartSample.Uniform ? weights.Count : sum);
        int one = 0;
        for (double passed = 0; one < weights.Count - 1; one++)
        {
            passed += SampleType == DartSample.Uniform ? 1 : weights[one];
            if (place < passed) break;
        }
        return [one];
    }

    /// <summary>What the weights of dropped trees are multiplied by, and the weight of each new tree.</summary>
    internal (float Factor, float Weight) Normalize(int dropped, int added, float learningRate)
    {
        float rate = learningRate / added;
        if (dropped == 0) return (1, 1);
        if (NormalizeType == DartNormalization.Tree) return (dropped / (dropped + rate), 1 / (dropped + rate));
        float factor = 1 / (1 + rate);
        return (factor, factor);
    }
}
