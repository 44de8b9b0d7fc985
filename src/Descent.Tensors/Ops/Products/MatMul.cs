using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Matrix products.</summary>
public static class MatMulOps
{
    extension(Tensor a)
    {
        /// <summary>
        /// The matrix product over the last two dimensions; dimensions before them broadcast. A 1-d left operand is a row,
        /// a 1-d right operand a column, and the result has no dimension for it. Neither operand is copied.
        /// </summary>
        /// <returns>Of shape <c>(..., m, n)</c> for <c>(..., m, k)</c> and <c>(..., k, n)</c>.</returns>
        /// <exception cref="ShapeException">The inner dimensions differ, the others do not broadcast, or an operand is 0-d.</exception>
        /// <exception cref="InvalidOperationException">The element types differ.</exception>
        public Tensor MatMul(Tensor b)
        {
            var (x, y) = (Autocast.Low(a), Autocast.Low(b));
            return x.Rank == 2 && y.Rank == 2 ? Product(x, y, false, false) : General(x, y);
        }

        /// <summary>Matrices of two batches multiplied pairwise: <c>(b, m, k) × (b, k, n)</c>.</summary>
        /// <exception cref="ShapeException">The shapes are not such.</exception>
        public Tensor Bmm(Tensor b)
        {
            if (a.Rank != 3 || b.Rank != 3 || a.Shape[0] != b.Shape[0] || a.Shape[2] != b.Shape[1])
                throw new ShapeException($"Bmm: {a.Shape} × {b.Shape} do not fit. Expected (b, m, k) × (b, k, n); MatMul broadcasts.");
            return a.MatMul(b);
        }
    }

    /// <summary>The product of two matrices, each read as it is or transposed.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand, of the same type; or one is bfloat16 and the other float32.</param>
    /// <param name="transposeA">Read a transposed.</param>
    /// <param name="transposeB">Read b transposed.</param>
    /// <param name="result">The result's type where the operands are narrow; that of a by default.</param>
    internal static Tensor Product(Tensor a, Tensor b, bool transposeA, bool transposeB, DType? result = null)
    {
        bool isNarrow = a.DType.IsReduced || b.DType.IsReduced;
        if (!isNarrow || result is null || a.DType == DType.Float16 || b.DType == DType.Float16) CheckTypes(a, b);
        Shape sa = a.Shape, sb = b.Shape;
        int m = sa[transposeA ? 1 : 0], k = sa[transposeA ? 0 : 1], n = sb[transposeB ? 0 : 1];
        if (sb[transposeB ? 1 : 0] != k) ThrowInner(transposeA ? [m, k] : sa, transposeB ? [sb[1], n] : sb);
        var y = Tensor.Uninitialized(new(m, n), isNarrow && result is { } type ? type : a.DType);
        switch (isNarrow ? DType.BFloat16 : a.DType)
        {
            case DType.BFloat16: MultiplyNarrow(y, a, transposeA, b, transposeB, null); break;
            case DType.Float32: Multiply<float>(y, a, transposeA, b, transposeB, null); break;
            case DType.Float64: Multiply<double>(y, a, transposeA, b, transposeB, null); break;
            case DType.Int64: Multiply<long>(y, a, transposeA, b, transposeB, null); break;
            case DType.Int32: Multiply<int>(y, a, transposeA, b, transposeB, null); break;
            case DType.Int8: Multiply<sbyte>(y, a, transposeA, b, transposeB, null); break;
            default: Multiply<byte>(y, a, transposeA, b, transposeB, null); break;
        }
        return Autograd.Record(y, (a: a.Saved, b: b.Saved, transposeA, transposeB),
            (a, static (dy, s) => s.transposeA ? Product(s.b, dy, s.transposeB, true, s.a.Value.DType) : Product(dy, s.b, false, !s.transposeB, s.a.Value.DType)),
            (b, static (dy, s) => s.transposeB && !s.transposeA ? WeightGradient(s.b, dy, s.a) : s.transposeB ? Product(dy, s.a, true, true, s.b.Value.DType) : Product(s.a, dy, !s.transposeA, false, s.b.Value.DType)),
            operation: "MatMul");
    }

