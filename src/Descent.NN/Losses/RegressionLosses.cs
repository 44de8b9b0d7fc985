using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="F.MseLoss"/>: the squared difference.</summary>
/// <param name="reduction">Mean by default.</param>
public sealed class MSELoss(Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.MseLoss(input, target, reduction);
}
