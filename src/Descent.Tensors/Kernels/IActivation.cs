using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// An elementwise function, with the numbers it depends on as fields, and its gradient: each formula written once, for a
/// register of either floating type.
/// </summary>
interface IActivation
{
    /// <summary>The numbers it depends on.</summary>
    double[] Numbers => [];

    Vector<T> Value<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>dy times the slope at x.</summary>
    Vector<T> Gradient<T>(Vector<T> x, Vector<T> dy) where T : unmanaged, IFloatingPointIeee754<T>;
}
