namespace Descent.Tabular;

/// <summary>One score of a row, and its loss.</summary>
public abstract record SingleObjective : BoostingObjective
{
    private protected SingleObjective() { }

    private protected abstract (float Gradient, float Hessian) Slope(float margin, float target);

    /// <summary>The loss of a row.</summary>
    internal abstract double Loss(double margin, double target);

    private protected virtual float Weigh(float weight, float target) => weight;

    internal sealed override void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians)
    {
        var (y, weights) = (targets.Values, targets.Weights);
        RowBlocks.For(y.Length, (start, end) =>
        {
            int count = end - start;
            Slopes(margins.AsSpan(start, count), y.AsSpan(start, count), weights.AsSpan(start, count), gradients.AsSpan(start, count), hessians.AsSpan(start, count));
        });
    }

    /// <summary>Gradients and hessians of some rows.</summary>
    private protected virtual void Slopes(ReadOnlySpan<float> margins, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> hessians)
    {
        for (int i = 0; i < y.Length; i++)
        {
            var (gradient, hessian) = Slope(margins[i], y[i]);
            float weight = Weigh(weights[i], y[i]);
            (gradients[i], hessians[i]) = (gradient * weight, hessian * weight);
        }
    }

    internal sealed override double Loss(float[] margins, BoostingTargets targets)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < targets.Rows; i++)
        {
            float weight = Weigh(targets.Weights[i], targets.Values[i]);
            if (weight == 0) continue;
            sum += weight * Loss(margins[i], targets.Values[i]);
            total += weight;
        }
        return sum / total;
    }
}
