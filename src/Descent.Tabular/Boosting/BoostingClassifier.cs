using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Second-order boosting of classes, with exact split finding: the logistic loss of two, the softmax of more.</summary>
public sealed record BoostingClassifier : BoostingOptions, IClassifier<BoostingClassificationModel>
{
    /// <summary>Of two classes, multiplies the weight of rows of the second.</summary>
    public float ScalePositiveWeight { get; init => field = Check.Above(0, value); } = 1;

    /// <inheritdoc/>
    public BoostingClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(BoostingClassifier), x, y.Count, weights);
        Training.TwoClasses(nameof(BoostingClassifier), y);
        BoostingObjective objective = y.Classes.Length == 2 ? new LogisticObjective { ScalePositiveWeight = ScalePositiveWeight } : new SoftmaxObjective { Classes = y.Classes.Length };
        double[] targets = Array.ConvertAll(y.Codes.ToArray(), c => (double)c);
        return new() { Classes = y.Classes, Booster = Boost(nameof(BoostingClassifier), x, objective, targets, w) };
    }
}

/// <summary>What <see cref="BoostingClassifier"/> learned.</summary>
public sealed record BoostingClassificationModel : IProbabilisticModel, IMarginModel
{
    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The trees.</summary>
    public required BoostedTrees Booster { get; init; }

    /// <inheritdoc/>
    public FeatureSchema Schema => Booster.Schema;

    int IMarginModel.Scores => Booster.Objective.Outputs;

    void IMarginModel.Margins(ReadOnlySpan<double> rows, Span<double> margins)
    {
        float[] own = new float[margins.Length];
        Booster.Margins(rows, own);
        System.Numerics.Tensors.TensorPrimitives.ConvertTruncating<float, double>(own, margins);
    }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length, outputs = Booster.Objective.Outputs;
        float[] predictions = new float[probabilities.Length / classes * outputs];
        Booster.Predict(rows, predictions);
        for (int i = 0; i < predictions.Length; i++)
        {
            if (outputs > 1) probabilities[i] = predictions[i];
            else (probabilities[2 * i], probabilities[2 * i + 1]) = (1.0 - predictions[i], predictions[i]);
        }
    }
}
