using Descent.Tensors;

namespace Descent.NN;

/// <summary><c>max(x, 0)</c>, element by element.</summary>
public sealed class ReLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Relu());
}
