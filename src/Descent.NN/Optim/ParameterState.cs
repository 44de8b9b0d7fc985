using Descent.Tensors;

namespace Descent.NN;

/// <summary>One parameter with what an optimizer remembers about it.</summary>
public sealed class ParameterState
{
    internal ParameterState(Tensor parameter, int moments = 0, int numbers = 0)
    {
        Parameter = parameter;
        WorkType = parameter.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        (Moments, Numbers) = (new Tensor?[moments], new double[numbers]);
    }

    /// <summary>What a step changes.</summary>
    public Tensor Parameter { get; }

    /// <summary>The type that steps compute in, and that <see cref="Moments"/> have: Float32 for the narrow types.</summary>
    public DType WorkType { get; }

    /// <summary>Steps done; an optimizer that goes by it counts it up.</summary>
    public long Steps { get; set; }

    /// <summary>Remembered tensors, contiguous; null before the first step that needs them.</summary>
    public Tensor?[] Moments { get; }

    /// <summary>Remembered numbers.</summary>
    public double[] Numbers { get; }

    /// <summary>A remembered tensor of the parameter's shape.</summary>
    /// <param name="index">Its place among <see cref="Moments"/>.</param>
    /// <param name="first">What it is filled with where there is none yet.</param>
    public Tensor Moment(int index, double first = 0) => Moments[index] ??= Tensor.Full(Parameter.Shape, first, WorkType);
}
