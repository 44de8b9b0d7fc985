namespace Descent.Tensors;

/// <summary>Dimensions in another order, or repeated, over the same elements.</summary>
public static class DimensionOps
{
    extension(Tensor x)
    {
        /// <summary>The dimensions in the order named, as a view: dimension i of the result is <c>dims[i]</c> of this one.</summary>
        /// <exception cref="ShapeException">Some dimension is missing or named twice.</exception>
        public Tensor Permute(params ReadOnlySpan<int> dims)
        {
            var order = new int[x.Rank];
            var seen = new bool[x.Rank];
            if (dims.Length != x.Rank)
                throw new ShapeException($"Permute: {dims.Length} dimensions are named, but the shape is {x.Shape}. Name each of its {x.Rank} once.");
            for (int i = 0; i < order.Length; i++)
            {
                int dim = order[i] = x.Shape.Axis(dims[i], nameof(Permute));
                if (seen[dim]) throw new ShapeException($"Permute: dimension {dim} of {x.Shape} is named twice in ({string.Join(", ", dims.ToArray())}).");
                seen[dim] = true;
            }
            int[] sizes = Array.ConvertAll(order, d => x.Shape[d]), strides = x.StrideArray;
            return Autograd.Record(x.Alias(new(sizes, validated: true), Array.ConvertAll(order, d => strides[d]), x.Offset), order,
                (x, static (dy, order) => dy.Permute(Inverse(order))));
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

        /// <summary>The matrix or matrices transposed: the last two dimensions exchanged. A vector is itself.</summary>
        public Tensor T => x.Rank < 2 ? x : x.Transpose(-2, -1);

        /// <summary>One dimension moved to another place, the others keeping their order, as a view.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Movedim(int source, int destination) => x.Movedim([source], [destination]);

        /// <summary>Dimensions moved to other places, the others keeping their order, as a view.</summary>
        /// <exception cref="ShapeException">There is no such dimension, one is named twice, or the lists differ in length.</exception>
        public Tensor Movedim(ReadOnlySpan<int> source, ReadOnlySpan<int> destination)
        {
            if (source.Length != destination.Length)
                throw new ShapeException($"Movedim: {source.Length} dimensions cannot move to {destination.Length} places.");
            var order = new int[x.Rank];
            order.AsSpan().Fill(-1);
            var moved = new bool[x.Rank];
            for (int i = 0; i < source.Length && x.Rank > 0; i++)
            {
                int from = x.Shape.Axis(source[i], nameof(Movedim)), to = x.Shape.Axis(destination[i], nameof(Movedim));
                if (moved[from] || order[to] >= 0)
                    throw new ShapeException($"Movedim: a dimension of {x.Shape} is named twice.");
                moved[from] = true;
                order[to] = from;
            }
            for (int place = 0, next = 0; place < order.Length; place++)
            {
                if (order[place] >= 0) continue;
                while (moved[next]) next++;
                order[place] = next++;
            }
            return x.Permute(order);
        }

        /// <summary>Dimensions of size 1 repeated to the sizes named without copying, new ones in front; -1 keeps a size.</summary>
        /// <exception cref="ShapeException">A size other than 1 would change.</exception>
        public Tensor Expand(params ReadOnlySpan<int> sizes)
        {
            var dims = sizes.ToArray();
            for (int i = 1; i <= dims.Length; i++)
                if (dims[^i] == -1 && i <= x.Rank) dims[^i] = x.Shape[^i];
            var shape = new Shape(dims);
            if (shape == x.Shape) return x;
            if (shape.Rank < x.Rank || Shape.Broadcast(x.Shape, shape, nameof(Expand)) != shape)
                throw new ShapeException($"Expand: {x.Shape} does not broadcast to {shape}. Only dimensions of size 1 can be repeated.");
            return Autograd.Record(x.Alias(shape, Pointwise.BroadcastStrides(x, shape), x.Offset), x.Shape,
                (x, static (dy, s) => dy.SumTo(s)));
        }

        /// <summary>Expanded to the shape of another tensor.</summary>
        /// <exception cref="ShapeException">A size other than 1 would change.</exception>
        public Tensor ExpandAs(Tensor other) => x.Expand(other.Shape);
    }

    static int[] Inverse(int[] order)
    {
        var inverse = new int[order.Length];
        for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
        return inverse;
    }
}
