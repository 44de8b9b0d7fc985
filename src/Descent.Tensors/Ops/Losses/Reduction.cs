namespace Descent.Tensors;

/// <summary>What a loss does with its elements.</summary>
public enum Reduction
{
    /// <summary>Leaves them.</summary>
    None,
    /// <summary>Averages them.</summary>
    Mean,
    /// <summary>Sums them.</summary>
    Sum,
    /// <summary>Sums them and divides by the size of the first dimension, the batch.</summary>
    BatchMean,
}

static class Reductions
{
    /// <summary>The loss elements, averaged or summed.</summary>
    internal static Tensor Apply(this Reduction reduction, Tensor elements) => reduction switch
    {
        Reduction.Mean => elements.Mean(),
        Reduction.Sum => elements.Sum(),
        Reduction.BatchMean => elements.Sum().Div(Batch(elements.Shape)),
        _ => elements,
    };

    /// <summary>The size of the first dimension; 1 without one.</summary>
    internal static int Batch(Shape shape) => shape.Rank == 0 ? 1 : shape[0];

    /// <summary>The tensor in a type that losses are computed in: Float32 for 16-bit types.</summary>
    internal static Tensor Wide(this Tensor x) => x.DType.IsReduced ? x.To(DType.Float32) : x;

    /// <summary>A loss in the type of its input; in a region of mixed precision, of 16-bit types in Float32.</summary>
    internal static Tensor Like(this Tensor loss, Tensor input) =>
        loss.To(input.DType.IsReduced && Autocast.Current is not null ? DType.Float32 : input.DType);
}
