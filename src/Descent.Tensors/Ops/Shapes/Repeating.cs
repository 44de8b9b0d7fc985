namespace Descent.Tensors;

/// <summary>Elements repeated, reversed and moved around.</summary>
public static class RepeatingOps
{
    extension(Tensor x)
    {
        /// <summary>The whole tensor repeated along each dimension; more numbers than dimensions add dimensions in front.</summary>
        /// <exception cref="ShapeException">There are fewer numbers than dimensions.</exception>
        public Tensor Repeat(params ReadOnlySpan<int> repeats)
        {
            int added = repeats.Length - x.Rank;
            if (added < 0)
                throw new ShapeException($"Repeat: {repeats.Length} numbers were given for the shape {x.Shape}. Expected at least {x.Rank}.");
            // Beside every dimension stands one of size 1, which is expanded.
            int[] apart = new int[2 * repeats.Length], wide = new int[2 * repeats.Length], dims = new int[repeats.Length];
            for (int i = 0; i < repeats.Length; i++)
            {
                int size = i < added ? 1 : x.Shape[i - added];
                (apart[2 * i], apart[2 * i + 1]) = (1, size);
                (wide[2 * i], wide[2 * i + 1]) = (repeats[i], size);
                dims[i] = repeats[i] * size;
            }
            return x.Reshape(apart).Expand(wide).Reshape(dims);
        }

        /// <summary>Each entry along a dimension <paramref name="repeats"/> times, neighbours staying together.</summary>
        /// <param name="dim">The dimension; of the flattened tensor where null.</param>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
        public Tensor RepeatInterleave(int repeats, int? dim = null)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(repeats);
            if (dim is not { } given || x.Rank == 0) return x.Reshape(-1, 1).Expand(x.Elements, repeats).Reshape(x.Elements * repeats);
            int axis = x.Shape.Axis(given, nameof(RepeatInterleave));
            int size = x.Shape[axis];
            Shape before = x.Shape[..axis], after = x.Shape[(axis + 1)..];
            return x.Unsqueeze(axis + 1).Expand([.. before, size, repeats, .. after]).Reshape([.. before, size * repeats, .. after]);
        }

