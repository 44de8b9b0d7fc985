namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>g · v / ‖v‖</c>: a weight by its direction and its length.</summary>
    /// <remarks>Salimans and Kingma, "Weight Normalization", 2016, arXiv:1602.07868.</remarks>
    /// <param name="v">The direction.</param>
    /// <param name="g">The lengths, with as many dimensions as v and sizes 1 except along <paramref name="dim"/>; or one number.</param>
    /// <param name="dim">The dimension along which every slice has a length of its own; null for one length of the whole.</param>
    /// <exception cref="ShapeException">There is no such dimension, or the shapes do not broadcast.</exception>
    public static Tensor WeightNorm(Tensor v, Tensor g, int? dim = 0) => v * (g / LengthsBut(v, dim));

    /// <summary>The lengths of the slices along a dimension, of v's rank; of the whole where there is no dimension.</summary>
    internal static Tensor LengthsBut(Tensor v, int? dim)
    {
        if (dim is not { } kept) return v.Norm();
        kept = v.Shape.Axis(kept, nameof(WeightNorm));
        if (v.Rank == 1) return v.Abs();
        return v.Norm(2, [.. Enumerable.Range(0, v.Rank).Where(d => d != kept)], keepDim: true);
    }
}
