using Descent.Tensors;

namespace Descent.NN;

/// <summary>The last dimensions shifted and scaled to mean 0 and deviation 1, then <c>· weight + bias</c>, as <see cref="F.LayerNorm"/>.</summary>
/// <remarks>Ba et al., "Layer Normalization", 2016, arXiv:1607.06450.</remarks>
public sealed class LayerNorm : Module
{
    /// <param name="normalizedShape">The last dimensions, which are normalised together.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="elementwiseAffine">Whether there is a weight.</param>
    /// <param name="bias">Whether there is a bias beside the weight.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    public LayerNorm(Shape normalizedShape, double epsilon = 1e-5, bool elementwiseAffine = true, bool bias = true, DType? dtype = null)
    {
        (NormalizedShape, Epsilon) = (normalizedShape, epsilon);
        if (!elementwiseAffine) return;
        Weight = new(Tensor.Ones(normalizedShape, dtype));
        if (bias) Bias = new(Tensor.Zeros(normalizedShape, dtype));
    }

    /// <summary>Over the last dimension alone, of size <paramref name="width"/>.</summary>
    /// <inheritdoc cref="LayerNorm(Shape, double, bool, bool, DType?)"/>
    public LayerNorm(int width, double epsilon = 1e-5, bool elementwiseAffine = true, bool bias = true, DType? dtype = null)
        : this(new Shape(width), epsilon, elementwiseAffine, bias, dtype) { }

    /// <summary>The last dimensions, which are normalised together.</summary>
    public Shape NormalizedShape { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Scale of each element, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>Shift of each element, or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x">Shape <c>(..., normalizedShape)</c>.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">The last dimensions are others.</exception>
    public override Tensor Forward(Tensor x) =>
        Observed(F.LayerNorm(x, NormalizedShape, Weight, Bias, Epsilon), x.Elements * (5L + (Weight is null ? 0 : 1) + (Bias is null ? 0 : 1)));
}

/// <summary>The last dimensions divided by the root of their mean square, then <c>· weight</c>, as <see cref="F.RmsNorm"/>.</summary>
/// <remarks>Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019, arXiv:1910.07467.</remarks>
public sealed class RMSNorm : Module
{
    /// <param name="normalizedShape">The last dimensions, which are normalised together.</param>
    /// <param name="epsilon">Added to the mean square; null for the type's distance from 1 to the next number.</param>
    /// <param name="elementwiseAffine">Whether there is a weight.</param>
    /// <param name="dtype">Type of the weight; the default type if null.</param>
    public RMSNorm(Shape normalizedShape, double? epsilon = null, bool elementwiseAffine = true, DType? dtype = null)
    {
        (NormalizedShape, Epsilon) = (normalizedShape, epsilon);
        if (elementwiseAffine) Weight = new(Tensor.Ones(normalizedShape, dtype));
    }

    /// <summary>Over the last dimension alone, of size <paramref name="width"/>.</summary>
    /// <inheritdoc cref="RMSNorm(Shape, double?, bool, DType?)"/>
    public RMSNorm(int width, double? epsilon = null, bool elementwiseAffine = true, DType? dtype = null)
        : this(new Shape(width), epsilon, elementwiseAffine, dtype) { }

    /// <summary>The last dimensions, which are normalised together.</summary>
    public Shape NormalizedShape { get; }

    /// <summary>Added to the mean square; null for the type's distance from 1 to the next number.</summary>
    public double? Epsilon { get; }

    /// <summary>Scale of each element, or null.</summary>
    public Parameter? Weight { get; }

    /// <param name="x">Shape <c>(..., normalizedShape)</c>.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">The last dimensions are others.</exception>
    public override Tensor Forward(Tensor x) =>
        Observed(F.RmsNorm(x, NormalizedShape, Weight, Epsilon), x.Elements * (Weight is null ? 3L : 4));
}
