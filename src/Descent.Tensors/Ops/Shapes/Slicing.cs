using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>Parts of a tensor as views.</summary>
public static class SlicingOps
{
    extension(Tensor x)
    {
        /// <summary>Entry <paramref name="index"/> along a dimension, which disappears; negative counts from the end.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
        public Tensor Select(int dim, int index)
        {
            if (x.Rank == 0) throw new ShapeException("Select: a single number, of shape (), has no dimension to select from.");
            dim = x.Shape.Axis(dim, nameof(Select));
            int at = CheckIndex(index, dim, x.Shape, nameof(Select));
            int[] strides = x.StrideArray;
            var y = x.Alias(new([.. x.Shape[..dim], .. x.Shape[(dim + 1)..]], validated: true),
                [.. strides[..dim], .. strides[(dim + 1)..]], x.Offset + at * strides[dim]);
            return Autograd.Record(y, (x.Shape, dim, at),
                (x, static (dy, s) => dy.Unsqueeze(s.dim).Placed(s.Shape, s.dim, s.at, 1)));
        }

        /// <summary><paramref name="length"/> entries from <paramref name="start"/> on along a dimension.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The entries do not lie within the dimension.</exception>
        public Tensor Narrow(int dim, int start, int length)
        {
            dim = x.Shape.Axis(dim, nameof(Narrow));
            int size = x.Rank == 0 ? 0 : x.Shape[dim];
            int first = start < 0 ? start + size : start;
            if (first < 0 || length < 0 || first > size - length)
                throw new ArgumentOutOfRangeException(nameof(start), $"Narrow: start {start} and length {length} do not lie within dimension {dim} of {x.Shape}.");
            return x.Window(dim, first, 1, length);
        }

        /// <summary>
        /// Every <paramref name="step"/>-th entry from <paramref name="start"/> to before <paramref name="stop"/> along a
        /// dimension, as Python slices: negative positions count from the end, positions outside are cut to the ends, and
        /// a negative step walks backwards.
        /// </summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The step is 0.</exception>
        public Tensor Slice(int dim, int? start = null, int? stop = null, int step = 1)
        {
            if (step == 0) throw new ArgumentOutOfRangeException(nameof(step), "Slice: the step is 0; expected any other number.");
            if (x.Rank == 0) throw new ShapeException("Slice: a single number, of shape (), has no dimension to slice.");
            dim = x.Shape.Axis(dim, nameof(Slice));
            var (first, count) = Bounds(x.Shape[dim], start, stop, step);
            return x.Window(dim, first, step, count);
        }

        /// <summary>Pieces of <paramref name="size"/> entries along a dimension, the last one perhaps smaller.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
        public Tensor[] Split(int size, int dim = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
            int length = x.Shape[Dimension(x, ref dim, nameof(Split))];
            var sizes = new int[Math.Max(1, (length + size - 1) / size)];
            for (int i = 0; i < sizes.Length; i++) sizes[i] = Math.Min(size, length - i * size);
            return x.Pieces(sizes, dim, nameof(Split));
        }

