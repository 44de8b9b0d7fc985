using System.Text.Json.Serialization;

namespace Descent.Tabular;

/// <summary>What second-order boosting descends: gradient and hessian of a loss by the scores of a row, in float32 as XGBoost has them.</summary>
[JsonDerivedType(typeof(SquaredObjective), "squared")]
[JsonDerivedType(typeof(PseudoHuberObjective), "pseudo_huber")]
[JsonDerivedType(typeof(LogisticObjective), "logistic")]
[JsonDerivedType(typeof(PoissonObjective), "poisson")]
[JsonDerivedType(typeof(GammaObjective), "gamma")]
[JsonDerivedType(typeof(TweedieObjective), "tweedie")]
[JsonDerivedType(typeof(SoftmaxObjective), "softmax")]
public abstract record BoostingObjective
{
    private protected BoostingObjective() { }

    /// <summary>Scores of a row: 1, or the number of classes.</summary>
    public virtual int Outputs => 1;

    /// <summary>The score that stands for a prediction.</summary>
    internal abstract float Margin(float prediction);

    /// <summary>The mean prediction to start from.</summary>
    internal abstract double Start(double meanTarget);

    /// <summary>Gradients and hessians of all rows' scores, which lie one after another for each row.</summary>
    internal abstract void Gradients(ReadOnlySpan<float> margins, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> hessians);

    /// <summary>Scores to predictions, in place.</summary>
    internal abstract void Transform(Span<float> margins);

    /// <summary>Why a target is none of this objective, or null.</summary>
    internal virtual string? Refuse(double target) => null;
}

/// <summary>One score of a row, and its loss.</summary>
public abstract record SingleObjective : BoostingObjective
{
    private protected SingleObjective() { }

    private protected abstract (float Gradient, float Hessian) Slope(float margin, float target);

    private protected virtual float Weigh(float weight, float target) => weight;

    internal sealed override void Gradients(ReadOnlySpan<float> margins, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> hessians)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            var (gradient, hessian) = Slope(margins[i], targets[i]);
            float weight = Weigh(weights[i], targets[i]);
            (gradients[i], hessians[i]) = (gradient * weight, hessian * weight);
        }
    }
}

/// <summary>½ (y − f)².</summary>
public sealed record SquaredObjective : SingleObjective
{
    internal override float Margin(float prediction) => prediction;

    internal override double Start(double meanTarget) => meanTarget;

    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => (margin - target, 1);

    internal override void Transform(Span<float> margins) { }
}

/// <summary>δ² (√(1 + ((y − f) / δ)²) − 1): squared near, absolute far.</summary>
public sealed record PseudoHuberObjective : SingleObjective
{
    /// <summary>The distance δ at which the one passes into the other.</summary>
    public float Delta { get; init => field = Check.Above(0, value); } = 1;

    internal override float Margin(float prediction) => prediction;

    internal override double Start(double meanTarget) => meanTarget;

    private protected override (float Gradient, float Hessian) Slope(float margin, float target)
    {
        float z = margin - target, root = MathF.Sqrt(1 + z * z / (Delta * Delta)), scale = Delta * Delta + z * z;
        return (z / root, Delta * Delta / (scale * root));
    }

    internal override void Transform(Span<float> margins) { }
}

/// <summary>The cross entropy of two classes, 0 and 1; the score is the log odds.</summary>
public sealed record LogisticObjective : SingleObjective
{
    const float LeastHessian = 1e-16f;

    /// <summary>Multiplies the weight of rows of class 1.</summary>
    public float ScalePositiveWeight { get; init => field = Check.Above(0, value); } = 1;

    internal override float Margin(float prediction) => prediction is > 0 and < 1 ? -MathF.Log(1 / prediction - 1)
        : throw new ArgumentException($"The base score of the logistic objective is {prediction}; it is a probability above 0 and below 1.");

    internal override double Start(double meanTarget) => Math.Clamp(meanTarget, 1e-6, 1 - 1e-6);

    private protected override (float Gradient, float Hessian) Slope(float margin, float target)
    {
        float p = Sigmoid(margin);
        return (p - target, Math.Max(p * (1 - p), LeastHessian));
    }

    private protected override float Weigh(float weight, float target) => target == 1 ? weight * ScalePositiveWeight : weight;

