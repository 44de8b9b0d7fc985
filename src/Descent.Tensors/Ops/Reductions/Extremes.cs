using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Greatest and least elements, and where they are. A NaN is both.</summary>
public static class ExtremeOps
{
    extension(Tensor x)
    {
        /// <summary>The greatest of all elements, of shape <c>()</c>; the gradient is shared evenly among equals.</summary>
        /// <exception cref="ShapeException">There are no elements.</exception>
        public Tensor Amax() => x.Amax([]);

        /// <summary>The greatest along a dimension; the gradient is shared evenly among equals.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it is empty.</exception>
        public Tensor Amax(int dim, bool keepDim = false) => x.Amax([dim], keepDim);

        /// <summary>The greatest along dimensions (all, where none is named); the gradient is shared evenly among equals.</summary>
        /// <exception cref="ShapeException">There is no such dimension, one is named twice, or one is empty.</exception>
        public Tensor Amax(int[] dims, bool keepDim = false) => Extreme<MaxFold>(x, dims, keepDim, nameof(Amax));

        /// <summary>The least of all elements, of shape <c>()</c>; the gradient is shared evenly among equals.</summary>
        /// <exception cref="ShapeException">There are no elements.</exception>
        public Tensor Amin() => x.Amin([]);

        /// <summary>The least along a dimension; the gradient is shared evenly among equals.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it is empty.</exception>
        public Tensor Amin(int dim, bool keepDim = false) => x.Amin([dim], keepDim);

        /// <summary>The least along dimensions (all, where none is named); the gradient is shared evenly among equals.</summary>
        /// <exception cref="ShapeException">There is no such dimension, one is named twice, or one is empty.</exception>
        public Tensor Amin(int[] dims, bool keepDim = false) => Extreme<MinFold>(x, dims, keepDim, nameof(Amin));

        /// <summary>The greatest of all elements, of shape <c>()</c>; the gradient is shared evenly among equals.</summary>
        /// <exception cref="ShapeException">There are no elements.</exception>
        public Tensor Max() => x.Amax([]);

        /// <summary>The least of all elements, of shape <c>()</c>; the gradient is shared evenly among equals.</summary>
        /// <exception cref="ShapeException">There are no elements.</exception>
        public Tensor Min() => x.Amin([]);

        /// <summary>The greatest along a dimension and where it is: the first of equals, which takes the gradient.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it is empty.</exception>
        public (Tensor Values, Tensor Indices) Max(int dim, bool keepDim = false) => Picked.Take(x, dim, keepDim, Where<MaxFold, PreferGreater>(x, dim, nameof(Max)));

        /// <summary>The least along a dimension and where it is: the first of equals, which takes the gradient.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it is empty.</exception>
        public (Tensor Values, Tensor Indices) Min(int dim, bool keepDim = false) => Picked.Take(x, dim, keepDim, Where<MinFold, PreferLesser>(x, dim, nameof(Min)));

        /// <summary>Where the greatest element is along a dimension, the first of equals; without one, in the flattened tensor.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it is empty.</exception>
        public Tensor Argmax(int? dim = null, bool keepDim = false) => Position<MaxFold, PreferGreater>(x, dim, keepDim, nameof(Argmax));

        /// <summary>Where the least element is along a dimension, the first of equals; without one, in the flattened tensor.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or it is empty.</exception>
        public Tensor Argmin(int? dim = null, bool keepDim = false) => Position<MinFold, PreferLesser>(x, dim, keepDim, nameof(Argmin));
    }

    static Tensor Extreme<F>(Tensor x, int[] dims, bool keepDim, string operation) where F : struct, IFold
    {
        var reduced = Folding.Mark(x.Shape, dims, operation);
        var kept = Folding.Kept(x.Shape, reduced);
        if (kept.Elements > 0 && Folding.Count(x.Shape, reduced) == 0) throw Empty(x.Shape, operation);
        var y = Folding.Reshaped(Folding.Fold<F>(x, reduced), keepDim ? kept : Folding.Dropped(x.Shape, reduced));
        return Autograd.Record(y, (x: x.Saved, y: y.Saved, reduced), (x, static (dy, s) =>
        {
            var kept = Folding.Kept(s.x.Value.Shape, s.reduced).AsSpan();
            Tensor mask;
            using (Autograd.NoGrad()) mask = s.x.Value.Eq(s.y.Value.Reshape(kept)).To(dy.DType);
            return mask * (dy.Reshape(kept) / ReductionOps.Marked(mask, s.reduced));
        }), operation: operation);
    }

    static Tensor Position<F, P>(Tensor x, int? dim, bool keepDim, string operation) where F : struct, IFold where P : struct, IPreference
    {
        if (dim is { } d) return Picked.Drop(Where<F, P>(x, d, operation), x.Shape.Axis(d, operation), keepDim, x.Rank);
        var y = Where<F, P>(x.Detach().Reshape(-1), 0, operation);
        var ones = new int[keepDim ? x.Rank : 0];
        Array.Fill(ones, 1);
        return y.Reshape(ones);
    }

    /// <summary>Positions along a dimension, which is kept with size 1.</summary>
    static Tensor Where<F, P>(Tensor x, int dim, string operation) where F : struct, IFold where P : struct, IPreference
    {
        if (x.DType.IsReduced) x = x.To(DType.Float32);
        dim = x.Shape.Axis(dim, operation);
        var around = SoftmaxOps.Around(x.Shape, dim);
        var dims = x.Shape.ToArray();
        if (dims.Length > 0) dims[dim] = 1;
        var y = Tensor.Uninitialized(new(dims, validated: true), DType.Int64);
        if (y.Elements == 0) return y;
        if (around.N == 0) throw Empty(x.Shape, operation);
        var source = x.Contiguous();
        switch (x.DType)
        {
            case DType.Float32: ArgReduce.Find<float, F, P>(source.AsSpan<float>(), y.AsSpan<long>(), around.Outer, around.N, around.Inner); break;
            case DType.Float64: ArgReduce.Find<double, F, P>(source.AsSpan<double>(), y.AsSpan<long>(), around.Outer, around.N, around.Inner); break;
            case DType.Int64: ArgReduce.Find<long, F, P>(source.AsSpan<long>(), y.AsSpan<long>(), around.Outer, around.N, around.Inner); break;
            case DType.Int32: ArgReduce.Find<int, F, P>(source.AsSpan<int>(), y.AsSpan<long>(), around.Outer, around.N, around.Inner); break;
            case DType.Int8: ArgReduce.Find<sbyte, F, P>(source.AsSpan<sbyte>(), y.AsSpan<long>(), around.Outer, around.N, around.Inner); break;
            default: ArgReduce.Find<byte, F, P>(source.Raw<byte>(), y.AsSpan<long>(), around.Outer, around.N, around.Inner); break;
        }
        GC.KeepAlive(source);
        if (OperationTrace.IsOn) OperationTrace.Add(y, [x], (dim, true), typeof(F) == typeof(MaxFold) ? "Argmax" : "Argmin");
        return y;
    }

    internal static ShapeException Empty(Shape shape, string operation) =>
        new($"{operation}: the shape is {shape}; there are no elements to choose from. Expected at least one along every dimension that is reduced.");
}
