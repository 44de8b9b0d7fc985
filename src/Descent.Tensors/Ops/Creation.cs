namespace Descent.Tensors;

/// <summary>Tensors made from nothing.</summary>
public static class Creation
{
    extension(Tensor)
    {
        /// <summary>A tensor of unspecified contents, to be overwritten.</summary>
        public static Tensor Empty(Shape shape, DType? dtype = null) => Tensor.Uninitialized(shape, dtype ?? Tensor.DefaultDType);

        /// <summary>A tensor of zeros.</summary>
        public static Tensor Zeros(Shape shape, DType? dtype = null)
        {
            var y = Tensor.Empty(shape, dtype);
            y.Storage.Span<byte>(0, (int)y.Storage.ByteLength).Clear();
            return y;
        }

        /// <summary>A tensor of ones.</summary>
        public static Tensor Ones(Shape shape, DType? dtype = null) => Tensor.Full(shape, 1, dtype ?? Tensor.DefaultDType);

        /// <summary>A tensor of one number.</summary>
        public static Tensor Full(Shape shape, Scalar value, DType? dtype = null)
        {
            var y = Tensor.Empty(shape, dtype ?? value.DType);
            switch (y.DType)
            {
                case DType.Float32: y.AsSpan<float>().Fill(value.To<float>()); break;
                case DType.Float64: y.AsSpan<double>().Fill(value.To<double>()); break;
                case DType.Float16: y.AsSpan<Half>().Fill(value.To<Half>()); break;
                case DType.BFloat16: y.AsSpan<BFloat16>().Fill((BFloat16)value.To<float>()); break;
                case DType.Int64: y.AsSpan<long>().Fill(value.To<long>()); break;
                case DType.Int32: y.AsSpan<int>().Fill(value.To<int>()); break;
                case DType.Int8: y.AsSpan<sbyte>().Fill(value.To<sbyte>()); break;
                case DType.UInt8: y.AsSpan<byte>().Fill(value.To<byte>()); break;
                default: y.AsSpan<bool>().Fill(value.AsDouble() != 0); break;
            }
            return y;
        }

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
    }
}
