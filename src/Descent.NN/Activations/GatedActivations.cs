using Descent.Tensors;

namespace Descent.NN;

/// <summary><c>a · σ(b)</c> of the halves <c>a, b</c> of a dimension.</summary>
/// <remarks>Dauphin et al., "Language Modeling with Gated Convolutional Networks", 2016, arXiv:1612.08083.</remarks>
/// <param name="dim">The dimension that is halved.</param>
public sealed class GLU(int dim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Glu(dim));
}

/// <summary><c>relu(a) · b</c> of the halves <c>a, b</c> of a dimension.</summary>
/// <remarks>Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.</remarks>
/// <param name="dim">The dimension that is halved.</param>
public sealed class ReGLU(int dim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.ReGlu(dim));
}

/// <summary><c>gelu(a) · b</c> of the halves <c>a, b</c> of a dimension.</summary>
/// <remarks>Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.</remarks>
/// <param name="dim">The dimension that is halved.</param>
/// <param name="approximate">How GELU is computed.</param>
public sealed class GeGLU(int dim = -1, GeluApproximation approximate = GeluApproximation.None) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.GeGlu(dim, approximate));
}

/// <summary><c>silu(a) · b</c> of the halves <c>a, b</c> of a dimension.</summary>
/// <remarks>Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.</remarks>
/// <param name="dim">The dimension that is halved.</param>
public sealed class SwiGLU(int dim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.SwiGlu(dim));
}
