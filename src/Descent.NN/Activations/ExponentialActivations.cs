using Descent.Tensors;

namespace Descent.NN;

/// <summary>x above 0, else <c>α (eˣ − 1)</c>, element by element.</summary>
/// <remarks>Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2015, arXiv:1511.07289.</remarks>
/// <param name="alpha">−α is the limit for large negative x.</param>
public sealed class ELU(double alpha = 1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Elu(alpha));
}

/// <summary>x above 0, else <c>α (e^(x/α) − 1)</c>, element by element: smooth for every α.</summary>
/// <remarks>Barron, "Continuously Differentiable Exponential Linear Units", 2017, arXiv:1704.07483.</remarks>
/// <param name="alpha">−α is the limit for large negative x; not 0.</param>
public sealed class CELU(double alpha = 1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Celu(alpha));
}

/// <summary><c>1.0507 x</c> above 0, else <c>1.7581 (eˣ − 1)</c>: keeps mean 0 and deviation 1 from layer to layer.</summary>
/// <remarks>Klambauer et al., "Self-Normalizing Neural Networks", 2017, arXiv:1706.02515.</remarks>
public sealed class SELU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Selu());
}
