using System.Numerics.Tensors;

namespace Descent.Tensors;

/// <summary>From .NET's arrays and spans to tensors and back; every one copies.</summary>
public static class Conversions
{
    extension(Tensor)
    {
        /// <summary>A copy of an array or span, in a shape.</summary>
        /// <exception cref="ShapeException">The shape does not hold exactly these elements.</exception>
        public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape) where T : unmanaged
        {
            if (shape.Elements != values.Length)
                throw new ShapeException($"From: {values.Length} values do not fill the shape {shape}, which holds {shape.Elements}.");
            var y = Tensor.Empty(shape, DType.Of<T>());
            values.CopyTo(y.AsSpan<T>());
            return y;
        }

        /// <summary>A copy of an array or span, of one dimension.</summary>
        public static Tensor From<T>(ReadOnlySpan<T> values) where T : unmanaged => Tensor.From(values, [values.Length]);

        /// <summary>A copy of a matrix.</summary>
        public static Tensor From<T>(T[,] values) where T : unmanaged =>
            FromBlock<T>(values, values.Length == 0 ? default : new ReadOnlySpan<T>(ref values[0, 0]));

        /// <summary>A copy of an array of three dimensions.</summary>
        public static Tensor From<T>(T[,,] values) where T : unmanaged =>
            FromBlock<T>(values, values.Length == 0 ? default : new ReadOnlySpan<T>(ref values[0, 0, 0]));

        /// <summary>A matrix from its rows.</summary>
        /// <exception cref="ShapeException">The rows differ in length.</exception>
        public static Tensor From<T>(T[][] rows) where T : unmanaged
        {
            int width = rows.Length == 0 ? 0 : rows[0].Length;
            var y = Tensor.Empty([rows.Length, width], DType.Of<T>());
            for (int i = 0; i < rows.Length; i++)
            {
                if (rows[i].Length != width)
                    throw new ShapeException($"From: row {i} has {rows[i].Length} values, but the first {width}. Expected rows of one length.");
                rows[i].CopyTo(y.AsSpan<T>()[(i * width)..]);
            }
            return y;
        }

        /// <summary>A copy of a tensor span of System.Numerics.Tensors.</summary>
        public static Tensor FromTensorSpan<T>(ReadOnlyTensorSpan<T> values) where T : unmanaged
        {
            var dims = new int[values.Rank];
            for (int i = 0; i < dims.Length; i++) dims[i] = checked((int)values.Lengths[i]);
            var y = Tensor.Empty(new(dims), DType.Of<T>());
            if (y.Elements > 0) values.FlattenTo(y.AsSpan<T>());
            return y;
        }
    }

    extension(Tensor x)
    {
        /// <summary>The elements in row-major order.</summary>
        /// <exception cref="InvalidOperationException">The type is not <typeparamref name="T"/>.</exception>
        public T[] ToArray<T>() where T : unmanaged => x.Detach().Contiguous().AsSpan<T>().ToArray();

        /// <summary>The elements of a matrix.</summary>
        /// <exception cref="ShapeException">There are not two dimensions.</exception>
        /// <exception cref="InvalidOperationException">The type is not <typeparamref name="T"/>.</exception>
        public T[,] ToArray2D<T>() where T : unmanaged
        {
            if (x.Rank != 2) throw new ShapeException($"ToArray2D: the shape is {x.Shape}; expected two dimensions.");
            var values = new T[x.Shape[0], x.Shape[1]];
            if (x.Elements > 0) x.ToArray<T>().CopyTo(System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref values[0, 0], values.Length));
            return values;
        }

        /// <summary>A tensor of System.Numerics.Tensors.</summary>
        /// <exception cref="InvalidOperationException">The type is not <typeparamref name="T"/>.</exception>
        public Tensor<T> ToNumericsTensor<T>() where T : unmanaged =>
            System.Numerics.Tensors.Tensor.Create(x.ToArray<T>(), Array.ConvertAll(x.Shape.Dims, d => (nint)d));
    }

    static Tensor FromBlock<T>(Array values, ReadOnlySpan<T> first) where T : unmanaged
    {
        var dims = new int[values.Rank];
        for (int i = 0; i < dims.Length; i++) dims[i] = values.GetLength(i);
        // An array of several dimensions lies in memory as one block, row-major.
        return Tensor.From(values.Length == 0 ? default : System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(
            ref System.Runtime.InteropServices.MemoryMarshal.GetReference(first), values.Length), new Shape(dims));
    }
}
