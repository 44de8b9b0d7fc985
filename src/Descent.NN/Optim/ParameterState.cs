using Descent.Tensors;

namespace Descent.NN;

/// <summary>One parameter with what an optimizer remembers about it.</summary>
sealed class ParameterState(Tensor parameter)
{
    internal Tensor Parameter => parameter;

    /// <summary>The type that steps compute in, and that <see cref="Moments"/> have: float32 for the narrow types.</summary>
    internal DType WorkType { get; } = parameter.DType == DType.Float64 ? DType.Float64 : DType.Float32;

    /// <summary>Steps done.</summary>
    internal long Steps;

    /// <summary>Running figures, contiguous, mostly of the parameter's shape; null before the first step that needs them.</summary>
    internal readonly Tensor?[] Moments = new Tensor?[3];

    /// <summary>Running numbers.</summary>
    internal readonly double[] Numbers = new double[2];

    /// <summary>A running figure, of one value at first.</summary>
    internal Tensor Moment(int index, double first = 0) => Moments[index] ??= Tensor.Full(parameter.Shape, first, WorkType);
}
