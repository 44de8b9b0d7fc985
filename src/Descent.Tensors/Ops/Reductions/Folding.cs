using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>From tensors to the reduction kernel: which dimensions, in which layout, once for all reductions.</summary>
static class Folding
{
    /// <summary>Folds the marked dimensions to size 1.</summary>
    internal static Tensor Fold<F>(Tensor x, bool[] reduced) where F : struct, IFold
    {
        if (x.DType.IsReduced) return Fold<F>(x.To(DType.Float32), reduced).To(x.DType);
        return x.DType switch
        {
            DType.Float32 => Fold<float, F>(x, reduced),
            DType.Float64 => Fold<double, F>(x, reduced),
            DType.Int64 => Fold<long, F>(x, reduced),
            DType.Int32 => Fold<int, F>(x, reduced),
            DType.Int8 => Fold<sbyte, F>(x, reduced),
            _ => Fold<byte, F>(x, reduced),
        };
    }

    static Tensor Fold<T, F>(Tensor x, bool[] reduced) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold
    {
        var y = Tensor.Uninitialized(Kept(x.Shape, reduced), x.DType);
        if (y.Elements == 0) return y;
        if (x.IsContiguous)
        {
            if (typeof(T) == typeof(float) && RowsOf(x.Shape, reduced) is var (outer, n) && n > 0 && Chains.TryFold<F>(x, y, outer, n)) return y;
            FoldRuns<T, F>(x.Raw<T>(), [.. x.Shape.AsSpan()], reduced, y.Raw<T>());
            GC.KeepAlive(x);
            return y;
        }
        if (DenseOrder(x) is not { } order) return Fold<T, F>(x.Contiguous(), reduced);

        // A transposed layout is folded where it lies, in the order of its strides.
        var sizes = Array.ConvertAll(order, d => x.Shape[d]);
        var turned = Array.ConvertAll(order, d => reduced[d]);
        var result = Tensor.Uninitialized(Kept(new(sizes, validated: true), turned), x.DType);
        FoldRuns<T, F>(x.Raw<T>(), sizes, turned, result.Raw<T>());
        GC.KeepAlive(x);
        var (own, strides) = (result.StrideArray, new int[x.Rank]);
        for (int i = 0; i < order.Length; i++) strides[order[i]] = own[i];
        Copying.CopyInto(y, result.Alias(y.Shape, strides, 0));
        return y;
    }

    /// <summary>How many rows are folded, each of how many elements; no elements where not just the last dimensions are.</summary>
    static (int Outer, int N) RowsOf(Shape shape, bool[] reduced)
    {
        int outer = 1, n = 1;
        for (int i = reduced.Length - 1; i >= 0; i--)
        {
            if (shape[i] == 1) continue;
            if (!reduced[i]) outer *= shape[i];
            else if (outer > 1) return default;
            else n *= shape[i];
        }
        return (outer, n);
    }

    /// <summary>One pass for each run of neighbouring dimensions, from the last.</summary>
    static void FoldRuns<T, F>(Span<T> source, int[] sizes, bool[] reduced, Span<T> y)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold
    {
        Tensor? held = null;
        int inner = 1, end = sizes.Length;
        while (true)
        {
            while (end > 0 && (!reduced[end - 1] || sizes[end - 1] == 1)) inner *= sizes[--end];
            if (end == 0) break;
            int begin = end, n = 1, outer = 1;
            while (begin > 0 && (reduced[begin - 1] || sizes[begin - 1] == 1)) n *= sizes[--begin];
            bool last = true;
            for (int i = 0; i < begin; i++)
            {
                outer *= sizes[i];
                last &= !reduced[i] || sizes[i] == 1;
            }
            if (last)
            {
                Reduce.Fold<T, F>(source, y, outer, n, inner);
                GC.KeepAlive(held);
                return;
            }
            var partial = Tensor.Uninitialized([outer, inner], DType.Of<T>());
            Reduce.Fold<T, F>(source, partial.Raw<T>(), outer, n, inner);
            held?.Dispose();
            held = partial;
            source = partial.Raw<T>();
            end = begin;
        }
        source.CopyTo(y);
        GC.KeepAlive(held);
    }

    /// <summary>The dimensions by falling stride, if the elements lie without gaps in that order.</summary>
    static int[]? DenseOrder(Tensor x)
    {
        var strides = x.StrideArray;
        int[] order = [.. Enumerable.Range(0, x.Rank).OrderByDescending(d => x.Shape[d] == 1 ? int.MaxValue : strides[d])];
        int expected = 1;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            int d = order[i];
            if (x.Shape[d] == 1) continue;
            if (strides[d] != expected) return null;
            expected *= x.Shape[d];
        }
        return order;
    }

    /// <summary>The shape with the marked dimensions of size 1.</summary>
    internal static Shape Kept(Shape shape, bool[] reduced)
    {
        var dims = shape.ToArray();
        for (int i = 0; i < dims.Length; i++)
            if (reduced[i]) dims[i] = 1;
        return new(dims, validated: true);
    }

    /// <summary>The shape without the marked dimensions.</summary>
    internal static Shape Dropped(Shape shape, bool[] reduced)
    {
        var dims = new List<int>(shape.Rank);
        for (int i = 0; i < shape.Rank; i++)
            if (!reduced[i]) dims.Add(shape[i]);
        return new([.. dims], validated: true);
    }

    /// <summary>Marks the dimensions of a list; null or an empty list means all of them.</summary>
    /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
    internal static bool[] Mark(Shape shape, ReadOnlySpan<int> dims, string operation)
    {
        var reduced = new bool[shape.Rank];
        if (dims.IsEmpty) Array.Fill(reduced, true);
        foreach (int dim in dims)
        {
            int d = shape.Axis(dim, operation);
            if (shape.Rank == 0) continue;
            if (reduced[d]) throw new ShapeException($"{operation}: dimension {dim} of {shape} is named twice in ({string.Join(", ", dims.ToArray())}).");
            reduced[d] = true;
        }
        return reduced;
    }

    /// <summary>How many elements go into one result.</summary>
    internal static int Count(Shape shape, bool[] reduced)
    {
        int n = 1;
        for (int i = 0; i < shape.Rank; i++)
            if (reduced[i]) n *= shape[i];
        return n;
    }

    /// <summary>A result with its folded dimensions of size 1, in the shape without them; the memory is the same and nothing is recorded.</summary>
    internal static Tensor Reshaped(Tensor fresh, Shape shape)
    {
        if (fresh.Shape == shape) return fresh;
        var y = new Tensor(fresh.Storage, shape, null, fresh.Offset, fresh.DType);
        fresh.Storage.Unshare();
        return y;
    }
}
