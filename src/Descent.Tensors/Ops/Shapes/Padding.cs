namespace Descent.Tensors;

/// <summary>What stands beyond the edge of a padded tensor.</summary>
public enum PaddingMode
{
    /// <summary>One number.</summary>
    Constant,
    /// <summary>The tensor mirrored, the edge itself not repeated.</summary>
    Reflect,
    /// <summary>The edge, repeated.</summary>
    Replicate,
    /// <summary>The tensor from its other end.</summary>
    Circular,
}

/// <summary>Tensors widened or cropped at their edges.</summary>
public static class PaddingOps
{
    extension(Tensor x)
    {
        /// <summary>Widened before and after along the last dimensions; negative numbers crop.</summary>
        /// <param name="padding">Entries before and after the last dimension, then the one before it, and so on.</param>
        /// <param name="mode">What stands in the new places.</param>
        /// <param name="value">The number, for <see cref="PaddingMode.Constant"/>.</param>
        /// <exception cref="ShapeException">The numbers do not come in pairs, are too many, or exceed what the mode can give.</exception>
        public Tensor Pad(ReadOnlySpan<int> padding, PaddingMode mode = PaddingMode.Constant, Scalar? value = null)
        {
            if (padding.Length % 2 != 0 || padding.Length / 2 > x.Rank)
                throw new ShapeException($"Pad: {padding.Length} numbers were given for the shape {x.Shape}. Expected pairs, at most {x.Rank} of them.");
            for (int i = 0; i < padding.Length; i += 2)
            {
                int dim = x.Rank - 1 - i / 2, size = x.Shape[dim];
                if ((long)size + padding[i] + padding[i + 1] < 0 || padding[i] < -size || padding[i + 1] < -size)
                    throw new ShapeException($"Pad: dimension {dim} of {x.Shape} cannot be cropped by ({padding[i]}, {padding[i + 1]}).");
            }
            return mode == PaddingMode.Constant ? Constant(x, padding, value ?? 0) : Repeated(x, padding, mode);
        }
    }

    static Tensor Constant(Tensor x, ReadOnlySpan<int> padding, Scalar value)
    {
        int[] sizes = x.Shape.ToArray(), before = new int[x.Rank];
        bool grows = false;
        for (int i = 0; i < padding.Length; i += 2)
        {
            int dim = x.Rank - 1 - i / 2;
            int first = Math.Max(0, -padding[i]), last = x.Shape[dim] - Math.Max(0, -padding[i + 1]);
            x = x.Window(dim, first, 1, Math.Max(0, last - first));
            before[dim] = Math.Max(0, padding[i]);
            sizes[dim] += padding[i] + padding[i + 1];
            grows |= padding[i] > 0 || padding[i + 1] > 0;
        }
        if (!grows) return x.Clone();
        var y = Tensor.Full(sizes, value, x.DType);
        Copying.CopyInto(Inside(y.Detach(), before, x.Shape), x);
        return Autograd.Record(y, (before, x.Shape, value), (x, static (dy, s) => Inside(dy, s.before, s.Shape)), operation: "Pad");
    }

    static Tensor Inside(Tensor x, int[] start, Shape shape)
    {
        for (int dim = 0; dim < start.Length; dim++) x = x.Window(dim, start[dim], 1, shape[dim]);
        return x;
    }

    static Tensor Repeated(Tensor x, ReadOnlySpan<int> padding, PaddingMode mode)
    {
        var y = x;
        for (int i = 0; i < padding.Length; i += 2)
        {
            int dim = x.Rank - 1 - i / 2, size = x.Shape[dim], before = padding[i], after = padding[i + 1];
            if (before == 0 && after == 0) continue;
            int most = mode switch { PaddingMode.Reflect => size - 1, PaddingMode.Circular => size, _ => size == 0 ? 0 : int.MaxValue };
            if (before > most || after > most)
                throw new ShapeException($"Pad: mode {mode} can add at most {Math.Max(most, 0)} at each end of dimension {dim} of {x.Shape}, but ({before}, {after}) were asked for.");
            var rows = new long[size + before + after];
            for (int k = 0; k < rows.Length; k++)
            {
                int at = k - before;
                rows[k] = mode switch
                {
                    PaddingMode.Reflect => at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at,
                    PaddingMode.Replicate => Math.Clamp(at, 0, size - 1),
                    _ => (at % size + size) % size,
                };
            }
            y = y.RowsAt(dim, Tensor.From<long>(rows));
        }
        return ReferenceEquals(y, x) ? x.Clone() : y;
    }
}

public static partial class F
{
    /// <inheritdoc cref="PaddingOps.Pad(Tensor, ReadOnlySpan{int}, PaddingMode, Scalar?)"/>
    public static Tensor Pad(Tensor x, ReadOnlySpan<int> padding, PaddingMode mode = PaddingMode.Constant, Scalar? value = null) =>
        x.Pad(padding, mode, value);

    /// <inheritdoc cref="Masks.OneHot(Tensor, int)"/>
    public static Tensor OneHot(Tensor x, int classes = -1) => x.OneHot(classes);
}