    /// <summary>
    /// The gradient <c>dyᵀ · x</c> of a weight <c>(out, in)</c>; null where it was added to the weight's gradient by the product
    /// itself.
    /// </summary>
    internal static Tensor? WeightGradient(Tensor weight, Tensor dy, Tensor x)
    {
        if (weight.DType is DType.Float32 or DType.Float64 && dy.DType == weight.DType && x.DType == weight.DType && BackwardPass.OpenSum(weight) is { } open
            && open.TryAdd((dy, x), static (sum, s) =>
            {
                if (sum.DType == DType.Float32) Multiply<float>(sum, s.dy, true, s.x, false, null, accumulate: true);
                else Multiply<double>(sum, s.dy, true, s.x, false, null, accumulate: true);
            }))
            return null;
        return Product(dy, x, true, false, weight.DType);
    }

    /// <summary>y = a·b (+ bias per column) for narrow matrices whose shapes agree.</summary>
    internal static void MultiplyNarrow(Tensor y, Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor? bias)
    {
        MatrixLayout aLayout = Layout(a), bLayout = Layout(b);
        NarrowProducts.Multiply(y, a, transposeA ? aLayout.Transposed : aLayout, b, transposeB ? bLayout.Transposed : bLayout, a.Shape[transposeA ? 0 : 1], bias);
    }

    /// <summary>y = a·b (+ bias per column), or y += a·b, for matrices of one type whose shapes agree.</summary>
    internal static void Multiply<T>(Tensor y, Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor? bias, bool accumulate = false) where T : unmanaged, INumberBase<T>
    {
        MatrixLayout aLayout = Layout(a), bLayout = Layout(b), yLayout = Layout(y);
        if (transposeA) aLayout = aLayout.Transposed;
        if (transposeB) bLayout = bLayout.Transposed;
        MatrixProduct.Multiply(y.Shape[0], y.Shape[1], a.Shape[transposeA ? 0 : 1], ref a.First<T>(), aLayout, ref b.First<T>(), bLayout,
            ref y.First<T>(), yLayout, ref bias is null ? ref Unsafe.NullRef<T>() : ref bias.First<T>(), accumulate);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(bias);
        GC.KeepAlive(y);
    }

    /// <summary>All dimensions but the last as one: the matrix of a tensor's innermost rows.</summary>
    internal static Tensor AsRows(Tensor x) => x.Rank == 2 ? x : x.Reshape(Rows(x.Shape), x.Shape[^1]);

    /// <summary>The number of innermost rows.</summary>
    internal static int Rows(Shape shape)
    {
        int rows = 1;
        for (int i = 0; i < shape.Rank - 1; i++) rows *= shape[i];
        return rows;
    }

    static Tensor General(Tensor a, Tensor b)
    {
        if (a.Rank == 0 || b.Rank == 0)
            throw new ShapeException($"MatMul: {a.Shape} × {b.Shape} do not fit. Expected at least one dimension in both; multiply by a number with Mul.");
        if (a.Shape[^1] != b.Shape[b.Rank == 1 ? 0 : ^2]) ThrowInner(a.Shape, b.Shape);
        var left = a.Rank == 1 ? a.Reshape(1, a.Elements) : a;
        var right = b.Rank == 1 ? b.Reshape(b.Elements, 1) : b;
        Tensor y;
        if (right.Rank > 2) y = Batched(left, right);
        else if (left.Rank == 2) y = Product(left, right, false, false);
        else if (left.IsContiguous) y = Product(AsRows(left), right, false, false).Reshape([.. left.Shape[..^1], right.Shape[1]]);
        else y = Batched(left, right);
        if (a.Rank > 1 && b.Rank > 1) return y;
        int[] dims = [.. y.Shape[..^2], .. a.Rank > 1 ? [y.Shape[^2]] : (ReadOnlySpan<int>)[], .. b.Rank > 1 ? [y.Shape[^1]] : (ReadOnlySpan<int>)[]];
        return y.Reshape(dims);
    }

