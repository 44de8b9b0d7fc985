using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>The cross entropy of several classes, with a score for each.</summary>
public sealed record SoftmaxObjective : BoostingObjective
{
    const float LeastHessian = 1e-16f;

    /// <summary>The number of classes.</summary>
    public required int Classes { get; init => field = Check.AtLeast(2, value); }

    /// <inheritdoc/>
    public override int Outputs => Classes;

    // All scores start alike, and a number added to all of them changes nothing.
    internal override double Start(BoostingTargets targets) => 0.5;

    internal override void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians)
    {
        RowBlocks.For(targets.Rows, (start, end) =>
        {
            Span<float> p = new float[Classes];
            for (int i = start; i < end; i++)
            {
                margins.AsSpan(i * Classes, Classes).CopyTo(p);
                Softmax(p);
                for (int k = 0; k < Classes; k++)
                {
                    gradients[i * Classes + k] = (p[k] - (k == (int)targets.Values[i] ? 1 : 0)) * targets.Weights[i];
                    hessians[i * Classes + k] = Math.Max(2 * p[k] * (1 - p[k]) * targets.Weights[i], LeastHessian);
                }
            }
        });
    }

    internal override double Loss(float[] margins, BoostingTargets targets)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < targets.Rows; i++)
        {
            var own = margins.AsSpan(i * Classes, Classes);
            double most = System.Numerics.Tensors.TensorPrimitives.Max<float>(own), all = 0;
            foreach (float margin in own) all += Math.Exp(margin - most);
            sum += targets.Weights[i] * (Math.Log(all) + most - own[(int)targets.Values[i]]);
            total += targets.Weights[i];
        }
        return sum / total;
    }

    internal override void Transform(Span<float> margins)
    {
        for (int i = 0; i < margins.Length; i += Classes) Softmax(margins.Slice(i, Classes));
    }

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("mlogloss");

    static void Softmax(Span<float> x)
    {
        float most = System.Numerics.Tensors.TensorPrimitives.Max<float>(x);
        double sum = 0;
        foreach (ref float v in x) sum += v = MathF.Exp(v - most);
        foreach (ref float v in x) v /= (float)sum;
    }
}

/// <summary>The cross entropy of each class against all others, with a score for each; probabilities are scaled to sum to 1.</summary>
public sealed record OneVersusAllObjective : BoostingObjective
{
    /// <summary>The number of classes.</summary>
    public required int Classes { get; init => field = Check.AtLeast(2, value); }

    /// <inheritdoc/>
    public override int Outputs => Classes;

    internal override double Start(BoostingTargets targets) => 0;

    /// <summary>The log odds of each class.</summary>
    internal override ImmutableArray<float> Starts(BoostingTargets targets) =>
    [
        .. Enumerable.Range(0, Classes).Select(k =>
        {
            double share = Math.Clamp(targets.Mean(i => targets.Values[i] == k ? 1 : 0), 1e-6, 1 - 1e-6);
            return (float)Math.Log(share / (1 - share));
        }),
    ];

    internal override void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians)
    {
        RowBlocks.For(targets.Rows, (start, end) =>
        {
            for (int i = start, at = start * Classes; i < end; i++)
            {
                for (int k = 0; k < Classes; k++, at++)
                {
                    var (gradient, hessian) = Logit.Slope(margins[at], k == (int)targets.Values[i] ? 1 : 0);
                    (gradients[at], hessians[at]) = (gradient * targets.Weights[i], hessian * targets.Weights[i]);
                }
            }
        });
    }

    internal override double Loss(float[] margins, BoostingTargets targets)
    {
        double sum = 0, total = 0;
        for (int i = 0, at = 0; i < targets.Rows; i++)
        {
            for (int k = 0; k < Classes; k++, at++) sum += targets.Weights[i] * Logit.Loss(margins[at], k == (int)targets.Values[i] ? 1 : 0);
            total += targets.Weights[i];
        }
        return sum / total;
    }

    internal override void Transform(Span<float> margins)
    {
        for (int i = 0; i < margins.Length; i += Classes)
        {
            var own = margins.Slice(i, Classes);
            float sum = 0;
            foreach (ref float margin in own) sum += margin = Logit.Sigmoid(margin);
            foreach (ref float margin in own) margin = sum > 0 ? margin / sum : 1f / Classes;
        }
    }

    internal override BoostingMetric DefaultMetric => BoostingMetric.LogLoss;
}
