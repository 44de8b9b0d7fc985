using System.Numerics;
using System.Runtime.CompilerServices;
using static Descent.Tensors.Kernels.VectorFunctions;

namespace Descent.Tensors.Kernels;

// One smooth activation to a type. φ and Φ are the normal density and distribution, σ the logistic function.

/// <summary>x · Φ(x).</summary>
readonly struct GeluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => x * NormalDistribution.Of(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => dy * NormalDistribution.GeluSlope(x);
}

/// <summary>½ x (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
readonly struct GeluTanhActivation : IActivation
{
    internal const double Scale = 0.79788456080286535588, Cubic = 0.044715;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Angle<T>(Vector<T> x, Vector<T> square) where T : unmanaged, IFloatingPointIeee754<T> =>
        x * (Number<T>(Scale) + Number<T>(Scale * Cubic) * square);

    // ½ (1 + tanh u) is σ(2u), which does not cancel for large negative u.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => x * Sigmoid(Number<T>(2) * Angle(x, x * x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var square = x * x;
        var s = Sigmoid(Number<T>(2) * Angle(x, square));
        var inner = x * (Number<T>(2 * Scale) + Number<T>(6 * Scale * Cubic) * square);
        // Where σ has ended at 0 or 1, the polynomial may have overflown: their product is 0.
        var tail = s * (Vector<T>.One - s);
        return dy * (s + Vector.ConditionalSelect(Vector.Equals(tail, Vector<T>.Zero), tail, tail * inner));
    }
}

/// <summary>σ(x).</summary>
readonly struct SigmoidActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var s = Sigmoid(x);
        return dy * s * (Vector<T>.One - s);
    }
}

/// <summary>x · σ(scale · x): SiLU with scale 1, QuickGELU with 1.702.</summary>
readonly struct SwishActivation(double scale) : IActivation
{
    readonly Parameter _scale = new(scale);

    internal double Scale => _scale.Value;

    public double[] Numbers => [Scale];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => x * Sigmoid(x * _scale.All<T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var z = x * _scale.All<T>();
        var s = Sigmoid(z);
        return dy * (s + z * s * (Vector<T>.One - s));
    }
}

/// <summary>x · tanh(ln(1 + eˣ)); with n = eˣ the tangent is n(n + 2) / (n(n + 2) + 2).</summary>
readonly struct MishActivation : IActivation
{
    // Beyond 20 the tangent is 1 in either type's digits, and eˣ² does not overflow below.
    const double Bound = 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Bounded<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Number<T>(Bound)), Number<T>(Bound), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var n = Exp(Bounded(x));
        var w = n * (n + Number<T>(2));
        return x * (w / (w + Number<T>(2)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var bounded = Bounded(x);
        var n = Exp(bounded);
        var w = n * (n + Number<T>(2));
        var t = w / (w + Number<T>(2));
        var slope = Number<T>(2) / (w + Number<T>(2)) * (Vector<T>.One + t) * (n / (Vector<T>.One + n));
        return dy * (t + bounded * slope);
    }
}

/// <summary>ln(1 + e^(βx)) / β, and x itself where βx is beyond the threshold.</summary>
readonly struct SoftplusActivation(double beta, double threshold) : IActivation
{
    readonly Parameter _beta = new(beta), _threshold = new(threshold);

    internal double Beta => _beta.Value;

    internal double Threshold => _threshold.Value;

    public double[] Numbers => [Beta, Threshold];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var z = x * _beta.All<T>();
        var positive = Vector.ConditionalSelect(Vector.LessThan(z, Vector<T>.Zero), Vector<T>.Zero, z);
        var y = (positive + LogP1(Exp(-Vector.Abs(z)))) / _beta.All<T>();
        return Vector.ConditionalSelect(Vector.GreaterThan(z, _threshold.All<T>()), x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var z = x * _beta.All<T>();
        return Vector.ConditionalSelect(Vector.GreaterThan(z, _threshold.All<T>()), dy, dy * Sigmoid(z));
    }
}

/// <summary>ln σ(x).</summary>
readonly struct LogSigmoidActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), Vector<T>.Zero, x) - LogP1(Exp(-Vector.Abs(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => dy * Sigmoid(-x);
}

/// <summary>scale · x above 0, else scale · α (e^(inner · x) − 1): ELU, CELU and SELU.</summary>
readonly struct ExponentialUnit(double alpha, double scale = 1, double inner = 1) : IActivation
{
    readonly Parameter _alpha = new(alpha), _scale = new(scale), _inner = new(inner), _low = new(scale * alpha), _slope = new(scale * alpha * inner);

    internal double Alpha => _alpha.Value;

    internal double Scale => _scale.Value;

    internal double Inner => _inner.Value;

    public double[] Numbers => [Alpha, Scale, Inner];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.GreaterThan(x, Vector<T>.Zero), x * _scale.All<T>(), _low.All<T>() * ExpM1(x * _inner.All<T>()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.GreaterThan(x, Vector<T>.Zero), dy * _scale.All<T>(), dy * _slope.All<T>() * Exp(x * _inner.All<T>()));
}

/// <summary>x / (1 + |x|).</summary>
readonly struct SoftsignActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => x / (Vector<T>.One + Vector.Abs(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var inverse = Vector<T>.One / (Vector<T>.One + Vector.Abs(x));
        return dy * inverse * inverse;
    }
}

/// <summary>x · clamp(x + 3, 0, 6) / 6.</summary>
readonly struct HardswishActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.LessThanOrEqual(x, Number<T>(-3)), Vector<T>.Zero,
        Vector.ConditionalSelect(Vector.GreaterThanOrEqual(x, Number<T>(3)), x, x * (x + Number<T>(3)) / Number<T>(6)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.LessThan(x, Number<T>(-3)), Vector<T>.Zero,
        Vector.ConditionalSelect(Vector.GreaterThan(x, Number<T>(3)), dy, dy * (x / Number<T>(3) + Number<T>(0.5))));
}
