using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Members trained on draws of the rows, whose probabilities (or votes) are averaged.</summary>
public sealed record BaggingClassifier : BaggingOptions, IClassifier<BaggedClassificationModel>
{
    /// <summary>What each member is; a whole tree by default.</summary>
    public IClassifier<IClassificationModel> Base { get; init; } = new DecisionTreeClassifier();

    /// <inheritdoc/>
    public LearnerInput Takes => Base.Takes;

    /// <inheritdoc/>
    public BaggedClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(BaggingClassifier), x, y.Count, weights);
        var (models, features, leftOut) = Train(x, w, (own, rows, shares) => Base.Fit(own, y.Take(rows), shares));
        int classes = y.Classes.Length;
        double? accuracy = null;
        if (OutOfBag)
        {
            double[] p = OutOfBagMeans(x, classes, leftOut, features, (m, own) => ClassVotes.Of(models[m], own));
            int[] seen = [.. Enumerable.Range(0, x.Rows).Where(i => !double.IsNaN(p[i * classes]))];
            accuracy = seen.Count(i => TensorPrimitives.IndexOfMax<double>(p.AsSpan(i * classes, classes)) == y.Codes[i]) / (double)seen.Length;
        }
        return new() { Schema = x.Schema, Classes = y.Classes, Members = [.. models], Features = [.. features.Select(f => f.ToImmutableArray())], OutOfBagAccuracy = accuracy };
    }
}

/// <summary>What <see cref="BaggingClassifier"/> learned.</summary>
public sealed record BaggedClassificationModel : BaggedModel<IClassificationModel>, IProbabilisticModel
{
    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The accuracy on rows by the members that did not see them; null where that was not asked for.</summary>
    public double? OutOfBagAccuracy { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities) => Average(rows, probabilities);

    private protected override void Ask(IClassificationModel member, ReadOnlySpan<double> rows, Span<double> answers) => ClassVotes.Of(member, rows, answers, Classes.Length);
}
