namespace Descent.Tabular;

/// <summary>A sum of gradients and hessians.</summary>
readonly record struct GradientSum(double Gradient, double Hessian)
{
    public static GradientSum operator +(GradientSum a, GradientSum b) => new(a.Gradient + b.Gradient, a.Hessian + b.Hessian);

    public static GradientSum operator -(GradientSum a, GradientSum b) => new(a.Gradient - b.Gradient, a.Hessian - b.Hessian);
}

/// <summary>What a node may predict, where features bind it.</summary>
readonly record struct WeightBounds(float Lower, float Upper)
{
    internal static WeightBounds None => new(float.NegativeInfinity, float.PositiveInfinity);
}

/// <summary>The best value of a leaf and what it gains: the minimum of G w + ½ (H + λ) w² + α |w|, in XGBoost's precision.</summary>
readonly struct SplitGain(BoostedTreeOptions options, float maxDeltaStep, float extraLambda = 0)
{
    readonly float _lambda = options.Lambda + extraLambda, _alpha = options.Alpha, _minChildWeight = options.MinChildWeight;
    readonly bool _isBound = !options.Monotone.IsEmpty;

    internal float Weight(GradientSum sum, WeightBounds bounds)
    {
        if (sum.Hessian < _minChildWeight || sum.Hessian <= 0) return 0;
        double weight = -Shrink(sum.Gradient) / (sum.Hessian + _lambda);
        if (maxDeltaStep != 0 && Math.Abs(weight) > maxDeltaStep) weight = Math.CopySign(maxDeltaStep, weight);
        return _isBound ? Math.Clamp((float)weight, bounds.Lower, bounds.Upper) : (float)weight;
    }

    internal double Gain(GradientSum sum, float weight)
    {
        if (sum.Hessian <= 0) return 0;
        if (maxDeltaStep == 0 && !_isBound)
        {
            double gradient = Shrink(sum.Gradient);
            return gradient * gradient / (sum.Hessian + _lambda);
        }
        float g = (float)sum.Gradient, h = (float)sum.Hessian;
        return -(2 * g * weight + (h + _lambda) * weight * weight);
    }

    /// <summary>The gain of both sides of a split on a feature that predictions must follow (1), or go against (−1).</summary>
    internal double Of(GradientSum left, GradientSum right, WeightBounds bounds, int monotone)
    {
        float low = Weight(left, bounds), high = Weight(right, bounds);
        if ((monotone > 0 && low > high) || (monotone < 0 && low < high)) return double.NegativeInfinity;
        return Gain(left, low) + Gain(right, high);
    }

    /// <summary>The middle between two children bounds those below them, where a feature binds them.</summary>
    internal (WeightBounds Left, WeightBounds Right) Divide(WeightBounds bounds, int monotone, GradientSum left, GradientSum right)
    {
        if (monotone == 0) return (bounds, bounds);
        float middle = (Weight(left, bounds) + Weight(right, bounds)) / 2;
        var (below, above) = (bounds with { Upper = middle }, bounds with { Lower = middle });
        return monotone > 0 ? (below, above) : (above, below);
    }

    double Shrink(double gradient) => gradient > _alpha ? gradient - _alpha : gradient < -_alpha ? gradient + _alpha : 0;
}
