namespace Descent.Tensors;

/// <summary>Other shapes over the same elements, in the same order.</summary>
public static class ViewOps
{
    extension(Tensor x)
    {
        /// <summary>The same elements in another shape: a view where the layout allows, else a copy. One size may be -1.</summary>
        /// <exception cref="ShapeException">The numbers of elements differ.</exception>
        public Tensor Reshape(params ReadOnlySpan<int> dims)
        {
            var shape = ResolveSizes(x.Shape, dims, nameof(Reshape));
            if (shape == x.Shape) return x;
            if (Restride(x, shape) is { } strides) return x.As(shape, strides, nameof(Reshape));
            var source = x.Contiguous();
            return source.As(shape, shape.ContiguousStrides(), nameof(Reshape));
        }

        /// <summary>The same elements in another shape, never copied. One size may be -1.</summary>
        /// <exception cref="ShapeException">The numbers of elements differ, or the layout does not allow a view.</exception>
        public Tensor View(params ReadOnlySpan<int> dims)
        {
            var shape = ResolveSizes(x.Shape, dims, nameof(View));
            var strides = Restride(x, shape) ?? throw new ShapeException(
                $"View: {x.Shape} with strides ({string.Join(", ", x.StrideArray)}) cannot be seen as {shape} without a copy. Use Reshape.");
            return x.As(shape, strides, nameof(View));
        }

        /// <summary>The shape of another tensor over the same elements: <c>Reshape(other.Shape)</c>.</summary>
        /// <exception cref="ShapeException">The numbers of elements differ.</exception>
        public Tensor ReshapeAs(Tensor other) => x.Reshape(other.Shape);

        /// <summary>Dimensions <paramref name="startDim"/> to <paramref name="endDim"/>, both included, as one.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or the first comes after the last.</exception>
        public Tensor Flatten(int startDim = 0, int endDim = -1)
        {
            int start = x.Shape.Axis(startDim, nameof(Flatten)), end = x.Shape.Axis(endDim, nameof(Flatten));
            if (x.Rank == 0) return x.Reshape(1);
            if (start > end)
                throw new ShapeException($"Flatten: startDim {startDim} comes after endDim {endDim} in {x.Shape}.");
            return start == end ? x : x.Reshape([.. x.Shape[..start], x.Shape[start..(end + 1)].Elements, .. x.Shape[(end + 1)..]]);
        }

        /// <summary>One dimension as several whose sizes multiply to it; one size may be -1.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or the sizes do not multiply to its own.</exception>
        public Tensor Unflatten(int dim, params ReadOnlySpan<int> sizes)
        {
            dim = x.Shape.Axis(dim, nameof(Unflatten));
            var inner = ResolveSizes(x.Shape[dim..(dim + 1)], sizes, nameof(Unflatten));
            return x.Reshape([.. x.Shape[..dim], .. inner, .. x.Shape[(dim + 1)..]]);
        }

        /// <summary>Without the dimensions of size 1.</summary>
        public Tensor Squeeze()
        {
            var dims = new List<int>();
            for (int i = 0; i < x.Rank; i++)
                if (x.Shape[i] != 1) dims.Add(x.Shape[i]);
            return x.Reshape([.. dims]);
        }

        /// <summary>Without dimension <paramref name="dim"/> if its size is 1; otherwise the tensor itself.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Squeeze(int dim)
        {
            dim = x.Shape.Axis(dim, nameof(Squeeze));
            return x.Rank == 0 || x.Shape[dim] != 1 ? x : x.Reshape([.. x.Shape[..dim], .. x.Shape[(dim + 1)..]]);
        }

        /// <summary>With a dimension of size 1 before dimension <paramref name="dim"/>; -1 puts it last.</summary>
        /// <exception cref="ShapeException">There is no such place.</exception>
        public Tensor Unsqueeze(int dim)
        {
            int rank = x.Rank + 1;
            if (dim < -rank || dim >= rank)
                throw new ShapeException($"Unsqueeze: dim is {dim}, but the shape is {x.Shape}. Expected {-rank} to {rank - 1}.");
            if (dim < 0) dim += rank;
            return x.Reshape([.. x.Shape[..dim], 1, .. x.Shape[dim..]]);
        }

        /// <summary>A recorded view whose elements are those of this tensor in the same row-major order.</summary>
        Tensor As(Shape shape, int[] strides, string operation) =>
            Autograd.Record(x.Alias(shape, strides, x.Offset), x.Shape, (x, static (dy, s) => dy.Reshape(s)), operation: operation);
    }

    /// <summary>Strides of a view of another shape, or null where only a copy has that shape.</summary>
    static int[]? Restride(Tensor x, Shape shape)
    {
        if (x.IsContiguous) return shape.ContiguousStrides();
        // The layout falls into runs within which stepping is even; each new dimension must lie within one run.
        var runs = new Kernels.LoopNest(x.Shape.AsSpan(), x.StrideArray);
        int run = runs.Sizes.Length - 1, left = runs.Sizes[run], stride = runs.Strides[0][run];
        var strides = new int[shape.Rank];
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = stride;
            if (shape[i] == 1) continue;
            if (left == 1 && run > 0) (left, stride) = (runs.Sizes[--run], runs.Strides[0][run]);
            if (left % shape[i] != 0) return null;
            strides[i] = stride;
            left /= shape[i];
            stride *= shape[i];
        }
        return strides;
    }

    static Shape ResolveSizes(Shape from, ReadOnlySpan<int> dims, string operation)
    {
        int free = dims.IndexOf(-1);
        if (free < 0)
        {
            var given = new Shape(dims);
            return given.Elements == from.Elements ? given : throw new ShapeException(
                $"{operation}: {from} has {from.Elements} elements, but {given} holds {given.Elements}.");
        }
        var sizes = dims.ToArray();
        long known = 1;
        for (int i = 0; i < sizes.Length; i++)
            if (i != free) known *= sizes[i];
        if (known <= 0 || from.Elements % known != 0)
            throw new ShapeException($"{operation}: {from} has {from.Elements} elements, which do not divide into ({string.Join(", ", sizes)}). " +
                "Expected sizes whose product is the number of elements, at most one of them -1.");
        sizes[free] = (int)(from.Elements / known);
        return new(sizes);
    }
}
