using Descent.Tensors;

namespace Descent.NN;

/// <summary>The logistic function <c>1 / (1 + e⁻ˣ)</c>, element by element.</summary>
public sealed class Sigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Sigmoid());
}

/// <summary><c>ln σ(x)</c>, σ the logistic function, element by element.</summary>
public sealed class LogSigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.LogSigmoid());
}

/// <summary>The hyperbolic tangent, element by element.</summary>
public sealed class Tanh : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Tanh());
}

/// <summary><c>x − tanh x</c>, element by element.</summary>
public sealed class Tanhshrink : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Tanhshrink());
}

/// <summary><c>x · Φ(x)</c>, Φ the normal distribution, element by element.</summary>
/// <remarks>Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016, arXiv:1606.08415.</remarks>
/// <param name="approximate">How Φ is computed.</param>
public sealed class GELU(GeluApproximation approximate = GeluApproximation.None) : Module
{
    internal GeluApproximation Approximate => approximate;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Gelu(approximate));
}

/// <summary><c>x · σ(1.702 x)</c>, element by element.</summary>
public sealed class QuickGELU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.QuickGelu());
}

/// <summary><c>x · σ(x)</c>, also called Swish, element by element.</summary>
/// <remarks>Elfwing et al., "Sigmoid-Weighted Linear Units", 2017, arXiv:1702.03118.</remarks>
public sealed class SiLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Silu());
}

/// <summary><c>x · tanh(ln(1 + eˣ))</c>, element by element.</summary>
/// <remarks>Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019, arXiv:1908.08681.</remarks>
public sealed class Mish : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Mish());
}

/// <summary><c>ln(1 + e^(βx)) / β</c>, element by element.</summary>
/// <param name="beta">β, not 0.</param>
/// <param name="threshold">Where βx is above it, x itself.</param>
public sealed class Softplus(double beta = 1, double threshold = 20) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Softplus(beta, threshold));
}

/// <summary><c>x / (1 + |x|)</c>, element by element.</summary>
public sealed class Softsign : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Softsign());
}
