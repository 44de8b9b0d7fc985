using Descent.Tensors;

namespace Descent.NN;

/// <summary>x bounded to <c>[minVal, maxVal]</c>, element by element.</summary>
/// <param name="minVal">Least value.</param>
/// <param name="maxVal">Greatest value.</param>
public sealed class Hardtanh(double minVal = -1, double maxVal = 1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Hardtanh(minVal, maxVal));
}

/// <summary><c>clamp(x + 3, 0, 6) / 6</c>, element by element.</summary>
public sealed class Hardsigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Hardsigmoid());
}

/// <summary><c>x · clamp(x + 3, 0, 6) / 6</c>, element by element.</summary>
/// <remarks>Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244.</remarks>
public sealed class Hardswish : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Hardswish());
}

/// <summary>x moved towards 0 by <paramref name="lambda"/>, and 0 within it, element by element.</summary>
/// <param name="lambda">At least 0.</param>
public sealed class Softshrink(double lambda = 0.5) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Softshrink(lambda));
}

/// <summary>x, and 0 within <paramref name="lambda"/> of 0, element by element.</summary>
/// <param name="lambda">At least 0.</param>
public sealed class Hardshrink(double lambda = 0.5) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Hardshrink(lambda));
}

/// <summary>x above <paramref name="threshold"/>, else <paramref name="value"/>, element by element.</summary>
/// <param name="threshold">The bound.</param>
/// <param name="value">What replaces the elements up to it.</param>
public sealed class Threshold(double threshold, double value) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Threshold(threshold, value));
}

/// <summary>The perceptron's step: 1 above 0, else 0; the gradient is 0 everywhere, so what stands before it learns by the perceptron's own rule.</summary>
/// <remarks>Rosenblatt, "The Perceptron", Psychological Review 65, 1958.</remarks>
/// <param name="valueAtZero">The value at 0.</param>
public sealed class Heaviside(double valueAtZero = 0) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.Heaviside(valueAtZero));
}
