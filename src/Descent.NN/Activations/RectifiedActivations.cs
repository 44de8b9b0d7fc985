using Descent.Tensors;

namespace Descent.NN;

/// <summary><c>max(x, 0)</c>, element by element.</summary>
public sealed class ReLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Relu());
}

/// <summary>x bounded to <c>[0, 6]</c>, element by element.</summary>
public sealed class ReLU6 : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Relu6());
}

/// <summary><c>max(x, 0)²</c>, element by element.</summary>
/// <remarks>So et al., "Primer: Searching for Efficient Transformers", 2021, arXiv:2109.08668.</remarks>
public sealed class SquaredReLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.SquaredRelu());
}

/// <summary>x above 0, else <c>negativeSlope · x</c>, element by element.</summary>
/// <param name="negativeSlope">The slope below 0.</param>
public sealed class LeakyReLU(double negativeSlope = 0.01) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.LeakyRelu(negativeSlope));
}

/// <summary>x above 0, else <c>weight · x</c>, with one learned weight for all or one per channel.</summary>
/// <remarks>He et al., "Delving Deep into Rectifiers", 2015, arXiv:1502.01852.</remarks>
/// <param name="numParameters">1, or the number of channels.</param>
/// <param name="init">Starting value of the weights.</param>
/// <param name="dtype">Type of the weights; the default type if null.</param>
public sealed class PReLU(int numParameters = 1, double init = 0.25, DType? dtype = null) : Module
{
    /// <summary>Shape <c>(numParameters)</c>.</summary>
    public Parameter Weight { get; } = new(Tensor.Full([numParameters], init, dtype ?? Tensor.DefaultDType));

    /// <param name="x">Shape <c>(N, C, …)</c>; any where there is one weight.</param>
    public override Tensor Forward(Tensor x) => Observed(F.PRelu(x, Weight));
}

/// <summary>x above 0, else <c>a · x</c>: a drawn from <c>[lower, upper)</c> per element in training, else its mean.</summary>
/// <remarks>Xu et al., "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015, arXiv:1505.00853.</remarks>
/// <param name="lower">Least slope.</param>
/// <param name="upper">Greatest slope.</param>
/// <param name="generator">Draws the slopes; <see cref="Generator.Default"/> if null.</param>
public sealed class RReLU(double lower = 1.0 / 8, double upper = 1.0 / 3, Generator? generator = null) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(F.RRelu(x, lower, upper, IsTraining, generator));
}
