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

    /// <summary>Running figures of the parameter's size, contiguous; null before the first step that needs them.</summary>
    internal readonly Tensor?[] Moments = new Tensor?[3];

    /// <summary>A running figure, zero at first.</summary>
    internal Tensor Moment(int index) => Moments[index] ??= Tensor.Zeros(parameter.Shape, WorkType);
}
