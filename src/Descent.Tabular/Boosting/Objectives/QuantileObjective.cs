using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>The pinball loss of one quantile or of several, with a score for each: leaves become quantiles of what is left.</summary>
/// <remarks>Koenker and Bassett, "Regression Quantiles", Econometrica 46, 1978.</remarks>
public sealed record QuantileObjective : BoostingObjective
{
    /// <summary>The shares of the targets that are to lie below the predictions, rising.</summary>
    public ImmutableArray<double> Levels
    {
        get;
        init
        {
            Check.NotEmpty(value);
            for (int k = 0; k < value.Length; k++)
                if (!(value[k] is > 0 and < 1) || (k > 0 && value[k] <= value[k - 1]))
                    throw new ArgumentException($"Levels are {string.Join(", ", value)}; they must lie between 0 and 1, and rise.", nameof(Levels));
            field = value;
        }
    } = [0.5];

    /// <inheritdoc/>
    public override int Outputs => Levels.Length;

    /// <summary>Whether another objective has the same levels.</summary>
    public bool Equals(QuantileObjective? other) => other is not null && Levels.AsSpan().SequenceEqual(other.Levels.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Levels.Aggregate(0, HashCode.Combine);

    internal override double Start(BoostingTargets targets) => targets.Quantile(Levels[0]);

    internal override ImmutableArray<float> Starts(BoostingTargets targets) => Levels.Length == 1 ? [] : [.. Levels.Select(level => (float)targets.Quantile(level))];

    internal override void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians)
    {
        int outputs = Outputs;
        for (int k = 0; k < outputs; k++)
        {
            float level = (float)Levels[k];
            for (int i = 0, at = k; i < targets.Rows; i++, at += outputs)
            {
                float weight = targets.Weights[i];
                (gradients[at], hessians[at]) = ((margins[at] >= targets.Values[i] ? 1 - level : -level) * weight, weight);
            }
        }
    }

    internal override double Loss(float[] margins, BoostingTargets targets)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < targets.Rows; i++)
        {
            for (int k = 0; k < Levels.Length; k++)
            {
                double below = targets.Values[i] - (double)margins[i * Levels.Length + k];
                sum += targets.Weights[i] * Math.Max(Levels[k] * below, (Levels[k] - 1) * below);
            }
            total += targets.Weights[i];
        }
        return sum / (total * Levels.Length);
    }

    /// <summary>Quantiles may cross where trees differ; sorting them never takes one further from the truth.</summary>
    internal override void Transform(Span<float> margins)
    {
        if (Levels.Length == 1) return;
        for (int i = 0; i < margins.Length; i += Levels.Length) margins.Slice(i, Levels.Length).Sort();
    }

    internal override double? LeafQuantile(int output) => Levels[output];

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("quantile");
}
