using Descent.Tensors;

namespace Descent.NN;

/// <summary>The cosine of the angle between vectors along a dimension, as <see cref="F.CosineSimilarity"/>.</summary>
/// <param name="dim">The dimension of the vectors.</param>
/// <param name="epsilon">The least norm that is divided by.</param>
public sealed class CosineSimilarity(int dim = 1, double epsilon = 1e-8) : Module
{
    /// <param name="x1">Vectors.</param>
    /// <param name="x2">The other vectors, of a shape that broadcasts with the first.</param>
    /// <returns>The broadcast shape without the dimension.</returns>
    public Tensor Forward(Tensor x1, Tensor x2) => Observed(F.CosineSimilarity(x1, x2, dim, epsilon));
}

/// <summary>The distance <c>‖x1 − x2 + ε‖ₚ</c> along the last dimension, as <see cref="F.PairwiseDistance"/>.</summary>
/// <param name="p">The norm's order.</param>
/// <param name="epsilon">Added to every difference, so that the gradient of equal vectors is finite.</param>
/// <param name="keepDim">Keep the last dimension, with size 1.</param>
public sealed class PairwiseDistance(double p = 2, double epsilon = 1e-6, bool keepDim = false) : Module
{
    /// <param name="x1">Shape <c>(..., width)</c>.</param>
    /// <param name="x2">The other vectors, of a shape that broadcasts with the first.</param>
    /// <returns>Shape <c>(...)</c>.</returns>
    public Tensor Forward(Tensor x1, Tensor x2) => Observed(F.PairwiseDistance(x1, x2, p, epsilon, keepDim));
}
