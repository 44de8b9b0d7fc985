using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Sums and means over dimensions.</summary>
public static class ReductionOps
{
    extension(Tensor x)
    {
        /// <summary>The sum of all elements, of shape <c>()</c>. Integers and bools are summed as Int64.</summary>
        public Tensor Sum() => Total(x, Folding.Mark(x.Shape, [], nameof(Sum)), []);

        /// <summary>Sums along one dimension, which is dropped, or kept with size 1. Integers and bools are summed as Int64.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Sum(int dim, bool keepDim = false) => x.Sum([dim], keepDim);

        /// <summary>Sums along several dimensions (all, where none is named). Integers and bools are summed as Int64.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
        public Tensor Sum(int[] dims, bool keepDim = false)
        {
            var reduced = Folding.Mark(x.Shape, dims, nameof(Sum));
            return Total(x, reduced, keepDim ? Folding.Kept(x.Shape, reduced) : Folding.Dropped(x.Shape, reduced));
        }

        /// <summary>The mean of all elements, of shape <c>()</c>; NaN where there are none.</summary>
        /// <exception cref="NotSupportedException">The elements are integers or bools.</exception>
        public Tensor Mean() => Average(x, Folding.Mark(x.Shape, [], nameof(Mean)), []);

        /// <summary>Means along one dimension, which is dropped, or kept with size 1.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        /// <exception cref="NotSupportedException">The elements are integers or bools.</exception>
        public Tensor Mean(int dim, bool keepDim = false) => x.Mean([dim], keepDim);

        /// <summary>Means along several dimensions (all, where none is named).</summary>
        /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
        /// <exception cref="NotSupportedException">The elements are integers or bools.</exception>
        public Tensor Mean(int[] dims, bool keepDim = false)
        {
            var reduced = Folding.Mark(x.Shape, dims, nameof(Mean));
            return Average(x, reduced, keepDim ? Folding.Kept(x.Shape, reduced) : Folding.Dropped(x.Shape, reduced));
        }

        /// <summary>Sums a gradient of a broadcast result back to the shape of the operand.</summary>
        internal Tensor SumTo(Shape shape)
        {
            if (x.Shape == shape) return x;
            var reduced = new bool[x.Rank];
            int lead = x.Rank - shape.Rank;
            for (int i = 0; i < reduced.Length; i++) reduced[i] = i < lead || (shape[i - lead] == 1 && x.Shape[i] != 1);
            return Total(x, reduced, shape, nameof(SumTo));
        }
    }

    static Tensor Total(Tensor x, bool[] reduced, Shape result, string operation = nameof(ReductionOps.Sum))
    {
        x = Autocast.Full(x);
        var y = Folding.Reshaped(Folding.Fold<SumFold>(x.DType.IsFloatingPoint ? x : x.To(DType.Int64), reduced), result);
        return Autograd.Record(y, (x.Shape, reduced), (x, static (dy, s) => Spread(dy, s.Shape, s.reduced)), operation: operation);
    }

    static Tensor Average(Tensor x, bool[] reduced, Shape result)
    {
        if (!x.DType.IsFloatingPoint)
            throw new NotSupportedException($"Mean: the elements are {x.DType}; a mean is no integer. Convert with To(DType.Float32).");
        x = Autocast.Full(x);
        int n = Folding.Count(x.Shape, reduced);
        var wide = x.DType.IsReduced ? x.To(DType.Float32) : x;
        var y = Folding.Reshaped(Folding.Fold<SumFold>(wide, reduced), result);
        using (Autograd.NoGrad()) y = y.Div((double)n).To(x.DType);
        return Autograd.Record(y, (x.Shape, reduced, n), (x, static (dy, s) => Spread(dy.Div((double)s.n), s.Shape, s.reduced)), operation: nameof(ReductionOps.Mean));
    }

    /// <summary>The sum along the marked dimensions, which are kept with size 1.</summary>
    internal static Tensor Marked(Tensor x, bool[] reduced) => Total(x, reduced, Folding.Kept(x.Shape, reduced));

    /// <summary>What was folded away, with or without its dimensions, repeated to the shape it came from.</summary>
    internal static Tensor Spread(Tensor y, Shape shape, bool[] reduced) =>
        y.Reshape(Folding.Kept(shape, reduced).AsSpan()).Expand(shape);
}
