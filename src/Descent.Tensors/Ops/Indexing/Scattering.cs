using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Values put or added at indices.</summary>
public static class ScatteringOps
{
    extension(Tensor x)
    {
        /// <summary>A copy in which <c>y[index[i][j]][j] = source[i][j]</c> for dim 0; of several for one place the last counts.</summary>
        /// <param name="dim">The dimension that the indices point into.</param>
        /// <param name="index">Integers, of x's rank and no larger than x but along <paramref name="dim"/>.</param>
        /// <param name="source">Values, no smaller than the indices.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the size.</exception>
        public Tensor Scatter(int dim, Tensor index, Tensor source)
        {
            if (x.Rank == 0) return x.Unsqueeze(0).Scatter(0, index.Reshape(-1), source.Reshape(-1)).Reshape();
            var values = Prepare(x, ref dim, index, source, nameof(Scatter), out var at);
            var y = Updated<PutKernel>(x, dim, at, values);
            if (OperationTrace.IsOn) OperationTrace.Describe([x, at, values], dim);
            return Autograd.Record(y, (dim, at: at.Saved),
                (x, static (dy, s) => dy.Scatter(s.dim, s.at, 0)),
                (values, static (dy, s) => dy.Gather(s.dim, s.at)));
        }

        /// <summary>A copy with one number at every index.</summary>
        /// <inheritdoc cref="Scatter(Tensor, int, Tensor, Tensor)"/>
        public Tensor Scatter(int dim, Tensor index, Scalar value) =>
            x.Scatter(dim, index, Tensor.Full([], value, x.DType).Expand(index.Shape));

        /// <summary>A copy with <c>y[index[i][j]][j] += source[i][j]</c> for dim 0, added in the order of the indices.</summary>
        /// <inheritdoc cref="Scatter(Tensor, int, Tensor, Tensor)"/>
        public Tensor ScatterAdd(int dim, Tensor index, Tensor source)
        {
            if (x.Rank == 0) return x.Unsqueeze(0).ScatterAdd(0, index.Reshape(-1), source.Reshape(-1)).Reshape();
            var values = Prepare(x, ref dim, index, source, nameof(ScatterAdd), out var at);
            var y = Updated<AccumulateKernel>(x, dim, at, values);
            if (OperationTrace.IsOn) OperationTrace.Describe([x, at, values], dim);
            return Autograd.Record(y, (dim, at: at.Saved),
                (x, static (dy, _) => dy),
                (values, static (dy, s) => dy.Gather(s.dim, s.at)));
        }

        /// <summary>A copy in which the entries along a dimension that the indices name are replaced by those of <paramref name="source"/>.</summary>
        /// <param name="index">Integers, of one dimension.</param>
        /// <param name="source">x's shape, but as long as the indices along <paramref name="dim"/>.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the size.</exception>
        public Tensor IndexCopy(int dim, Tensor index, Tensor source)
        {
            if (x.Rank == 0) return x.Unsqueeze(0).IndexCopy(0, index, source.Reshape(-1)).Reshape();
            var rows = PrepareRows(x, ref dim, index, source, nameof(IndexCopy));
            var y = UpdatedRows<PutKernel>(x, dim, rows, source);
            if (OperationTrace.IsOn) OperationTrace.Describe([x, rows, source], dim);
            return Autograd.Record(y, (dim, rows: rows.Saved, source.Shape),
                (x, static (dy, s) => dy.IndexFill(s.dim, s.rows, 0)),
                (source, static (dy, s) => dy.IndexSelect(s.dim, s.rows).Reshape(s.Shape)));
        }