    /// <summary>Products of matrices whose batch dimensions broadcast; a repeated matrix is read again, not copied.</summary>
    static Tensor Batched(Tensor a, Tensor b)
    {
        CheckTypes(a, b);
        int m = a.Shape[^2], n = b.Shape[^1];
        var batch = Shape.Broadcast(a.Shape[..^2], b.Shape[..^2], nameof(MatMul));
        var y = Tensor.Uninitialized(new([.. batch, m, n]), a.DType);
        BatchedInto(y, a, b);
        return Autograd.Record(y, (a: a.Saved, b: b.Saved),
            (a, static (dy, s) => dy.MatMul(s.b.Value.T).SumTo(s.a.Value.Shape)),
            (b, static (dy, s) => s.b.Value.Rank == 2
                ? Product(AsRows(s.a), AsRows(dy), true, false)
                : s.a.Value.T.MatMul(dy).SumTo(s.b.Value.Shape)),
            operation: "MatMul");
    }

    /// <summary>y = a·b for matrices whose batch dimensions broadcast to those of y, of one type and any layout; not recorded.</summary>
    internal static void BatchedInto(Tensor y, Tensor a, Tensor b)
    {
        var batch = y.Shape[..^2];
        var nest = new LoopNest(batch.AsSpan(), y.StrideArray[..^2], BatchStrides(a, batch), BatchStrides(b, batch));
        switch (y.DType)
        {
            case DType.Float16 or DType.BFloat16: NarrowProducts.Multiply(nest, y, a, Layout(a), b, Layout(b), a.Shape[^1]); break;
            case DType.Float32: MultiplyBatches<float>(nest, y, a, b); break;
            case DType.Float64: MultiplyBatches<double>(nest, y, a, b); break;
            case DType.Int64: MultiplyBatches<long>(nest, y, a, b); break;
            case DType.Int32: MultiplyBatches<int>(nest, y, a, b); break;
            case DType.Int8: MultiplyBatches<sbyte>(nest, y, a, b); break;
            default: MultiplyBatches<byte>(nest, y, a, b); break;
        }
    }

    static void MultiplyBatches<T>(in LoopNest nest, Tensor y, Tensor a, Tensor b) where T : unmanaged, INumberBase<T>
    {
        if (y.Elements == 0) return;
        MatrixProduct.Multiply(nest, y.Shape[^2], y.Shape[^1], a.Shape[^1], ref a.First<T>(), Layout(a), ref b.First<T>(), Layout(b),
            ref y.First<T>(), Layout(y));
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }

    static int[] BatchStrides(Tensor x, Shape batch) => Pointwise.BroadcastStrides(x, [.. batch, x.Shape[^2], x.Shape[^1]])[..^2];

    static MatrixLayout Layout(Tensor x)
    {
        if (x.IsContiguous) return new(x.Shape[^1], 1);
        var strides = x.StrideArray;
        return new(strides[^2], strides[^1]);
    }

    static void CheckTypes(Tensor a, Tensor b)
    {
        if (a.DType != b.DType)
            throw new InvalidOperationException($"MatMul: the operands are {a.DType} and {b.DType}. Expected one type; convert one of them with To(DType).");
        if (a.DType == DType.Bool)
            throw new NotSupportedException("MatMul is not defined for Bool. Convert with To(DType).");
    }

    static void ThrowInner(Shape a, Shape b) => throw new ShapeException(
        $"MatMul: inner dimensions differ: {a} × {b}. Expected the second operand to be " +
        (b.Rank == 1 ? $"({a[^1]},)." : $"({string.Concat(b[..^2].Select(d => $"{d}, "))}{a[^1]}, {b[^1]})."));
}
