namespace Descent.Tensors;

/// <summary>Sums over dimensions.</summary>
public static class ReductionOps
{
    extension(Tensor x)
    {
        /// <summary>Sums a gradient of a broadcast result back to the shape of the operand.</summary>
        internal Tensor SumTo(Shape shape)
        {
            if (x.Shape == shape) return x;
            throw new NotImplementedException();
        }
    }
}
