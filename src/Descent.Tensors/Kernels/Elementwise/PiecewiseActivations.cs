using System.Numerics;
using System.Runtime.CompilerServices;
using static Descent.Tensors.Kernels.VectorFunctions;

namespace Descent.Tensors.Kernels;

// Activations made of straight pieces, one to a type. A comparison with a NaN is false: each is written so that it stays.

/// <summary>x above 0, else slope · x.</summary>
readonly struct LeakyReluActivation(double slope) : IActivation
{
    readonly Parameter _slope = new(slope);

    public double[] Numbers => [_slope.Value];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), x, x * _slope.All<T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), dy, dy * _slope.All<T>());
}

/// <summary>x above the threshold, else a fixed value.</summary>
readonly struct ThresholdActivation(double threshold, double value) : IActivation
{
    readonly Parameter _threshold = new(threshold), _value = new(value);

    public double[] Numbers => [_threshold.Value, _value.Value];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, _threshold.All<T>()), _value.All<T>(), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, _threshold.All<T>()), Vector<T>.Zero, dy);
}

/// <summary>x bounded to [low, high]; the gradient at the bounds is 0.</summary>
readonly struct HardtanhActivation(double low, double high) : IActivation
{
    readonly Parameter _low = new(low), _high = new(high);

    public double[] Numbers => [_low.Value, _high.Value];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> low = _low.All<T>(), high = _high.All<T>();
        return Vector.ConditionalSelect(Vector.LessThan(x, low), low, Vector.ConditionalSelect(Vector.GreaterThan(x, high), high, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.LessThanOrEqual(x, _low.All<T>()) | Vector.GreaterThanOrEqual(x, _high.All<T>()), Vector<T>.Zero, dy);
}

/// <summary>clamp(x + 3, 0, 6) / 6.</summary>
readonly struct HardsigmoidActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.LessThanOrEqual(x, Number<T>(-3)), Vector<T>.Zero, Vector.ConditionalSelect(
            Vector.GreaterThanOrEqual(x, Number<T>(3)), Vector<T>.One, (x + Number<T>(3)) / Number<T>(6)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.LessThan(Vector.Abs(x), Number<T>(3)), dy / Number<T>(6), Vector<T>.Zero);
}

/// <summary>x moved towards 0 by λ, and 0 within λ of it.</summary>
readonly struct SoftshrinkActivation(double lambda) : IActivation
{
    readonly Parameter _lambda = new(lambda);

    public double[] Numbers => [_lambda.Value];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var lambda = _lambda.All<T>();
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), lambda), Vector<T>.Zero,
            Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), x - lambda, x + lambda));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), _lambda.All<T>()), Vector<T>.Zero, dy);
}

/// <summary>x, and 0 within λ of 0.</summary>
readonly struct HardshrinkActivation(double lambda) : IActivation
{
    readonly Parameter _lambda = new(lambda);

    public double[] Numbers => [_lambda.Value];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), _lambda.All<T>()), Vector<T>.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), _lambda.All<T>()), Vector<T>.Zero, dy);
}
