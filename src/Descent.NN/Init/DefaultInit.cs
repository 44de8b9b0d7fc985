using Descent.Tensors;

namespace Descent.NN;

/// <summary>The starting values that PyTorch gives linear layers and convolutions: both uniform in ±1/√fanIn.</summary>
static class DefaultInit
{
    internal static Parameter Weight(Shape shape, DType? dtype, Generator? generator)
    {
        var weight = Tensor.Empty(shape, dtype);
        // Kaiming's bound with slope √5 comes out at 1/√fanIn. Nothing to draw where the fan is 0.
        return new(weight.Elements == 0 ? weight : Init.KaimingUniform_(weight, slope: Math.Sqrt(5), generator: generator));
    }

    internal static Parameter Bias(int outputs, int fanIn, DType? dtype, Generator? generator)
    {
        double bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        return new(Init.Uniform_(Tensor.Empty([outputs], dtype), -bound, bound, generator));
    }
}
