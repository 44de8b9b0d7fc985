namespace Descent.Tensors;

/// <summary>Values that an index along a dimension picks: what extremes, medians and sorting give, with the gradient to the picked element.</summary>
static class Picked
{
    /// <summary>The picked values beside their indices, of which there is one along the dimension.</summary>
    internal static (Tensor Values, Tensor Indices) Take(Tensor x, int dim, bool keepDim, Tensor indices)
    {
        dim = x.Shape.Axis(dim, nameof(Take));
        var values = x.Rank == 0 ? x.Clone() : x.Gather(dim, indices);
        return (keepDim || x.Rank == 0 ? values : values.Squeeze(dim), Drop(indices, dim, keepDim, x.Rank));
    }

    /// <summary>A fresh index without its dimension of size 1.</summary>
    internal static Tensor Drop(Tensor indices, int dim, bool keepDim, int rank)
    {
        if (keepDim || rank == 0) return indices;
        var dims = indices.Shape.ToArray();
        var y = Folding.Reshaped(indices, new([.. dims[..dim], .. dims[(dim + 1)..]], validated: true));
        return OperationTrace.IsOn ? OperationTrace.Add(y, [indices], null, "Reshape") : y;
    }
}
