using Descent.Tensors;

namespace Descent.NN;

/// <summary>The greatest of several affine maps, unit by unit: a convex activation that is learned.</summary>
/// <remarks>Goodfellow et al., "Maxout Networks", 2013, arXiv:1302.4389.</remarks>
/// <param name="inFeatures">Size of the last dimension, in.</param>
/// <param name="outFeatures">Size of the last dimension, out.</param>
/// <param name="pieces">Affine maps per unit.</param>
/// <param name="bias">Whether the maps add something.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, as those of <see cref="Linear"/>.</param>
public sealed class Maxout(int inFeatures, int outFeatures, int pieces = 2, bool bias = true, DType? dtype = null, Generator? generator = null) : Module
{
    readonly Linear _linear = new(inFeatures, checked(outFeatures * pieces), bias, dtype, generator);

    /// <param name="x">Shape <c>(..., inFeatures)</c>.</param>
    /// <returns>Shape <c>(..., outFeatures)</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(_linear.Forward(x).Maxout(pieces));
}
