using Descent.Tensors;

namespace Descent.NN;

/// <summary>How far a model's outputs are from their targets.</summary>
public abstract class Loss
{
    /// <param name="input">What the model gave.</param>
    /// <param name="target">What it should have given.</param>
    /// <returns>One number, or one per element where the reduction is none.</returns>
    public abstract Tensor Forward(Tensor input, Tensor target);
}
