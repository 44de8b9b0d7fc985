using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Sorting and selecting by rank. Equal elements keep their order, a NaN is greater than every number; gradients go to the elements that were chosen.</summary>
public static class OrderingOps
{
    extension(Tensor x)
    {
        /// <summary>The elements in order along a dimension, and where each came from.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public (Tensor Values, Tensor Indices) Sort(int dim = -1, bool descending = false)
        {
            dim = x.Shape.Axis(dim, nameof(Sort));
            return Picked.Take(x, dim, keepDim: true, Order(x, dim, x.Rank == 0 ? 1 : x.Shape[dim], descending));
        }

        /// <summary>The positions of the elements in order along a dimension.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Argsort(int dim = -1, bool descending = false)
        {
            dim = x.Shape.Axis(dim, nameof(Argsort));
            return Order(x, dim, x.Rank == 0 ? 1 : x.Shape[dim], descending);
        }

        /// <summary>The k greatest (or least) along a dimension in order, and where they are.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it has fewer than k elements.</exception>
        public (Tensor Values, Tensor Indices) Topk(int k, int dim = -1, bool largest = true)
        {
            dim = x.Shape.Axis(dim, nameof(Topk));
            CheckRank(x, dim, k, 0, nameof(Topk));
            return Picked.Take(x, dim, keepDim: true, Order(x, dim, k, largest));
        }

        /// <summary>The k-th smallest along a dimension, k from 1, and where it is.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it has fewer than k elements.</exception>
        public (Tensor Values, Tensor Indices) Kthvalue(int k, int dim = -1, bool keepDim = false)
        {
            dim = x.Shape.Axis(dim, nameof(Kthvalue));
            CheckRank(x, dim, k, 1, nameof(Kthvalue));
            return Picked.Take(x, dim, keepDim, Rank(x, dim, k));
        }

        /// <summary>The median of all elements, the lower one of two, of shape <c>()</c>; NaN if there is one, or there are no elements.</summary>
        public Tensor Median() => x.Elements == 0 ? Tensor.Full([], double.NaN, x.DType) : x.Reshape(x.Elements).Median(0).Values;

        /// <summary>The median along a dimension, the lower one of two, and where it is; the first NaN if there is one.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it is empty.</exception>
        public (Tensor Values, Tensor Indices) Median(int dim, bool keepDim = false)
        {
            dim = x.Shape.Axis(dim, nameof(Median));
            int n = x.Rank == 0 ? 1 : x.Shape[dim];
            if (n == 0) throw ExtremeOps.Empty(x.Shape, nameof(Median));
            var indices = Rank(x, dim, (n - 1) / 2 + 1);
            if (x.DType.IsFloatingPoint && x.Rank > 0)
            {
                var nan = x.IsNan();
                if (nan.Any().Item<byte>() != 0) indices = Tensor.Where(nan.Any(dim, keepDim: true), nan.Argmax(dim, keepDim: true), indices);
            }
            return Picked.Take(x, dim, keepDim, indices);
        }

        /// <summary>The different elements in rising order, for each element which of them it is, and how often each occurs. Every NaN is different.</summary>
        public (Tensor Values, Tensor Inverse, Tensor Counts) Unique()
        {
            var flat = x.Detach().Reshape(x.Elements).Contiguous();
            var order = Order(flat, 0, flat.Elements, descending: false);
            var sorted = flat.Rank == 0 || flat.Elements == 0 ? flat : flat.Gather(0, order);
            var inverse = Tensor.Uninitialized(x.Shape, DType.Int64);
            if (flat.Elements == 0) return (flat.Clone(), inverse, Tensor.Zeros([0], DType.Int64));
            var starts = new List<long>();
            var changes = sorted.Narrow(0, 1, flat.Elements - 1).Ne(sorted.Narrow(0, 0, flat.Elements - 1)).Contiguous();
            var (from, to) = (order.AsSpan<long>().ToArray(), new long[flat.Elements]);
            var isNew = changes.Raw<byte>();
            for (int i = 0; i < from.Length; i++)
            {
                if (i == 0 || isNew[i - 1] != 0) starts.Add(i);
                to[from[i]] = starts.Count - 1;
            }
            to.CopyTo(inverse.AsSpan<long>());
            var counts = new long[starts.Count];
            for (int i = 0; i < counts.Length; i++) counts[i] = (i + 1 < counts.Length ? starts[i + 1] : from.Length) - starts[i];
            var first = Tensor.From<long>(starts.ToArray(), [starts.Count]);
            return (sorted.Gather(0, first), inverse, Tensor.From<long>(counts, [counts.Length]));
        }
    }

    static Tensor Rank(Tensor x, int dim, int k)
    {
        var order = Order(x, dim, k, descending: false);
        return x.Rank == 0 ? order : order.Narrow(dim, k - 1, 1).Clone();
    }

    static void CheckRank(Tensor x, int dim, int k, int least, string operation)
    {
        int n = x.Rank == 0 ? 1 : x.Shape[dim];
        if (k < least || k > n)
            throw new ShapeException($"{operation}: k is {k}, but dimension {dim} of {x.Shape} has {n} elements. Expected {least} to {n}.");
    }

    /// <summary>Positions of the first <paramref name="take"/> elements in order along a dimension.</summary>
    static Tensor Order(Tensor x, int dim, int take, bool descending)
    {
        var (outer, n, inner) = SoftmaxOps.Around(x.Shape, dim);
        var dims = x.Shape.ToArray();
        if (dims.Length > 0) dims[dim] = take;
        var order = Tensor.Uninitialized(new(dims, validated: true), DType.Int64);
        if (order.Elements == 0) return order;
        var source = (x.DType.IsReduced ? x.To(DType.Float32) : x).Contiguous();
        var y = order.AsSpan<long>();
        switch (source.DType)
        {
            case DType.Float32: SortLines.Order<float>(source.AsSpan<float>(), y, outer, n, inner, take, descending); break;
            case DType.Float64: SortLines.Order<double>(source.AsSpan<double>(), y, outer, n, inner, take, descending); break;
            case DType.Int64: SortLines.Order<long>(source.AsSpan<long>(), y, outer, n, inner, take, descending); break;
            case DType.Int32: SortLines.Order<int>(source.AsSpan<int>(), y, outer, n, inner, take, descending); break;
            case DType.Int8: SortLines.Order<sbyte>(source.AsSpan<sbyte>(), y, outer, n, inner, take, descending); break;
            default: SortLines.Order<byte>(source.Raw<byte>(), y, outer, n, inner, take, descending); break;
        }
        GC.KeepAlive(source);
        return order;
    }
}
