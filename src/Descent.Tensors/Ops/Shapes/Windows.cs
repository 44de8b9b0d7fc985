namespace Descent.Tensors;

/// <summary>Overlapping views.</summary>
public static class WindowOps
{
    extension(Tensor x)
    {
        /// <summary>
        /// Windows of <paramref name="size"/> entries, <paramref name="step"/> apart, along a dimension, as a view: the
        /// dimension counts windows, and a new last one runs within them.
        /// </summary>
        /// <exception cref="ShapeException">There is no such dimension, or it is shorter than a window.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The size is negative or the step not positive.</exception>
        public Tensor Unfold(int dimension, int size, int step)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
            if (x.Rank == 0) return x.Unsqueeze(0).Unfold(0, size, step).Select(0, 0);
            int dim = x.Shape.Axis(dimension, nameof(Unfold));
            if (size > x.Shape[dim])
                throw new ShapeException($"Unfold: windows of {size} do not fit dimension {dim} of {x.Shape}.");
            int[] sizes = [.. x.Shape, size], strides = [.. x.StrideArray, x.StrideArray[dim]];
            sizes[dim] = (x.Shape[dim] - size) / step + 1;
            strides[dim] *= step;
            return Autograd.Record(x.Alias(sizes, strides, x.Offset), (x.Shape, dim, step),
                (x, static (dy, s) => dy.Overlapped(s.Shape, s.dim, s.step)));
        }

        /// <summary>Any layout over the memory of this tensor, as a view.</summary>
        /// <param name="shape">The sizes.</param>
        /// <param name="strides">Elements between neighbours along each dimension, of any sign.</param>
        /// <param name="offset">The first element within the storage; where this tensor's is if null.</param>
        /// <remarks>The gradient is defined where this tensor's own elements do not overlap; memory outside it takes none.</remarks>
        /// <exception cref="ShapeException">There are not as many strides as sizes.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The layout would leave the storage.</exception>
        public Tensor AsStrided(Shape shape, ReadOnlySpan<int> strides, int? offset = null)
        {
            if (strides.Length != shape.Rank)
                throw new ShapeException($"AsStrided: {strides.Length} strides were given for the shape {shape}. Expected one per dimension.");
            long first = offset ?? x.Offset, last = first, least = first, held = x.Storage.ByteLength / x.DType.Size;
            for (int i = 0; i < strides.Length; i++)
            {
                long reach = ((long)shape[i] - 1) * strides[i];
                if (reach > 0) last += reach;
                else least += reach;
            }
            if (first < 0 || first > held || (shape.Elements > 0 && (least < 0 || last >= held)))
                throw new ArgumentOutOfRangeException(nameof(strides), $"AsStrided: the shape {shape} with strides ({string.Join(", ", strides.ToArray())}) from " +
                    $"{first} on reaches elements {least} to {last}, but the storage holds {held}.");
            var y = x.Alias(shape, strides.ToArray(), (int)first);
            return !Autograd.Wants(x) && !OperationTrace.IsOn ? y : Autograd.Record(y, (x.Shape, places: Places(x, y)),
                (x, static (dy, s) => Tensor.Zeros([s.Shape.Elements + 1], dy.DType).IndexAdd(0, s.places, dy.Reshape(-1))
                    .Narrow(0, 0, s.Shape.Elements).Reshape(s.Shape)));
        }

        /// <summary>The reverse of <see cref="Unfold(Tensor, int, int, int)"/>: windows added where they lay.</summary>
        Tensor Overlapped(Shape shape, int dim, int step)
        {
            int size = x.Shape[^1], count = x.Shape[dim];
            if (x.DType.IsReduced) return x.To(DType.Float32).Overlapped(shape, dim, step).To(x.DType);
            var y = Tensor.Zeros(shape, x.DType);
            var (target, windows) = (y.Detach(), x.Detach());
            for (int k = 0; k < size && windows.Elements > 0; k++)
            {
                var part = target.Window(dim, k, step, count);
                Pointwise.ZipInto<Kernels.AddKernel>(part, part, windows.Select(-1, k));
            }
            return Autograd.Record(y, (dim, size, step), (x, static (dy, s) => dy.Unfold(s.dim, s.size, s.step)), operation: "UnfoldBackward");
        }
    }

    /// <summary>For every element of y which element of x shares its place in memory; one past the last where none does.</summary>
    static Tensor Places(Tensor x, Tensor y)
    {
        var owner = new Dictionary<int, long>();
        int[] from = Positions(x), to = Positions(y);
        for (int i = 0; i < from.Length; i++)
            if (!owner.TryAdd(from[i], i))
                throw new InvalidOperationException($"AsStrided: elements of the tensor of shape {x.Shape} overlap in memory, so the gradient is not defined. Clone it first.");
        return Tensor.From<long>(Array.ConvertAll(to, at => owner.TryGetValue(at, out long element) ? element : from.Length));
    }

    static int[] Positions(Tensor x)
    {
        var positions = new int[x.Elements];
        var strides = x.StrideArray;
        for (int i = 0; i < positions.Length; i++)
        {
            int rest = i, at = x.Offset;
            for (int d = x.Rank - 1; d >= 0; d--)
            {
                (rest, int index) = Math.DivRem(rest, x.Shape[d]);
                at += index * strides[d];
            }
            positions[i] = at;
        }
        return positions;
    }
}
