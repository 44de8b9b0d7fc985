namespace Descent.Tensors;

/// <summary>Sums of products over chosen dimensions of two tensors.</summary>
public static class TensordotOps
{
    extension(Tensor a)
    {
        /// <summary>Sums over the last <paramref name="dims"/> dimensions of this tensor and the first of the other.</summary>
        /// <returns>The other dimensions of this tensor, then those of the other.</returns>
        /// <exception cref="ShapeException">There are not so many dimensions, or their sizes differ.</exception>
        public Tensor Tensordot(Tensor b, int dims = 2)
        {
            if (dims < 0 || dims > a.Rank || dims > b.Rank)
                throw new ShapeException($"Tensordot: dims is {dims}, but the shapes are {a.Shape} and {b.Shape}. Expected 0 to {Math.Min(a.Rank, b.Rank)}.");
            return a.Tensordot(b, [.. Enumerable.Range(a.Rank - dims, dims)], [.. Enumerable.Range(0, dims)]);
        }

        /// <summary>Sums over <paramref name="dimsA"/> of this tensor and, pairwise, <paramref name="dimsB"/> of the other.</summary>
        /// <returns>The other dimensions of this tensor, then those of the other.</returns>
        /// <exception cref="ShapeException">A dimension does not exist or is named twice, or paired sizes differ.</exception>
        public Tensor Tensordot(Tensor b, int[] dimsA, int[] dimsB)
        {
            if (dimsA.Length != dimsB.Length)
                throw new ShapeException($"Tensordot: {dimsA.Length} and {dimsB.Length} dimensions are named. Expected pairs.");
            int[] summedA = Axes(a.Shape, dimsA), summedB = Axes(b.Shape, dimsB);
            for (int i = 0; i < summedA.Length; i++)
                if (a.Shape[summedA[i]] != b.Shape[summedB[i]])
                    throw new ShapeException($"Tensordot: dimension {dimsA[i]} of {a.Shape} and {dimsB[i]} of {b.Shape} have sizes " +
                        $"{a.Shape[summedA[i]]} and {b.Shape[summedB[i]]}. Expected equal sizes.");
            int[] freeA = [.. Enumerable.Range(0, a.Rank).Except(summedA)], freeB = [.. Enumerable.Range(0, b.Rank).Except(summedB)];
            int[] shape = [.. Sizes(a, freeA), .. Sizes(b, freeB)];
            int inner = Product(Sizes(a, summedA));
            var left = a.Permute([.. freeA, .. summedA]).Reshape(Product(Sizes(a, freeA)), inner);
            var right = b.Permute([.. summedB, .. freeB]).Reshape(inner, Product(Sizes(b, freeB)));
            return left.MatMul(right).Reshape(shape);
        }
    }

    static int[] Axes(Shape shape, int[] dims)
    {
        int[] axes = [.. dims.Select(d => shape.Axis(d, "Tensordot"))];
        return axes.Distinct().Count() == axes.Length ? axes : throw new ShapeException(
            $"Tensordot: ({string.Join(", ", dims)}) names a dimension of {shape} twice.");
    }

    static int[] Sizes(Tensor x, int[] dims) => Array.ConvertAll(dims, d => x.Shape[d]);

    static int Product(int[] sizes) => sizes.Aggregate(1, (n, d) => n * d);
}
