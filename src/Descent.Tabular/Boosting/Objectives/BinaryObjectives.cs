using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>The cross entropy of two classes, 0 and 1, or of shares between them; the score is the log odds.</summary>
public sealed record LogisticObjective : SingleObjective
{
    /// <summary>Multiplies the weight of rows of class 1.</summary>
    public float ScalePositiveWeight { get; init => field = Check.Above(0, value); } = 1;

    internal override float Margin(float prediction) => prediction is > 0 and < 1 ? -MathF.Log(1 / prediction - 1)
        : throw new ArgumentException($"The base score of the logistic objective is {prediction}; it is a probability above 0 and below 1.");

    internal override double Start(BoostingTargets targets) => Math.Clamp(targets.Mean(), 1e-6, 1 - 1e-6);

    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => Logit.Slope(margin, target);

    private protected override void Slopes(ReadOnlySpan<float> margins, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> hessians)
    {
        Logit.Slopes(margins, y, gradients, hessians);
        for (int i = 0; i < y.Length; i++)
        {
            float weight = Weigh(weights[i], y[i]);
            (gradients[i], hessians[i]) = (gradients[i] * weight, hessians[i] * weight);
        }
    }

    internal override double Loss(double margin, double target) => Logit.Loss(margin, target);

    private protected override float Weigh(float weight, float target) => target == 1 ? weight * ScalePositiveWeight : weight;

    internal override void Transform(Span<float> margins)
    {
        foreach (ref float margin in margins) margin = Logit.Sigmoid(margin);
    }

    internal override string? Refuse(double target) => target is >= 0 and <= 1 ? null : "it must be between 0 and 1";

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("logloss");
}

/// <summary>max(0, 1 − y f) of two classes, where y is −1 of class 0 and 1 of class 1; it predicts a class and no probability.</summary>
public sealed record HingeObjective : SingleObjective
{
    /// <summary>The least normal float32, XGBoost's hessian where there is no slope.</summary>
    const float LeastHessian = 1.17549435e-38f;

    internal override double Start(BoostingTargets targets) => 0.5;

    private protected override (float Gradient, float Hessian) Slope(float margin, float target)
    {
        float y = 2 * target - 1;
        return margin * y < 1 ? (-y, 1) : (0, LeastHessian);
    }

    internal override double Loss(double margin, double target) => Math.Max(0, 1 - margin * (2 * target - 1));

    internal override void Transform(Span<float> margins)
    {
        foreach (ref float margin in margins) margin = margin > 0 ? 1 : 0;
    }

    internal override string? Refuse(double target) => target is 0 or 1 ? null : "it must be 0 or 1";

    internal override BoostingMetric DefaultMetric => BoostingMetric.ErrorRate;
}

/// <summary>The logistic loss of one score.</summary>
static class Logit
{
    const float LeastHessian = 1e-16f;

    internal static float Sigmoid(float x) => 1 / (1 + MathF.Exp(Math.Min(-x, 88.7f)) + 1e-16f);

    internal static (float Gradient, float Hessian) Slope(float margin, float target)
    {
        float p = Sigmoid(margin);
        return (p - target, Math.Max(p * (1 - p), LeastHessian));
    }

    /// <summary>As <see cref="Slope"/> of many rows, a step at a time over spans that stay in the cache.</summary>
    internal static void Slopes(ReadOnlySpan<float> margins, ReadOnlySpan<float> targets, Span<float> gradients, Span<float> hessians)
    {
        TensorPrimitives.Negate(margins, gradients);
        TensorPrimitives.Min(gradients, 88.7f, gradients);
        TensorPrimitives.Exp(gradients, gradients);
        TensorPrimitives.Add(gradients, 1, gradients);
        TensorPrimitives.Divide(1, gradients, gradients);
        TensorPrimitives.Subtract(1, gradients, hessians);
        TensorPrimitives.Multiply(gradients, hessians, hessians);
        TensorPrimitives.Max(hessians, LeastHessian, hessians);
        TensorPrimitives.Subtract(gradients, targets, gradients);
    }

    internal static double Loss(double margin, double target) => StageLoss.SoftPlus(margin) - target * margin;
}
