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
