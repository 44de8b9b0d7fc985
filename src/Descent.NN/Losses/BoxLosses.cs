using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="F.GeneralizedBoxIouLoss"/> of boxes <c>(N, 4)</c>.</summary>
/// <param name="epsilon">Keeps quotients of empty boxes finite.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class GeneralizedBoxIoULoss(double epsilon = 1e-7, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.GeneralizedBoxIouLoss(input, target, epsilon, reduction);
}

/// <summary><see cref="F.DistanceBoxIouLoss"/> of boxes <c>(N, 4)</c>.</summary>
/// <param name="epsilon">Keeps quotients of empty boxes finite.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class DistanceBoxIoULoss(double epsilon = 1e-7, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.DistanceBoxIouLoss(input, target, epsilon, reduction);
}

/// <summary><see cref="F.CompleteBoxIouLoss"/> of boxes <c>(N, 4)</c>.</summary>
/// <param name="epsilon">Keeps quotients of empty boxes finite.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class CompleteBoxIoULoss(double epsilon = 1e-7, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.CompleteBoxIouLoss(input, target, epsilon, reduction);
}