        /// <summary>Pieces of the given numbers of entries along a dimension.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or the sizes do not add up to its own.</exception>
        public Tensor[] Split(ReadOnlySpan<int> sizes, int dim = 0)
        {
            int length = x.Shape[Dimension(x, ref dim, nameof(Split))], sum = 0;
            foreach (int size in sizes)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(sizes));
                sum += size;
            }
            if (sum != length)
                throw new ShapeException($"Split: the sizes ({string.Join(", ", sizes.ToArray())}) add up to {sum}, but dimension {dim} of {x.Shape} is {length}.");
            return x.Pieces(sizes.ToArray(), dim, nameof(Split));
        }

        /// <summary>At most <paramref name="chunks"/> pieces of equal size along a dimension, the last one perhaps smaller.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The number of pieces is not positive.</exception>
        public Tensor[] Chunk(int chunks, int dim = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunks);
            int length = x.Shape[Dimension(x, ref dim, nameof(Chunk))];
            return length == 0 ? x.Pieces(new int[chunks], dim, nameof(Chunk)) : x.Split((length + chunks - 1) / chunks, dim);
        }

        /// <summary>Every entry along a dimension, which disappears.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor[] Unbind(int dim = 0)
        {
            int length = x.Shape[Dimension(x, ref dim, nameof(Unbind))], stride = x.StrideArray[dim];
            var shape = new Shape([.. x.Shape[..dim], .. x.Shape[(dim + 1)..]], validated: true);
            int[] strides = [.. x.StrideArray[..dim], .. x.StrideArray[(dim + 1)..]];
            var pieces = new Tensor[length];
            for (int i = 0; i < length; i++) pieces[i] = x.Alias(shape, strides, x.Offset + i * stride);
            if (length == 0) return pieces;
            Autograd.RecordJoint(pieces, (shape, x.DType, dim), [x], static (dy, s, _, dx) =>
                dx[0] = Tensor.Stack(Filled(dy, s.DType, _ => s.shape), s.dim));
            return pieces;
        }

        /// <summary><paramref name="count"/> entries, <paramref name="step"/> apart, all within the dimension.</summary>
        internal Tensor Window(int dim, int start, int step, int count)
        {
            if (step == 1 && count == x.Shape[dim]) return x;
            int[] dims = x.Shape.ToArray(), strides = [.. x.StrideArray];
            int offset = x.Offset + (count == 0 ? 0 : start * strides[dim]);
            dims[dim] = count;
            strides[dim] *= step;
            return Autograd.Record(x.Alias(new(dims, validated: true), strides, offset), (x.Shape, dim, start, step),
                (x, static (dy, s) => dy.Placed(s.Shape, s.dim, s.start, s.step)), operation: nameof(Slice));
        }

        /// <summary>The reverse of <see cref="Window"/>: these entries at their places among zeros.</summary>
        internal Tensor Placed(Shape shape, int dim, int start, int step)
        {
            int count = x.Shape[dim];
            var y = Tensor.Zeros(shape, x.DType);
            Copying.CopyInto(y.Detach().Window(dim, start, step, count), x);
            return Autograd.Record(y, (dim, start, step, count),
                (x, static (dy, s) => dy.Window(s.dim, s.start, s.step, s.count)), operation: "SliceBackward");
        }

        Tensor[] Pieces(int[] sizes, int dim, string operation)
        {
            var pieces = new Tensor[sizes.Length];
            int[] strides = x.StrideArray, dims = x.Shape.ToArray();
            for (int i = 0, start = 0; i < sizes.Length; start += sizes[i++])
            {
                dims[dim] = sizes[i];
                pieces[i] = x.Alias(new((int[])dims.Clone(), validated: true), strides, x.Offset + start * strides[dim]);
            }
            Autograd.RecordJoint(pieces, (x.Shape, sizes, x.DType, dim), [x], static (dy, s, _, dx) => dx[0] = (Autograd.IsEnabled ? null : AsOne(dy, s.Shape, s.sizes, s.dim))
                ?? Tensor.Cat(Filled(dy, s.DType, i => [.. s.Shape[..s.dim], s.sizes[i], .. s.Shape[(s.dim + 1)..]]), s.dim), operation: operation);
            return pieces;
        }
    }

    /// <summary>The whole of which the gradients are the pieces in memory already, or null.</summary>
    static Tensor? AsOne(ReadOnlySpan<Tensor?> gradients, Shape shape, int[] sizes, int dim)
    {
        if (shape.Elements == 0 || gradients[0] is not { } first) return null;
        int[] strides = shape.ContiguousStrides();
        for (int i = 0, start = 0; i < gradients.Length; start += sizes[i++])
            if (gradients[i] is not { } piece || !ReferenceEquals(piece.Storage, first.Storage) || piece.DType != first.DType
                || piece.Offset != first.Offset + start * strides[dim] || !piece.StrideArray.AsSpan().SequenceEqual(strides)) return null;
        return first.Alias(shape, null, first.Offset);
    }

    /// <summary>Gradients of all pieces, zeros where none arrived.</summary>
    static Tensor[] Filled(ReadOnlySpan<Tensor?> gradients, DType dtype, Func<int, Shape> shape)
    {
        var filled = new Tensor[gradients.Length];
        for (int i = 0; i < filled.Length; i++) filled[i] = gradients[i] ?? Tensor.Zeros(shape(i), dtype);
        return filled;
    }

    /// <summary>A position counted from the front.</summary>
    internal static int CheckIndex(int index, int dim, Shape shape, string operation)
    {
        int size = shape[dim];
        if (index < -size || index >= size)
            throw new ArgumentOutOfRangeException(nameof(index), $"{operation}: index {index} is out of range for dimension {dim} of {shape}. " +
                (size == 0 ? "The dimension is empty." : $"Expected {-size} to {size - 1}."));
        return index < 0 ? index + size : index;
    }

    /// <summary>First position and number of entries of a Python slice.</summary>
    internal static (int First, int Count) Bounds(int size, int? start, int? stop, int step)
    {
        // Walking forwards positions are cut to [0, size], backwards to [-1, size - 1].
        int low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
        int first = Cut(start, step > 0 ? low : high), end = Cut(stop, step > 0 ? high : low);
        long span = step > 0 ? (long)end - first : (long)first - end, stride = Math.Abs((long)step);
        return (first, span <= 0 ? 0 : (int)((span + stride - 1) / stride));

        int Cut(int? position, int missing) =>
            position is not { } p ? missing : (int)Math.Clamp(p < 0 ? (long)p + size : p, low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Dimension(Tensor x, ref int dim, string operation)
    {
        if (x.Rank == 0) throw new ShapeException($"{operation}: a single number, of shape (), has no dimension to part.");
        return dim = x.Shape.Axis(dim, operation);
    }
}
