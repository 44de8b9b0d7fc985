namespace Descent.Tensors;

/// <summary>Diagonals, read as views and written into zeros.</summary>
public static class DiagonalOps
{
    extension(Tensor x)
    {
        /// <summary>The diagonal of two dimensions as the last dimension of a view, those two being dropped.</summary>
        /// <param name="offset">Diagonals above the main one; negative ones lie below.</param>
        /// <param name="dim1">The dimension of the rows.</param>
        /// <param name="dim2">The dimension of the columns.</param>
        /// <exception cref="ShapeException">There are no two such dimensions.</exception>
        public Tensor Diagonal(int offset = 0, int dim1 = 0, int dim2 = 1)
        {
            (dim1, dim2) = Axes(x.Shape, dim1, dim2, nameof(Diagonal));
            return Autograd.Record(View(x, offset, dim1, dim2), (x.Shape, offset, dim1, dim2),
                (x, static (dy, s) => Scatter(dy, s.Shape, s.offset, s.dim1, s.dim2)));
        }

        /// <summary>Zeros but for the last dimension's elements, which lie on a diagonal of two new dimensions.</summary>
        /// <param name="offset">Diagonals above the main one; negative ones lie below.</param>
        /// <param name="dim1">Where the rows come in the result.</param>
        /// <param name="dim2">Where the columns come in the result.</param>
        /// <exception cref="ShapeException">The tensor is 0-d, or the result has no two such dimensions.</exception>
        public Tensor DiagEmbed(int offset = 0, int dim1 = -2, int dim2 = -1)
        {
            if (x.Rank == 0) throw new ShapeException("DiagEmbed: the tensor has no dimension. Expected at least one, the diagonal.");
            int size = x.Shape[^1] + Math.Abs(offset);
            (dim1, dim2) = Axes(new([.. Enumerable.Repeat(1, x.Rank + 1)]), dim1, dim2, nameof(DiagEmbed));
            var dims = x.Shape[..^1].ToList();
            dims.Insert(Math.Min(dim1, dim2), size);
            dims.Insert(Math.Max(dim1, dim2), size);
            return Scatter(x, new([.. dims]), offset, dim1, dim2);
        }
    }

    static (int, int) Axes(Shape shape, int dim1, int dim2, string operation)
    {
        (dim1, dim2) = (shape.Axis(dim1, operation), shape.Axis(dim2, operation));
        return dim1 != dim2 && shape.Rank >= 2 ? (dim1, dim2) : throw new ShapeException(
            $"{operation}: dimensions {dim1} and {dim2} of {shape} are no matrix. Expected two different dimensions.");
    }

    static Tensor View(Tensor x, int offset, int dim1, int dim2)
    {
        var strides = x.StrideArray;
        int rows = x.Shape[dim1], columns = x.Shape[dim2];
        int length = Math.Max(0, offset >= 0 ? Math.Min(rows, columns - offset) : Math.Min(rows + offset, columns));
        int start = length == 0 ? 0 : offset >= 0 ? offset * strides[dim2] : -offset * strides[dim1];
        List<int> dims = [.. x.Shape], steps = [.. strides];
        foreach (int dim in (int[])[Math.Max(dim1, dim2), Math.Min(dim1, dim2)])
        {
            dims.RemoveAt(dim);
            steps.RemoveAt(dim);
        }
        return x.Alias(new([.. dims, length]), [.. steps, strides[dim1] + strides[dim2]], x.Offset + start);
    }

    /// <summary>The adjoint of <c>Diagonal</c>: zeros of a shape, but for one diagonal.</summary>
    static Tensor Scatter(Tensor x, Shape shape, int offset, int dim1, int dim2)
    {
        var y = Tensor.Zeros(shape, x.DType);
        Copying.CopyInto(View(y, offset, dim1, dim2), x);
        return Autograd.Record(y, (offset, dim1, dim2), (x, static (dy, s) => dy.Diagonal(s.offset, s.dim1, s.dim2)), operation: nameof(DiagonalOps.DiagEmbed));
    }
}
