namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>a · b / (max(‖a‖, eps) · max(‖b‖, eps))</c> along a dimension of the broadcast operands, which is dropped.</summary>
    /// <param name="x1">Vectors of floating type.</param>
    /// <param name="x2">The other vectors.</param>
    /// <param name="dim">The dimension of the vectors.</param>
    /// <param name="eps">The least norm that is divided by.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or there is no such dimension.</exception>
    public static Tensor CosineSimilarity(Tensor x1, Tensor x2, int dim = 1, double eps = 1e-8)
    {
        var shape = Shape.Broadcast(x1.Shape, x2.Shape, nameof(CosineSimilarity));
        (x1, x2) = (x1.Expand(shape), x2.Expand(shape));
        return (x1 * x2).Sum(dim) / (ClampedNorm(x1, dim, eps) * ClampedNorm(x2, dim, eps));
    }

    // Clamped before the root, whose slope at 0 is infinite.
    static Tensor ClampedNorm(Tensor x, int dim, double eps) => (x * x).Sum(dim).Clamp(eps * eps, null).Sqrt();

    /// <summary><c>‖x1 − x2 + eps‖ₚ</c> along the last dimension of the broadcast operands, which is dropped.</summary>
    /// <param name="x1">Vectors of floating type.</param>
    /// <param name="x2">The other vectors.</param>
    /// <param name="p">The norm's order.</param>
    /// <param name="eps">Added to every difference, so that the gradient of equal vectors is finite.</param>
    /// <param name="keepDim">Keep the last dimension, with size 1.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or are those of single numbers.</exception>
    public static Tensor PairwiseDistance(Tensor x1, Tensor x2, double p = 2, double eps = 1e-6, bool keepDim = false) =>
        (x1 - x2).Add(eps).Norm(p, -1, keepDim);
}
