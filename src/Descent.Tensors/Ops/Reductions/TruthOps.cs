using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Whether some or all elements are not zero, and how many.</summary>
public static class TruthOps
{
    extension(Tensor x)
    {
        /// <summary>Whether any element is not zero, a Bool of shape <c>()</c>.</summary>
        public Tensor Any() => x.Any([]);

        /// <summary>Whether any element along a dimension is not zero.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Any(int dim, bool keepDim = false) => x.Any([dim], keepDim);

        /// <summary>Whether any element along dimensions (all, where none is named) is not zero.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
        public Tensor Any(int[] dims, bool keepDim = false) => Fold<MaxFold>(x, dims, keepDim, empty: false, nameof(Any));

        /// <summary>Whether no element is zero, a Bool of shape <c>()</c>.</summary>
        public Tensor All() => x.All([]);

        /// <summary>Whether no element along a dimension is zero.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor All(int dim, bool keepDim = false) => x.All([dim], keepDim);

        /// <summary>Whether no element along dimensions (all, where none is named) is zero.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
        public Tensor All(int[] dims, bool keepDim = false) => Fold<MinFold>(x, dims, keepDim, empty: true, nameof(All));

        /// <summary>How many elements are not zero, along dimensions (all, where none is named), as Int64.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
        public Tensor CountNonzero(params int[] dims) => x.Detach().To(DType.Bool).Sum(dims);
    }

    static Tensor Fold<F>(Tensor x, int[] dims, bool keepDim, bool empty, string operation) where F : struct, IFold
    {
        var reduced = Folding.Mark(x.Shape, dims, operation);
        var shape = keepDim ? Folding.Kept(x.Shape, reduced) : Folding.Dropped(x.Shape, reduced);
        var y = Folding.Count(x.Shape, reduced) == 0 ? Tensor.Full(shape, empty, DType.Bool)
            : Folding.Reshaped(Folding.Fold<F>(x.Detach().To(DType.Bool), reduced), shape);
        return OperationTrace.IsOn ? OperationTrace.Add(y, [x], (0, reduced), operation) : y;
    }
}
