namespace Descent.Tabular;

/// <summary>½ (y − f)².</summary>
public sealed record SquaredObjective : SingleObjective
{
    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => (margin - target, 1);

    internal override double Loss(double margin, double target) => (margin - target) * (margin - target) / 2;

    internal override BoostingMetric DefaultMetric => BoostingMetric.RootMeanSquaredError;
}

/// <summary>|y − f|: trees split by its slope, and their leaves become medians of what is left.</summary>
public sealed record AbsoluteObjective : SingleObjective
{
    internal override double Start(BoostingTargets targets) => targets.Quantile(0.5);

    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => (Math.Sign(margin - target), 1);

    internal override double Loss(double margin, double target) => Math.Abs(margin - target);

    internal override double? LeafQuantile(int output) => 0.5;

    internal override BoostingMetric DefaultMetric => BoostingMetric.MeanAbsoluteError;
}

/// <summary>½ (y − f)² up to a distance δ, and δ (|y − f| − ½ δ) beyond, with a hessian of 1 as LightGBM has it.</summary>
public sealed record HuberObjective : SingleObjective
{
    /// <summary>The distance δ.</summary>
    public float Delta { get; init => field = Check.Above(0, value); } = 0.9f;

    private protected override (float Gradient, float Hessian) Slope(float margin, float target) => (Math.Clamp(margin - target, -Delta, Delta), 1);

    internal override double Loss(double margin, double target)
    {
        double distance = Math.Abs(margin - target);
        return distance <= Delta ? distance * distance / 2 : Delta * (distance - Delta / 2.0);
    }

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("huber");
}

/// <summary>δ² (√(1 + ((y − f) / δ)²) − 1): squared near, absolute far.</summary>
public sealed record PseudoHuberObjective : SingleObjective
{
    /// <summary>The distance δ at which the one passes into the other.</summary>
    public float Delta { get; init => field = Check.Above(0, value); } = 1;

    private protected override (float Gradient, float Hessian) Slope(float margin, float target)
    {
        float z = margin - target, root = MathF.Sqrt(1 + z * z / (Delta * Delta)), scale = Delta * Delta + z * z;
        return (z / root, Delta * Delta / (scale * root));
    }

    internal override double Loss(double margin, double target)
    {
        double z = (margin - target) / Delta;
        return Delta * (double)Delta * (Math.Sqrt(1 + z * z) - 1);
    }

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("mphe");
}
