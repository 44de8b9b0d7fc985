using Descent.Tensors;

namespace Descent.NN;

/// <summary>An affine map of the last dimension: <c>y = x · weightᵀ + bias</c>.</summary>
public sealed class Linear : Module
{
    /// <param name="inFeatures">Size of the last dimension, in.</param>
    /// <param name="outFeatures">Size of the last dimension, out.</param>
    /// <param name="bias">Whether something is added.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <param name="generator">Draws the starting values, uniform in ±1/√inFeatures.</param>
    public Linear(int inFeatures, int outFeatures, bool bias = true, DType? dtype = null, Generator? generator = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inFeatures);
        ArgumentOutOfRangeException.ThrowIfNegative(outFeatures);
        Weight = DefaultInit.Weight([outFeatures, inFeatures], dtype, generator);
        Bias = bias ? DefaultInit.Bias(outFeatures, inFeatures, dtype, generator) : null;
    }

    /// <summary>Shape <c>(outFeatures, inFeatures)</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shape <c>(outFeatures)</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x">Shape <c>(..., inFeatures)</c>.</param>
    /// <returns>Shape <c>(..., outFeatures)</c>.</returns>
    public override Tensor Forward(Tensor x)
    {
        var y = F.Linear(x, Weight, Bias);
        return Observed(y, y.Elements * (2L * Weight.Shape[1] + (Bias is null ? 0 : 1)));
    }
}
