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
}

static class Reductions
{
    /// <summary>The loss elements, averaged or summed.</summary>
    internal static Tensor Apply(this Reduction reduction, Tensor elements) => reduction switch
    {
        Reduction.Mean => elements.Mean(),
        Reduction.Sum => elements.Sum(),
        _ => elements,
    };
}
