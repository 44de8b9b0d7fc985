namespace Descent.Tensors;

/// <summary>Variances and standard deviations, in two passes.</summary>
public static class VarianceOps
{
    extension(Tensor x)
    {
        /// <summary>The variance of all elements, of shape <c>()</c>.</summary>
        /// <param name="correction">Subtracted from the number of elements: 1 is unbiased, 0 the population's.</param>
        public Tensor Var(double correction = 1) => x.Var([], correction);

        /// <summary>Variances along a dimension.</summary>
        /// <inheritdoc cref="Var(Tensor, int[], double, bool)"/>
        public Tensor Var(int dim, double correction = 1, bool keepDim = false) => x.Var([dim], correction, keepDim);

        /// <summary><c>Σ (x − mean)² / (n − correction)</c> along dimensions (all, where none is named).</summary>
        /// <param name="dims">The dimensions.</param>
        /// <param name="correction">Subtracted from the number of elements: 1 is unbiased, 0 the population's.</param>
        /// <param name="keepDim">Keep the dimensions, with size 1.</param>
        /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
        public Tensor Var(int[] dims, double correction = 1, bool keepDim = false)
        {
            x = Autocast.Full(x);
            var (y, reduced, divisor) = Forward(x, dims, correction, keepDim, nameof(Var));
            return Autograd.Record(y, (x: x.Saved, reduced, divisor), (x, static (dy, s) =>
                ReductionOps.Spread(dy.Mul(2 / s.divisor), s.x.Value.Shape, s.reduced) * Centred(s.x, s.reduced)));
        }

        /// <summary>The standard deviation of all elements, of shape <c>()</c>.</summary>
        /// <param name="correction">Subtracted from the number of elements: 1 is unbiased, 0 the population's.</param>
        public Tensor Std(double correction = 1) => x.Std([], correction);

        /// <summary>Standard deviations along a dimension.</summary>
        /// <inheritdoc cref="Var(Tensor, int[], double, bool)"/>
        public Tensor Std(int dim, double correction = 1, bool keepDim = false) => x.Std([dim], correction, keepDim);

        /// <summary>The square root of <see cref="Var(Tensor, int[], double, bool)"/>; where it is 0, so is its gradient.</summary>
        /// <inheritdoc cref="Var(Tensor, int[], double, bool)"/>
        public Tensor Std(int[] dims, double correction = 1, bool keepDim = false)
        {
            x = Autocast.Full(x);
            var (variance, reduced, divisor) = Forward(x, dims, correction, keepDim, nameof(Std));
            Tensor y;
            using (Autograd.NoGrad()) y = variance.Sqrt();
            return Autograd.Record(y, (x: x.Saved, y: y.Saved, reduced, divisor), (x, static (dy, s) =>
                ReductionOps.Spread((dy / s.y.Value.Mul(s.divisor)).MaskedFill(s.y.Value.Eq(0), 0), s.x.Value.Shape, s.reduced) * Centred(s.x, s.reduced)));
        }
    }

    static (Tensor Y, bool[] Reduced, double Divisor) Forward(Tensor x, int[] dims, double correction, bool keepDim, string operation)
    {
        if (!x.DType.IsFloatingPoint)
            throw new NotSupportedException($"{operation}: the elements are {x.DType}. Convert with To(DType.Float32).");
        var reduced = Folding.Mark(x.Shape, dims, operation);
        double divisor = Math.Max(0, Folding.Count(x.Shape, reduced) - correction);
        using (Autograd.NoGrad())
        {
            var d = Centred(x.DType.IsReduced ? x.To(DType.Float32) : x, reduced);
            var sum = ReductionOps.Marked(d * d, reduced).Div(divisor).To(x.DType);
            return (Folding.Reshaped(sum, keepDim ? sum.Shape : Folding.Dropped(x.Shape, reduced)), reduced, divisor);
        }
    }

    static Tensor Centred(Tensor x, bool[] reduced) => x - ReductionOps.Marked(x, reduced).Div((double)Folding.Count(x.Shape, reduced));
}
