using Descent.Tensors.Kernels;

namespace Descent.Tabular;

/// <summary>What counts and amounts share: the score is the logarithm of the prediction.</summary>
public abstract record LogObjective : SingleObjective
{
    private protected LogObjective() { }

    internal sealed override float Margin(float prediction) => LogScore.Margin(prediction);

    internal sealed override double Start(BoostingTargets targets) => Math.Max(targets.Mean(), 1e-6);

    internal sealed override void Transform(Span<float> margins) => LogScore.Transform(margins);

    internal override string? Refuse(double target) => target >= 0 ? null : "it must be at least 0";
}

/// <summary>The Poisson deviance of counts.</summary>
public sealed record PoissonObjective : LogObjective
{
    /// <summary>Added to the score in the hessian, and the greatest step of a leaf, which keep the exponential in bounds.</summary>
    public float MaxDeltaStep { get; init => field = Check.AtLeast(0, value); } = 0.7f;

    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => (MathF.Exp(margin) - target, MathF.Exp(margin + MaxDeltaStep));

    internal override double Loss(double margin, double target) => Math.Exp(margin) - target * margin + SpecialFunctions.LogGamma(target + 1);

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("poisson-nloglik");
}

/// <summary>The gamma deviance of positive amounts.</summary>
public sealed record GammaObjective : LogObjective
{
    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => (1 - target / MathF.Exp(margin), target / MathF.Exp(margin));

    internal override double Loss(double margin, double target) => target * Math.Exp(-margin) + margin;

    internal override string? Refuse(double target) => target > 0 ? null : "it must be greater than 0";

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("gamma-nloglik");
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

    internal override double Loss(double margin, double target)
    {
        double power = Power;
        return -target * Math.Exp((1 - power) * margin) / (1 - power) + Math.Exp((2 - power) * margin) / (2 - power);
    }

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("tweedie-nloglik");
}

/// <summary>Scores that are logarithms of predictions.</summary>
static class LogScore
{
    internal static float Margin(float prediction) => prediction > 0 ? MathF.Log(prediction)
        : throw new ArgumentException($"The base score of this objective is {prediction}; it must be greater than 0.");

    internal static void Transform(Span<float> margins)
    {
        foreach (ref float margin in margins) margin = MathF.Exp(margin);
    }
}
