using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Matrix products of bytes, exact in 32 bits: what a quantised layer multiplies.</summary>
public static unsafe class ByteProducts
{
    // 255 · 128 · 65,536 is just below 2³¹.
    const int MostDepth = 65536;

    extension(Tensor a)
    {
        /// <summary>The exact product of matrices of bytes: <c>(m, k)</c> of Int8 or UInt8 by <c>(k, n)</c> of Int8, of any layout. Not differentiable.</summary>
        /// <returns>Int32 of shape <c>(m, n)</c>.</returns>
        /// <exception cref="ShapeException">They are no such matrices, or k is above 65,536.</exception>
        /// <exception cref="InvalidOperationException">The types are others.</exception>
        public Tensor IntMm(Tensor b)
        {
            if (a.DType is not (DType.Int8 or DType.UInt8) || b.DType != DType.Int8)
                throw new InvalidOperationException($"IntMm: the operands are {a.DType} and {b.DType}. Expected Int8 or UInt8, and Int8.");
            if (a.Rank != 2 || b.Rank != 2 || a.Shape[1] != b.Shape[0] || a.Shape[1] > MostDepth)
                throw new ShapeException($"IntMm: {a.Shape} × {b.Shape} do not fit. Expected (m, k) × (k, n) with k at most {MostDepth}.");
            var y = Tensor.Uninitialized(new(a.Shape[0], b.Shape[1]), DType.Int32);
            int[] left = a.StrideArray, right = b.StrideArray;
            fixed (byte* pa = &a.First<byte>())
            fixed (sbyte* pb = &b.First<sbyte>())
            fixed (int* py = y.AsSpan<int>())
                ByteProduct.Multiply(y.Shape[0], y.Shape[1], a.Shape[1], pa, left[0], left[1], a.DType == DType.Int8, pb, right[0], right[1], py);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
            return y;
        }

        /// <summary><c>y[i, j] = Σₖ a[i, k] · b[k, j] · rowScales[i] · columnScales[j]</c>, with the sum exact in 32 bits. Not differentiable.</summary>
        /// <param name="b">Int8, <c>(k, n)</c>.</param>
        /// <param name="rowScales">Float32, <c>(m)</c>; null for 1.</param>
        /// <param name="columnScales">Float32, <c>(n)</c>; null for 1.</param>
        /// <returns>Float32 of shape <c>(m, n)</c>.</returns>
        /// <exception cref="ShapeException">The shapes are not such.</exception>
        /// <exception cref="InvalidOperationException">The types are others.</exception>
        public Tensor ScaledMm(Tensor b, Tensor? rowScales = null, Tensor? columnScales = null)
        {
            var sums = a.IntMm(b);
            var (m, n) = (sums.Shape[0], sums.Shape[1]);
            if ((rowScales is not null && rowScales.Shape != new Shape(m)) || (columnScales is not null && columnScales.Shape != new Shape(n)))
                throw new ShapeException($"ScaledMm: scales of {rowScales?.Shape} and {columnScales?.Shape} for a product {sums.Shape}. Expected ({m},) and ({n},).");
            var y = Tensor.Uninitialized(sums.Shape, DType.Float32);
            Tensor? rows = rowScales?.To(DType.Float32).Contiguous(), columns = columnScales?.To(DType.Float32).Contiguous();
            fixed (int* c = sums.AsSpan<int>())
            fixed (float* r = rows is null ? default : rows.AsSpan<float>(), s = columns is null ? default : columns.AsSpan<float>(), py = y.AsSpan<float>())
                ByteProduct.Scale(m, n, c, r, s, py);
            GC.KeepAlive(rows);
            GC.KeepAlive(columns);
            return y;
        }
    }
}