        /// <summary>A copy with <c>alpha · source</c> added to the entries along a dimension that the indices name.</summary>
        /// <inheritdoc cref="IndexCopy(Tensor, int, Tensor, Tensor)"/>
        public Tensor IndexAdd(int dim, Tensor index, Tensor source, Scalar? alpha = null)
        {
            if (alpha is { } scale) source = source.Mul(scale);
            if (x.Rank == 0) return x.Unsqueeze(0).IndexAdd(0, index, source.Reshape(-1)).Reshape();
            var rows = PrepareRows(x, ref dim, index, source, nameof(IndexAdd));
            var y = UpdatedRows<AccumulateKernel>(x, dim, rows, source);
            if (OperationTrace.IsOn) OperationTrace.Describe([x, rows, source], dim);
            return Autograd.Record(y, (dim, rows: rows.Saved, source.Shape),
                (x, static (dy, _) => dy),
                (source, static (dy, s) => dy.IndexSelect(s.dim, s.rows).Reshape(s.Shape)));
        }

        /// <summary>A copy with one number in the entries along a dimension that the indices name.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or the indices are no list.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the size.</exception>
        public Tensor IndexFill(int dim, Tensor index, Scalar value) => x.IndexFill(dim, index, Tensor.Full([], value, x.DType));

        /// <summary>A copy with the one value of a tensor in the entries along a dimension that the indices name.</summary>
        /// <exception cref="ShapeException">There is no such dimension, the indices are no list, or there is not one value.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the size.</exception>
        public Tensor IndexFill(int dim, Tensor index, Tensor value)
        {
            if (value.Elements != 1)
                throw new ShapeException($"IndexFill: the value has shape {value.Shape}; expected a single number.");
            dim = x.Shape.Axis(dim, nameof(IndexFill));
            int[] sizes = x.Rank == 0 ? [1] : x.Shape.ToArray();
            sizes[dim] = index.Elements;
            if (x.Rank == 0) return x.Unsqueeze(0).IndexFill(0, index, value).Reshape();
            value = value.To(x.DType).Reshape();
            var source = value.Detach().Expand(sizes);
            var rows = PrepareRows(x, ref dim, index, source, nameof(IndexFill));
            // Entries named twice are filled once: the value's gradient is what the fill takes away.
            return Autograd.Record(UpdatedRows<PutKernel>(x, dim, rows, source), (dim, rows: rows.Saved),
                (x, static (dy, s) => dy.IndexFill(s.dim, s.rows, 0)),
                (value, static (dy, s) => (dy - dy.IndexFill(s.dim, s.rows, 0)).Sum()));
        }

        /// <summary>A copy in which the elements where the mask is true are taken from <paramref name="source"/> in its order.</summary>
        /// <exception cref="ShapeException">The mask does not broadcast to x, or the source has too few elements.</exception>
        public Tensor MaskedScatter(Tensor mask, Tensor source)
        {
            var at = Masks.Positions(mask.Expand(x.Shape), nameof(MaskedScatter));
            if (at.Elements > source.Elements)
                throw new ShapeException($"MaskedScatter: the mask is true {at.Elements} times, but the source of shape {source.Shape} has only {source.Elements} elements.");
            return x.Reshape(-1).IndexCopy(0, at, source.Reshape(-1).Narrow(0, 0, at.Elements)).Reshape(x.Shape);
        }

        /// <summary><see cref="Scatter(Tensor, int, Tensor, Tensor)"/> in place.</summary>
        public Tensor Scatter_(int dim, Tensor index, Tensor source) => Replace(x, source, x => x.Scatter(dim, index, source));

        /// <summary><see cref="Scatter(Tensor, int, Tensor, Scalar)"/> in place.</summary>
        public Tensor Scatter_(int dim, Tensor index, Scalar value) => Replace(x, null, x => x.Scatter(dim, index, value));

        /// <summary><see cref="ScatterAdd"/> in place.</summary>
        public Tensor ScatterAdd_(int dim, Tensor index, Tensor source) => Replace(x, source, x => x.ScatterAdd(dim, index, source));

        /// <summary><see cref="IndexCopy"/> in place.</summary>
        public Tensor IndexCopy_(int dim, Tensor index, Tensor source) => Replace(x, source, x => x.IndexCopy(dim, index, source));

