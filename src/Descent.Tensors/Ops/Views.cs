namespace Descent.Tensors;

/// <summary>Other shapes over the same elements.</summary>
public static class ViewOps
{
    extension(Tensor x)
    {
        /// <summary>The same elements in another shape: a view where the layout allows, else a copy. One size may be -1.</summary>
        /// <exception cref="ShapeException">The numbers of elements differ.</exception>
        public Tensor Reshape(params ReadOnlySpan<int> dims)
        {
            var shape = ResolveReshape(x.Shape, dims);
            if (shape == x.Shape) return x;
            var source = x.Contiguous();
            return Autograd.Record(source.Alias(shape, null, source.Offset), x.Shape, (source, static (dy, s) => dy.Reshape(s.AsSpan())));
        }

        /// <summary>Two dimensions exchanged, as a view.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Transpose(int dim0, int dim1)
        {
            dim0 = x.Shape.Axis(dim0, nameof(Transpose));
            dim1 = x.Shape.Axis(dim1, nameof(Transpose));
            if (dim0 == dim1) return x;
            int[] dims = x.Shape.ToArray(), strides = [.. x.StrideArray];
            (dims[dim0], dims[dim1]) = (dims[dim1], dims[dim0]);
            (strides[dim0], strides[dim1]) = (strides[dim1], strides[dim0]);
            return Autograd.Record(x.Alias(new(dims, validated: true), strides, x.Offset), (dim0, dim1),
                (x, static (dy, s) => dy.Transpose(s.dim0, s.dim1)));
        }

        /// <summary>Dimensions of size 1 repeated to the sizes of <paramref name="shape"/> without copying; -1 keeps a size.</summary>
        /// <exception cref="ShapeException">A size other than 1 would change.</exception>
        public Tensor Expand(Shape shape)
        {
            if (shape == x.Shape) return x;
            if (shape.Rank < x.Rank || Shape.Broadcast(x.Shape, shape, nameof(Expand)) != shape)
                throw new ShapeException($"Expand: {x.Shape} does not broadcast to {shape}. Only dimensions of size 1 can be repeated.");
            return Autograd.Record(x.Alias(shape, Pointwise.BroadcastStrides(x, shape), x.Offset), x.Shape,
                (x, static (dy, s) => dy.SumTo(s)));
        }
    }

    static Shape ResolveReshape(Shape from, ReadOnlySpan<int> dims)
    {
        int free = dims.IndexOf(-1);
        var sizes = dims.ToArray();
        if (free >= 0)
        {
            int known = 1;
            for (int i = 0; i < sizes.Length; i++)
                if (i != free) known *= sizes[i];
            if (known == 0 || from.Elements % known != 0 || sizes.Count(d => d == -1) > 1)
                throw new ShapeException($"Reshape: {from} has {from.Elements} elements, which do not divide into ({string.Join(", ", sizes)}). " +
                    "Expected sizes whose product is the number of elements, at most one of them -1.");
            sizes[free] = from.Elements / known;
        }
        var shape = new Shape(sizes);
        return shape.Elements == from.Elements ? shape : throw new ShapeException(
            $"Reshape: {from} has {from.Elements} elements, but {shape} holds {shape.Elements}.");
    }
}
