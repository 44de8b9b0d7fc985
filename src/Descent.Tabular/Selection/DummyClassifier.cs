using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>What a dummy says of every row.</summary>
public enum DummyClassStrategy
{
    /// <summary>The shares of the classes as probabilities.</summary>
    Prior,

    /// <summary>The most frequent class, for certain.</summary>
    MostFrequent,
}

/// <summary>Looks at the classes alone: what every model must beat.</summary>
public sealed record DummyClassifier : IClassifier<DummyClassificationModel>
{
    /// <summary>The rule by which it answers.</summary>
    public DummyClassStrategy Strategy { get; init; }

    /// <inheritdoc/>
    public LearnerInput Takes => LearnerInput.All;

    /// <inheritdoc/>
    public DummyClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(DummyClassifier), x, y.Count, weights), shares = new double[y.Classes.Length];
        for (int i = 0; i < w.Length; i++) shares[y.Codes[i]] += w[i];
        int most = TensorPrimitives.IndexOfMax<double>(shares);
        double total = w.Sum();
        for (int k = 0; k < shares.Length; k++) shares[k] = Strategy == DummyClassStrategy.Prior ? shares[k] / total : k == most ? 1 : 0;
        return new() { Schema = x.Schema, Classes = y.Classes, Shares = [.. shares] };
    }
}

/// <summary>What <see cref="DummyClassifier"/> learned.</summary>
public sealed record DummyClassificationModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The probability of each class.</summary>
    public required ImmutableArray<double> Shares { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        for (int i = 0; i < probabilities.Length; i += Shares.Length) Shares.CopyTo(probabilities.Slice(i, Shares.Length));
    }
}