        /// <summary><see cref="IndexAdd"/> in place.</summary>
        public Tensor IndexAdd_(int dim, Tensor index, Tensor source, Scalar? alpha = null) => Replace(x, source, x => x.IndexAdd(dim, index, source, alpha));

        /// <summary><see cref="IndexFill(Tensor, int, Tensor, Scalar)"/> in place.</summary>
        public Tensor IndexFill_(int dim, Tensor index, Scalar value) => Replace(x, null, x => x.IndexFill(dim, index, value));
    }

    static Tensor Replace(Tensor x, Tensor? source, Func<Tensor, Tensor> operation, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        InPlace.Put(x, source, operation, () => Copying.CopyInto(x, operation(x)), name);

    /// <summary>A copy of x with elements along a dimension updated at checked indices.</summary>
    internal static Tensor Updated<F>(Tensor x, int dim, Tensor at, Tensor values) where F : struct, IIndexedKernel
    {
        bool moves = typeof(F) == typeof(PutKernel);
        var wide = x.DType.IsReduced && !moves ? DType.Float32 : x.DType;
        var y = Tensor.Uninitialized(x.Shape, wide);
        Copying.CopyInto(y, x);
        Indexed.Lines<F>(y, dim, at, values.Detach().To(wide));
        return y.To(x.DType);
    }

    static Tensor UpdatedRows<F>(Tensor x, int dim, Tensor rows, Tensor values) where F : struct, IIndexedKernel
    {
        bool moves = typeof(F) == typeof(PutKernel);
        var wide = x.DType.IsReduced && !moves ? DType.Float32 : x.DType;
        var y = Tensor.Uninitialized(x.Shape, wide);
        Copying.CopyInto(y, x);
        Indexed.UpdateRows<F>(y, dim, rows, values.Detach().To(wide));
        return y.To(x.DType);
    }

    /// <summary>The part of the source that has indices beside it.</summary>
    internal static Tensor Prepare(Tensor x, ref int dim, Tensor index, Tensor source, string operation, out Tensor at)
    {
        dim = x.Shape.Axis(dim, operation);
        GatheringOps.CheckIndexShape(x.Shape, index.Shape, dim, operation);
        CheckType(x, source, operation);
        bool fits = source.Rank == index.Rank;
        for (int i = 0; fits && i < index.Rank; i++) fits = index.Shape[i] <= source.Shape[i];
        if (!fits)
            throw new ShapeException($"{operation}: a source of shape {source.Shape} does not cover indices of shape {index.Shape}. Expected a value for each index.");
        at = Indexed.Checked(index, dim, x.Shape, operation: operation);
        for (int i = 0; i < index.Rank; i++) source = source.Narrow(i, 0, index.Shape[i]);
        return source;
    }

    static Tensor PrepareRows(Tensor x, ref int dim, Tensor index, Tensor source, string operation)
    {
        dim = x.Shape.Axis(dim, operation);
        GatheringOps.CheckList(index, operation);
        CheckType(x, source, operation);
        int count = index.Elements;
        Shape expected = [.. x.Shape[..dim], count, .. x.Shape[(dim + 1)..]];
        Shape single = [.. x.Shape[..dim], .. x.Shape[(dim + 1)..]];
        if (source.Shape != expected && !(index.Rank == 0 && source.Shape == single))
            throw new ShapeException($"{operation}: a source of shape {source.Shape} does not fit {count} entries along dimension {dim} of {x.Shape}. Expected {expected}.");
        return Indexed.Checked(index, dim, x.Shape, operation: operation);
    }

    static void CheckType(Tensor x, Tensor source, string operation)
    {
        if (source.DType != x.DType)
            throw new ArgumentException($"{operation}: the values are {source.DType}, but the tensor is {x.DType}. Convert with To(DType).");
    }
}
