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

        /// <summary>A 0-d tensor of one number.</summary>
        public static Tensor Scalar(Scalar value, DType? dtype = null) => Tensor.Full([], value, dtype ?? value.DType);

        /// <summary>A tensor of zeros, its sizes as numbers: <c>Tensor.Zeros(2, 3)</c>.</summary>
        public static Tensor Zeros(int size, params ReadOnlySpan<int> more) => Tensor.Zeros([size, .. more]);

        /// <summary>A tensor of ones, its sizes as numbers: <c>Tensor.Ones(2, 3)</c>.</summary>
        public static Tensor Ones(int size, params ReadOnlySpan<int> more) => Tensor.Ones([size, .. more]);

        /// <summary>A tensor of unspecified contents of the shape and, unless another is named, type of <paramref name="x"/>.</summary>
        public static Tensor EmptyLike(Tensor x, DType? dtype = null) => Tensor.Empty(x.Shape, dtype ?? x.DType);

        /// <summary>Zeros of the shape and, unless another is named, type of <paramref name="x"/>.</summary>
        public static Tensor ZerosLike(Tensor x, DType? dtype = null) => Tensor.Zeros(x.Shape, dtype ?? x.DType);

        /// <summary>Ones of the shape and, unless another is named, type of <paramref name="x"/>.</summary>
        public static Tensor OnesLike(Tensor x, DType? dtype = null) => Tensor.Full(x.Shape, 1, dtype ?? x.DType);

        /// <summary>One number in the shape and, unless another is named, type of <paramref name="x"/>.</summary>
        public static Tensor FullLike(Tensor x, Scalar value, DType? dtype = null) => Tensor.Full(x.Shape, value, dtype ?? x.DType);
    }
}
