namespace Descent.Tabular;

/// <summary>How the logarithm of a time strays from its prediction.</summary>
public enum SurvivalDistribution
{
    /// <summary>Normally: times are log-normal.</summary>
    Normal,

    /// <summary>By the logistic distribution: times are log-logistic.</summary>
    Logistic,

    /// <summary>By the extreme value distribution: times are Weibull.</summary>
    Extreme,
}

/// <summary>
/// Accelerated failure times: log t = f + σ z. Targets are intervals [lower, upper] of times: the same at both ends if the event was
/// seen, up to ∞ if it is still to come, from 0 if it had been before.
/// </summary>
/// <remarks>Barnwal, Cho and Hocking, "Survival Regression with Accelerated Failure Time Model in XGBoost", 2020; gradients and hessians are bounded as there.</remarks>
public sealed record AcceleratedFailureObjective : BoostingObjective
{
    const double MostGradient = 15, LeastHessian = 1e-16, MostHessian = 15, Epsilon = 1e-12;

    /// <summary>The distribution of z.</summary>
    public SurvivalDistribution Distribution { get; init; }

    /// <summary>The scale σ.</summary>
    public float Scale { get; init => field = Check.Above(0, value); } = 1;

    internal override float Margin(float prediction) => LogScore.Margin(prediction);

    /// <summary>The geometric mean of the finite ends.</summary>
    internal override double Start(BoostingTargets targets) => Math.Exp(targets.Mean(i =>
    {
        double lower = targets.Values[i], upper = targets.Upper[i];
        return lower > 0 ? double.IsFinite(upper) ? (Math.Log(lower) + Math.Log(upper)) / 2 : Math.Log(lower) : double.IsFinite(upper) ? Math.Log(upper) : 0;
    }));

    internal override void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians)
    {
        RowBlocks.For(targets.Rows, (start, end) =>
        {
            for (int i = start; i < end; i++)
            {
                var (gradient, hessian) = Slope(margins[i], targets.Values[i], targets.Upper[i]);
                (gradients[i], hessians[i]) = ((float)gradient * targets.Weights[i], (float)hessian * targets.Weights[i]);
            }
        });
    }

    internal override double Loss(float[] margins, BoostingTargets targets)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < targets.Rows; i++)
        {
            if (targets.Weights[i] == 0) continue;
            sum += targets.Weights[i] * Loss(margins[i], targets.Values[i], targets.Upper[i]);
            total += targets.Weights[i];
        }
        return sum / total;
    }

    internal override void Transform(Span<float> margins) => LogScore.Transform(margins);

    internal override string? Refuse(double target) => target >= 0 ? null : "a time must be at least 0";

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("aft-nloglik");

    double Loss(double margin, double lower, double upper)
    {
        if (lower == upper) return -Math.Log(Math.Max(At((Math.Log(lower) - margin) / Scale).Density / (Scale * lower), Epsilon));
        double above = double.IsFinite(upper) ? At((Math.Log(upper) - margin) / Scale).Below : 1;
        double below = lower > 0 ? At((Math.Log(lower) - margin) / Scale).Below : 0;
        return -Math.Log(Math.Max(above - below, Epsilon));
    }

    (double Gradient, double Hessian) Slope(double margin, double lower, double upper)
    {
        double scale = Scale, top, bottom, topSlope, bottomSlope;
        bool isLate;
        if (lower == upper)
        {
            double z = (Math.Log(lower) - margin) / scale;
            var at = At(z);
            (top, bottom, isLate) = (at.Slope, scale * at.Density, z > 0);
            (topSlope, bottomSlope) = (-(at.Density * at.Curve - at.Slope * at.Slope), scale * scale * at.Density * at.Density);
        }
        else
        {
            double zUpper = double.IsFinite(upper) ? (Math.Log(upper) - margin) / scale : 0, zLower = lower > 0 ? (Math.Log(lower) - margin) / scale : 0;
            var high = double.IsFinite(upper) ? At(zUpper) : new(0, 1, 0, 0);
            var low = lower > 0 ? At(zLower) : default;
            double share = high.Below - low.Below, density = high.Density - low.Density;
            (top, bottom, isLate) = (density, scale * share, zUpper > 0 || zLower > 0);
            (topSlope, bottomSlope) = (-(share * (high.Slope - low.Slope) - density * density), bottom * bottom);
        }
        double gradient = top / bottom, hessian = topSlope / bottomSlope;
        var (farGradient, farHessian) = Far(lower, upper, isLate);
        if (bottom < Epsilon && !double.IsFinite(gradient)) gradient = farGradient;
        if (bottomSlope < Epsilon && !double.IsFinite(hessian)) hessian = farHessian;
        return (Math.Clamp(gradient, -MostGradient, MostGradient), Math.Clamp(hessian, LeastHessian, MostHessian));
    }

    /// <summary>The limits where the prediction is so far off that densities vanish.</summary>
    (double Gradient, double Hessian) Far(double lower, double upper, bool isLate)
    {
        // A right-censored time has no upper end to fall short of, a left-censored none to exceed.
        bool pulls = isLate ? lower > 0 : double.IsFinite(upper);
        double scale = Scale, sign = isLate ? -1 : 1;
        return Distribution switch
        {
            SurvivalDistribution.Normal => (pulls ? sign * MostGradient : 0, pulls ? 1 / (scale * scale) : LeastHessian),
            SurvivalDistribution.Logistic => (pulls ? sign / scale : 0, LeastHessian),
            _ => (!pulls ? 0 : isLate ? -MostGradient : 1 / scale, pulls && isLate ? MostHessian : LeastHessian),
        };
    }

    readonly record struct Point(double Density, double Below, double Slope, double Curve);

    /// <summary>Density, distribution function, and the density's first two derivatives.</summary>
    Point At(double z)
    {
        switch (Distribution)
        {
            case SurvivalDistribution.Normal:
                double normal = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
                return new(normal, 0.5 * (1 + Descent.Tensors.Kernels.SpecialFunctions.Erf(z / Math.Sqrt(2))), -z * normal, (z * z - 1) * normal);
            case SurvivalDistribution.Logistic:
                double w = Math.Exp(z), above = 1 + w;
                if (double.IsInfinity(w)) return new(0, 1, 0, 0);
                double density = double.IsInfinity(w * w) ? 0 : w / (above * above);
                return new(density, w / above, density * (1 - w) / above, double.IsInfinity(w * w) ? 0 : density * (w * w - 4 * w + 1) / (above * above));
            default:
                double e = Math.Exp(z);
                if (double.IsInfinity(e)) return new(0, 1, 0, 0);
                double extreme = e * Math.Exp(-e);
                return new(extreme, 1 - Math.Exp(-e), (1 - e) * extreme, double.IsInfinity(e * e) ? 0 : (e * e - 3 * e + 1) * extreme);
        }
    }
}