    internal override void Transform(Span<float> margins)
    {
        foreach (ref float margin in margins) margin = Sigmoid(margin);
    }

    internal override string? Refuse(double target) => target is >= 0 and <= 1 ? null : "it must be between 0 and 1";

    static float Sigmoid(float x) => 1 / (1 + MathF.Exp(Math.Min(-x, 88.7f)) + 1e-16f);
}

/// <summary>What counts and amounts share: the score is the logarithm of the prediction.</summary>
public abstract record LogObjective : SingleObjective
{
    private protected LogObjective() { }

    internal sealed override float Margin(float prediction) => prediction > 0 ? MathF.Log(prediction)
        : throw new ArgumentException($"The base score of this objective is {prediction}; it must be greater than 0.");

    internal sealed override double Start(double meanTarget) => Math.Max(meanTarget, 1e-6);

    internal sealed override void Transform(Span<float> margins)
    {
        foreach (ref float margin in margins) margin = MathF.Exp(margin);
    }

    internal override string? Refuse(double target) => target >= 0 ? null : "it must be at least 0";
}

/// <summary>The Poisson deviance of counts.</summary>
public sealed record PoissonObjective : LogObjective
{
    /// <summary>Added to the score in the hessian, and the greatest step of a leaf, which keep the exponential in bounds.</summary>
    public float MaxDeltaStep { get; init => field = Check.AtLeast(0, value); } = 0.7f;

    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => (MathF.Exp(margin) - target, MathF.Exp(margin + MaxDeltaStep));
}

/// <summary>The gamma deviance of positive amounts.</summary>
public sealed record GammaObjective : LogObjective
{
    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => (1 - target / MathF.Exp(margin), target / MathF.Exp(margin));

    internal override string? Refuse(double target) => target > 0 ? null : "it must be greater than 0";
}

/// <summary>The Tweedie deviance of amounts that may be 0, such as claims.</summary>
public sealed record TweedieObjective : LogObjective
{
    /// <summary>The power of the mean that the variance is, between 1 (Poisson) and 2 (gamma).</summary>
    public float Power { get; init => field = value is > 1 and < 2 ? value : throw new ArgumentOutOfRangeException(nameof(Power), $"Power is {value}; it must lie between 1 and 2."); } = 1.5f;

    private protected override (float Gradient, float Hessian) Slope(float margin, float target)
    {
        float low = MathF.Exp((1 - Power) * margin), high = MathF.Exp((2 - Power) * margin);
        return (-target * low + high, -target * (1 - Power) * low + (2 - Power) * high);
    }
}

/// <summary>The cross entropy of several classes, with a score for each.</summary>
public sealed record SoftmaxObjective : BoostingObjective
{
    const float LeastHessian = 1e-16f;

    /// <summary>The number of classes.</summary>
    public required int Classes { get; init => field = Check.AtLeast(2, value); }

    /// <inheritdoc/>
    public override int Outputs => Classes;

    internal override float Margin(float prediction) => prediction;

    // All scores start alike, and a number added to all of them changes nothing.
    internal override double Start(double meanTarget) => 0.5;

    internal override void Gradients(ReadOnlySpan<float> margins, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> hessians)
    {
        Span<float> p = new float[Classes];
        for (int i = 0; i < targets.Length; i++)
        {
            margins.Slice(i * Classes, Classes).CopyTo(p);
            Softmax(p);
            for (int k = 0; k < Classes; k++)
            {
                gradients[i * Classes + k] = (p[k] - (k == (int)targets[i] ? 1 : 0)) * weights[i];
                hessians[i * Classes + k] = Math.Max(2 * p[k] * (1 - p[k]) * weights[i], LeastHessian);
            }
        }
    }

    internal override void Transform(Span<float> margins)
    {
        for (int i = 0; i < margins.Length; i += Classes) Softmax(margins.Slice(i, Classes));
    }

    static void Softmax(Span<float> x)
    {
        float most = System.Numerics.Tensors.TensorPrimitives.Max<float>(x);
        double sum = 0;
        foreach (ref float v in x) sum += v = MathF.Exp(v - most);
        foreach (ref float v in x) v /= (float)sum;
    }
}
