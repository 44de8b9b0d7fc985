namespace Descent.Tensors;

/// <summary>Where a mask is true.</summary>
public static class Masks
{
    extension(Tensor x)
    {
        /// <summary>The positions of the elements that are not zero, in row-major order: shape <c>(count, Rank)</c>, Int64.</summary>
        public Tensor Nonzero()
        {
            var flat = Positions(x.DType == DType.Bool ? x : x.Detach().To(DType.Bool), nameof(Nonzero));
            var y = Tensor.Empty([flat.Elements, x.Rank], DType.Int64);
            Span<long> to = y.AsSpan<long>(), from = flat.AsSpan<long>();
            for (int i = 0; i < from.Length; i++)
            {
                long rest = from[i];
                for (int d = x.Rank - 1; d >= 0; d--) (rest, to[i * x.Rank + d]) = Math.DivRem(rest, x.Shape[d]);
            }
            return y;
        }

        /// <summary>One row per class number, of zeros and a one: a new last dimension, Int64.</summary>
        /// <param name="classes">Size of the last dimension; -1 takes the greatest number plus one.</param>
        /// <exception cref="ArgumentOutOfRangeException">A number is negative or not below <paramref name="classes"/>.</exception>
        public Tensor OneHot(int classes = -1)
        {
            if (classes < 0)
            {
                if (x.Elements == 0) throw new ArgumentException($"OneHot: the number of classes cannot be told from no elements, of shape {x.Shape}. Pass it.");
                classes = checked((int)System.Numerics.Tensors.TensorPrimitives.Max<long>(x.To(DType.Int64).Contiguous().AsSpan<long>()) + 1);
            }
            return Tensor.Zeros([.. x.Shape, classes], DType.Int64).Scatter(-1, x.To(DType.Int64).Unsqueeze(-1), 1);
        }
    }

    /// <summary>Row-major positions of the true elements of a mask, Int64 of one dimension.</summary>
    internal static Tensor Positions(Tensor mask, string operation)
    {
        if (mask.DType != DType.Bool)
            throw new ArgumentException($"{operation}: the mask is {mask.DType}; expected Bool.");
        var source = mask.Contiguous();
        var values = source.Storage.Span<byte>(source.Offset, source.Elements);
        var y = Tensor.Empty([values.Length - values.Count((byte)0)], DType.Int64);
        var to = y.AsSpan<long>();
        for (int i = 0, k = 0; i < values.Length; i++)
            if (values[i] != 0) to[k++] = i;
        GC.KeepAlive(source);
        return y;
    }
}
