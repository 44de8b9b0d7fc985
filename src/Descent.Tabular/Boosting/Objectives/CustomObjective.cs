using System.Text.Json.Serialization;

namespace Descent.Tabular;

/// <summary>Writes gradients and hessians of a loss by the scores, before weights.</summary>
/// <param name="margins">(rows × outputs) scores, one row after another.</param>
/// <param name="targets">The targets, one a row; of classes their numbers.</param>
/// <param name="gradients">(rows × outputs) gradients.</param>
/// <param name="hessians">(rows × outputs) hessians, at least 0.</param>
public delegate void BoostingSlopes(ReadOnlySpan<float> margins, ReadOnlySpan<float> targets, Span<float> gradients, Span<float> hessians);

/// <summary>Turns scores of rows into predictions, in place.</summary>
/// <param name="margins">(rows × outputs) numbers, one row after another.</param>
public delegate void BoostingTransform(Span<float> margins);

/// <summary>
/// An objective of one's own. A model file keeps its name and how many scores it has, but no code: a model that was read gives margins,
/// and predicts once it is given the transform again.
/// </summary>
public sealed record CustomObjective : BoostingObjective
{
    /// <summary>What it is called in model files and errors.</summary>
    public required string Name { get; init; }

    /// <summary>Scores of a row.</summary>
    public int Scores { get; init => field = Check.AtLeast(1, value); } = 1;

    /// <inheritdoc/>
    public override int Outputs => Scores;

    /// <summary>Gradient and hessian; needed to train.</summary>
    [JsonIgnore]
    public BoostingSlopes? Slopes { get; init; }

    /// <summary>Scores to predictions; null where scores are the predictions.</summary>
    [JsonIgnore]
    public BoostingTransform? Transformation
    {
        get;
        init => (field, IsTransformed) = (value, value is not null || IsTransformed);
    }

    /// <summary>Whether predictions are other than scores.</summary>
    public bool IsTransformed { get; init; }

    /// <summary>Scores start from 0 unless a base score is given.</summary>
    internal override double Start(BoostingTargets targets) => 0;

    internal override void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians)
    {
        Slopes!(margins, targets.Values, gradients, hessians);
        for (int i = 0; i < gradients.Length; i++)
        {
            if (!float.IsFinite(gradients[i]) || !(hessians[i] >= 0) || float.IsInfinity(hessians[i]))
                throw new ArgumentException($"The objective '{Name}' gave row {i / Scores} the gradient {gradients[i]} and the hessian {hessians[i]}; expected finite numbers, and a hessian of at least 0.");
            float weight = targets.Weights[i / Scores];
            (gradients[i], hessians[i]) = (gradients[i] * weight, hessians[i] * weight);
        }
    }

    internal override double Loss(float[] margins, BoostingTargets targets) => throw new InvalidOperationException($"The objective '{Name}' has no loss to watch. Give the session a metric.");

    internal override void Transform(Span<float> margins)
    {
        if (Transformation is not null) Transformation(margins);
        else if (IsTransformed)
            throw new InvalidOperationException($"The model was trained with the objective '{Name}', whose transform is code that a model file does not hold. Ask for margins, or set the booster's Objective to one that has the Transformation.");
    }

    internal override BoostingMetric DefaultMetric => throw new InvalidOperationException($"The objective '{Name}' has no figure of its own to watch. Give the session a metric.");
}
