using System.Numerics;
using System.Runtime.CompilerServices;
using static Descent.Tensors.Kernels.VectorFunctions;

namespace Descent.Tensors.Kernels;

// Activations made of straight pieces, one to a type. A comparison with a NaN is false: each is written so that it stays.

/// <summary>x above 0, else slope · x.</summary>
readonly struct LeakyReluActivation(double slope) : IActivation
{
    readonly double _slope = slope;

    public double[] Numbers => [_slope];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), x, x * Number<T>(_slope));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), dy, dy * Number<T>(_slope));
}

/// <summary>x above the threshold, else a fixed value.</summary>
readonly struct ThresholdActivation(double threshold, double value) : IActivation
{
    readonly double _threshold = threshold, _value = value;

    public double[] Numbers => [_threshold, _value];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Number<T>(_threshold)), Number<T>(_value), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Number<T>(_threshold)), Vector<T>.Zero, dy);
}

/// <summary>x bounded to [low, high]; the gradient at the bounds is 0.</summary>
readonly struct HardtanhActivation(double low, double high) : IActivation
{
    readonly double _low = low, _high = high;

    public double[] Numbers => [_low, _high];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> low = Number<T>(_low), high = Number<T>(_high);
        return Vector.ConditionalSelect(Vector.LessThan(x, low), low, Vector.ConditionalSelect(Vector.GreaterThan(x, high), high, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.LessThanOrEqual(x, Number<T>(_low)) | Vector.GreaterThanOrEqual(x, Number<T>(_high)), Vector<T>.Zero, dy);
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
    readonly double _lambda = lambda;

    public double[] Numbers => [_lambda];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var lambda = Number<T>(_lambda);
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), lambda), Vector<T>.Zero,
            Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), x - lambda, x + lambda));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), Number<T>(_lambda)), Vector<T>.Zero, dy);
}

/// <summary>x, and 0 within λ of 0.</summary>
readonly struct HardshrinkActivation(double lambda) : IActivation
{
    readonly double _lambda = lambda;

    public double[] Numbers => [_lambda];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), Number<T>(_lambda)), Vector<T>.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), Number<T>(_lambda)), Vector<T>.Zero, dy);
}
