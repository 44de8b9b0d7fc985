using Descent.Tensors;

namespace Descent.NN;

/// <summary>A product of two inputs with learned weights: <c>y[k] = x1ᵀ · weight[k] · x2 + bias[k]</c>.</summary>
public sealed class Bilinear : Module
{
    /// <param name="in1Features">Size of the first input's last dimension.</param>
    /// <param name="in2Features">Size of the second input's last dimension.</param>
    /// <param name="outFeatures">Size of the last dimension, out.</param>
    /// <param name="bias">Whether something is added.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <param name="generator">Draws the starting values, uniform in ±1/√in1Features.</param>
    public Bilinear(int in1Features, int in2Features, int outFeatures, bool bias = true, DType? dtype = null, Generator? generator = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(in1Features, 1);
        double bound = 1 / Math.Sqrt(in1Features);
        Weight = new(Init.Uniform_(Tensor.Empty([outFeatures, in1Features, in2Features], dtype), -bound, bound, generator));
        Bias = bias ? DefaultInit.Bias(outFeatures, in1Features, dtype, generator) : null;
    }

    /// <summary>Shape <c>(outFeatures, in1Features, in2Features)</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shape <c>(outFeatures)</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x1">Shape <c>(..., in1Features)</c>.</param>
    /// <param name="x2">Shape <c>(..., in2Features)</c>.</param>
    /// <returns>Shape <c>(..., outFeatures)</c>.</returns>
    /// <exception cref="ShapeException">The shapes are not such.</exception>
    public Tensor Forward(Tensor x1, Tensor x2)
    {
        var y = F.Bilinear(x1, x2, Weight, Bias);
        int in1 = Weight.Shape[1], in2 = Weight.Shape[2];
        return Observed(y, y.Elements * (2L * in1 * in2 + 2 * in2 + (Bias is null ? 0 : 1)));
    }
}