        /// <summary>Entry i along a dimension <c>repeats[i]</c> times.</summary>
        /// <param name="repeats">Integers, one per entry.</param>
        /// <param name="dim">The dimension; of the flattened tensor where null.</param>
        /// <exception cref="ShapeException">There is no such dimension, or it has another size than there are numbers.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
        public Tensor RepeatInterleave(Tensor repeats, int? dim = null)
        {
            if (dim is not { } given || x.Rank == 0) (x, given) = (x.Reshape(-1), 0);
            int axis = x.Shape.Axis(given, nameof(RepeatInterleave));
            if (repeats.Shape != [x.Shape[axis]])
                throw new ShapeException($"RepeatInterleave: {repeats.Shape} numbers do not fit dimension {axis} of {x.Shape}. Expected ({x.Shape[axis]},).");
            var rows = new List<long>();
            var counts = repeats.To(DType.Int64).ToArray<long>();
            for (int i = 0; i < counts.Length; i++)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(counts[i], nameof(repeats));
                for (long k = 0; k < counts[i]; k++) rows.Add(i);
            }
            return x.RowsAt(axis, Tensor.From<long>(rows.ToArray()));
        }

        /// <summary>A copy with the order along some dimensions reversed. For a view, slice with step -1.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Flip(params ReadOnlySpan<int> dims)
        {
            var axes = dims.ToArray();
            int[] strides = [.. x.StrideArray];
            int offset = x.Offset;
            for (int i = 0; i < axes.Length; i++)
            {
                int axis = axes[i] = x.Shape.Axis(axes[i], nameof(Flip));
                if (x.Rank == 0 || x.Elements == 0) continue;
                offset += (x.Shape[axis] - 1) * strides[axis];
                strides[axis] = -strides[axis];
            }
            var y = Tensor.Uninitialized(x.Shape, x.DType);
            Copying.CopyInto(y, x.Alias(x.Shape, strides, offset));
            return Autograd.Record(y, axes, (x, static (dy, s) => dy.Flip(s)));
        }

        /// <summary>Entries along a dimension moved on by <paramref name="shift"/> places, those beyond the end to the front.</summary>
        /// <param name="dim">The dimension; of the flattened tensor where null, and back to its shape.</param>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Roll(int shift, int? dim = null)
        {
            if (dim is not { } given) return x.Reshape(-1).Roll(shift, 0).Reshape(x.Shape);
            int axis = x.Shape.Axis(given, nameof(Roll)), size = x.Rank == 0 ? 1 : x.Shape[axis];
            int by = size == 0 ? 0 : (shift % size + size) % size;
            return by == 0 ? x.Clone() : Tensor.Cat([x.Narrow(axis, size - by, by), x.Narrow(axis, 0, size - by)], axis);
        }

        /// <summary>Moved on along several dimensions, each by its own number of places.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or there are not as many shifts.</exception>
        public Tensor Roll(ReadOnlySpan<int> shifts, ReadOnlySpan<int> dims)
        {
            if (shifts.Length != dims.Length)
                throw new ShapeException($"Roll: {shifts.Length} shifts were given for {dims.Length} dimensions.");
            var y = x;
            for (int i = 0; i < shifts.Length; i++) y = y.Roll(shifts[i], dims[i]);
            return ReferenceEquals(y, x) ? x.Clone() : y;
        }

        /// <summary>Turned by <paramref name="k"/> quarters in a plane, from its first dimension towards its second.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or the two are the same.</exception>
        public Tensor Rot90(int k = 1, int dim0 = 0, int dim1 = 1)
        {
            (dim0, dim1) = (x.Shape.Axis(dim0, nameof(Rot90)), x.Shape.Axis(dim1, nameof(Rot90)));
            if (dim0 == dim1) throw new ShapeException($"Rot90: dimension {dim0} of {x.Shape} is named twice; a plane has two.");
            return (k & 3) switch
            {
                0 => x.Clone(),
                1 => x.Flip(dim1).Transpose(dim0, dim1),
                2 => x.Flip(dim0, dim1),
                _ => x.Flip(dim0).Transpose(dim0, dim1),
            };
        }
    }

    extension(Tensor)
    {
        /// <summary>Coordinates of a grid: tensor i repeated along all dimensions but the i-th.</summary>
        /// <param name="tensors">Of one dimension each, or single numbers.</param>
        /// <param name="indexing">"ij", or "xy": the first two dimensions exchanged, as images have them.</param>
        /// <exception cref="ShapeException">A tensor has several dimensions.</exception>
        public static Tensor[] Meshgrid(ReadOnlySpan<Tensor> tensors, string indexing = "ij")
        {
            if (indexing is not ("ij" or "xy")) throw new ArgumentException($"Meshgrid: indexing is '{indexing}'; expected 'ij' or 'xy'.");
            var sizes = new int[tensors.Length];
            for (int i = 0; i < sizes.Length; i++)
                sizes[i] = tensors[i].Rank <= 1 ? tensors[i].Elements : throw new ShapeException(
                    $"Meshgrid: tensor {i} has shape {tensors[i].Shape}; expected one dimension.");
            var grids = new Tensor[sizes.Length];
            var place = new int[sizes.Length];
            for (int i = 0; i < grids.Length; i++)
            {
                Array.Fill(place, 1);
                place[i] = -1;
                grids[i] = tensors[i].Reshape(sizes[i] == 0 ? Empty(place, i) : place).Expand(sizes);
                if (indexing == "xy" && grids.Length > 1) grids[i] = grids[i].Transpose(0, 1);
            }
            return grids;
        }
    }

    static int[] Empty(int[] place, int i)
    {
        place[i] = 0;
        return place;
    }
}
