using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>The slope of an elementwise function, as a formula of its input or of its output.</summary>
interface ISlope
{
    /// <summary>dy times the slope at x.</summary>
    Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>
/// An elementwise function, with the numbers it depends on as fields, and its gradient: each formula written once, for a
/// register of either floating type.
/// </summary>
interface IActivation : ISlope
{
    /// <summary>The numbers it depends on.</summary>
    double[] Numbers => [];

    Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>The slope of the logistic function, from its output.</summary>
readonly struct SigmoidSlope : ISlope
{
    public Vector<T> Gradient<T>(Vector<T> y, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => dy * y * (Vector<T>.One - y);
}

/// <summary>The slope of the hyperbolic tangent, from its output.</summary>
readonly struct TanhSlope : ISlope
{
    public Vector<T> Gradient<T>(Vector<T> y, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T> => dy * (Vector<T>.One - y * y);
}
