using Descent.Tensors;

namespace Descent.NN;

/// <summary><c>exp(x) / Σ exp(x)</c> along a dimension.</summary>
/// <param name="dim">The dimension that sums to 1.</param>
public sealed class Softmax(int dim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Softmax(dim));
}

/// <summary><c>x − ln Σ exp(x)</c> along a dimension.</summary>
/// <param name="dim">The dimension whose exponentials sum to 1.</param>
public sealed class LogSoftmax(int dim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.LogSoftmax(dim));
}

/// <summary>Softmax of <c>−x</c> along a dimension.</summary>
/// <param name="dim">The dimension that sums to 1.</param>
public sealed class Softmin(int dim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Softmin(dim));
}

/// <summary>Softmax over the channels at each pixel of <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
public sealed class Softmax2d : Module
{
    /// <exception cref="ShapeException">The input is not of such a shape.</exception>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Rank is 3 or 4 ? Observed(x.Softmax(-3))
        : throw new ShapeException($"Softmax2d: the input is {x.Shape}; expected (N, C, H, W) or (C, H, W).");
}
