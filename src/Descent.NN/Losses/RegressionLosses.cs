using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="F.MseLoss"/>: the squared difference.</summary>
/// <param name="reduction">Mean by default.</param>
public sealed class MSELoss(Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.MseLoss(input, target, reduction);
}

/// <summary><see cref="F.L1Loss"/>: the absolute difference.</summary>
/// <param name="reduction">Mean by default.</param>
public sealed class L1Loss(Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.L1Loss(input, target, reduction);
}

/// <summary><see cref="F.SmoothL1Loss"/>: the absolute difference, rounded off to a parabola below <paramref name="beta"/>.</summary>
/// <param name="reduction">Mean by default.</param>
/// <param name="beta">Where the square becomes a line of slope 1.</param>
public sealed class SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.SmoothL1Loss(input, target, reduction, beta);
}

/// <summary><see cref="F.HuberLoss"/>: half the square, a line beyond <paramref name="delta"/>.</summary>
/// <param name="reduction">Mean by default.</param>
/// <param name="delta">Where the square becomes a line of slope delta.</param>
public sealed class HuberLoss(Reduction reduction = Reduction.Mean, double delta = 1) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.HuberLoss(input, target, reduction, delta);
}

/// <summary><see cref="F.LogCoshLoss"/>: a smooth curve between the square and the absolute difference.</summary>
/// <param name="reduction">Mean by default.</param>
public sealed class LogCoshLoss(Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.LogCoshLoss(input, target, reduction);
}

/// <summary>The pinball loss, whose best input is a quantile of the target.</summary>
/// <param name="quantiles">One: the input has the target's shape. Several: the input has one more dimension, a column for each.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class QuantileLoss(double[] quantiles, Reduction reduction = Reduction.Mean) : Loss
{
    /// <summary>The loss of one quantile.</summary>
    /// <param name="quantile">Between 0 and 1; ½ is half of <see cref="L1Loss"/>.</param>
    /// <param name="reduction">Mean by default.</param>
    public QuantileLoss(double quantile, Reduction reduction = Reduction.Mean) : this([quantile], reduction) { }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => quantiles is [var one] && input.Rank == target.Rank
        ? F.QuantileLoss(input, target, one, reduction)
        : F.QuantileLoss(input, target, quantiles, reduction);
}
