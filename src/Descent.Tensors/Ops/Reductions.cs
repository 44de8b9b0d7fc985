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
            var y = Tensor.Zeros(shape, x.DType);
            var (from, to, strides) = (x.StrideArray, Pointwise.BroadcastStrides(y, x.Shape), x.Shape.ContiguousStrides());
            for (int i = 0; i < x.Elements; i++)
            {
                int source = 0, target = 0;
                for (int d = 0; d < x.Rank; d++)
                {
                    int at = i / strides[d] % x.Shape[d];
                    source += at * from[d];
                    target += at * to[d];
                }
                if (x.DType == DType.Float32) System.Runtime.CompilerServices.Unsafe.Add(ref y.First<float>(), target) += System.Runtime.CompilerServices.Unsafe.Add(ref x.First<float>(), source);
                else System.Runtime.CompilerServices.Unsafe.Add(ref y.First<double>(), target) += System.Runtime.CompilerServices.Unsafe.Add(ref x.First<double>(), source);
            }
            return y;
        }
    }
}
