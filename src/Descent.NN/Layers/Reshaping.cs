using Descent.Tensors;

namespace Descent.NN;

/// <summary>Gives what it takes.</summary>
public sealed class Identity : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x);
}

/// <summary>Several dimensions made one; by default all but the first, so that <c>(N, C, H, W)</c> becomes <c>(N, C · H · W)</c>.</summary>
/// <param name="startDim">The first of them.</param>
/// <param name="endDim">The last of them.</param>
public sealed class Flatten(int startDim = 1, int endDim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Flatten(startDim, endDim));
}

/// <summary>One dimension made several; the inverse of <see cref="Flatten"/>.</summary>
/// <param name="dim">Which dimension.</param>
/// <param name="sizes">Their sizes; one may be -1 and follows from the others.</param>
public sealed class Unflatten(int dim, params int[] sizes) : Module
{
    /// <exception cref="ShapeException">The sizes do not multiply to the dimension's.</exception>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Unflatten(dim, sizes));
}
