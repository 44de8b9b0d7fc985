using Descent.Tensors;

namespace Descent.NN.Tests.Losses;

/// <summary>A loss with inputs, and its elements by a plain double loop.</summary>
/// <param name="Name">Shown by the test runner.</param>
/// <param name="Make">The loss in a reduction, as a function of its inputs.</param>
/// <param name="Inputs">Where it is checked; those of floating type are differentiated.</param>
/// <param name="Elements">The losses before reduction, from the inputs' numbers.</param>
public sealed record LossCase(string Name, Func<Reduction, Func<Tensor[], Tensor>> Make, Func<Tensor[]> Inputs, Func<double[][], double[]> Elements)
{
    /// <summary>What the mean divides the sum by; null is the number of elements.</summary>
    public double? Divisor { get; init; }

    /// <summary>Inputs whose shapes do not fit.</summary>
    public required Func<Tensor[]> Misfit { get; init; }

    /// <summary>Whether the second derivative can be checked: not where a backward pass takes something as constant.</summary>
    public bool IsSmooth { get; init; } = true;

    public override string ToString() => Name;

    internal static double[][] Numbers(IEnumerable<Tensor> inputs) => [.. inputs.Select(x => x.To(DType.Float64).ToArray<double>())];
}

/// <summary>Inputs of losses.</summary>
static class Draw
{
    internal static Tensor Normal(int seed, params int[] shape) => Tensor.Randn(new Shape(shape), DType.Float64, new Generator((ulong)seed));

    internal static Tensor Uniform(int seed, double low, double high, params int[] shape) =>
        Tensor.Rand(new Shape(shape), DType.Float64, new Generator((ulong)seed)).Mul(high - low).Add(low);

    internal static Tensor Probabilities(int seed, params int[] shape) => Normal(seed, shape).Softmax(1);

    internal static Tensor Classes(params long[] values) => Tensor.From<long>(values);

    internal static Tensor Numbers(params double[] values) => Tensor.From<double>(values);
}
