namespace Descent.NN;

/// <summary>Which side of a weight the variance is kept for.</summary>
public enum FanMode
{
    /// <summary>The inputs of a unit: keeps the variance of what flows forward.</summary>
    FanIn,

    /// <summary>The outputs of a unit: keeps the variance of the gradients.</summary>
    FanOut,
}

/// <summary>What follows a weight; decides its <see cref="Init.CalculateGain"/>.</summary>
public enum Nonlinearity
{
    /// <summary>Nothing: gain 1.</summary>
    Linear,

    /// <summary>The logistic function: gain 1.</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent: gain 5/3.</summary>
    Tanh,

    /// <summary><c>max(x, 0)</c>: gain √2.</summary>
    Relu,

    /// <summary>ReLU with a slope a below 0: gain √(2 / (1 + a²)).</summary>
    LeakyRelu,

    /// <summary>The self-normalising exponential unit: gain 3/4.</summary>
    Selu,
}
