namespace Descent.Tensors;

/// <summary>Norms of vectors.</summary>
public static class NormOps
{
    extension(Tensor x)
    {
        /// <summary><c>(Σ |x|^ord)^(1/ord)</c> of all elements, of shape <c>()</c>.</summary>
        /// <inheritdoc cref="Norm(Tensor, double, int[], bool)"/>
        public Tensor Norm(double ord = 2) => x.Norm(ord, []);

        /// <summary><c>(Σ |x|^ord)^(1/ord)</c> along a dimension.</summary>
        /// <inheritdoc cref="Norm(Tensor, double, int[], bool)"/>
        public Tensor Norm(double ord, int dim, bool keepDim = false) => x.Norm(ord, [dim], keepDim);

        /// <summary><c>(Σ |x|^ord)^(1/ord)</c> along dimensions (all, where none is named).</summary>
        /// <param name="ord">Order: 0 counts what is not zero, ±∞ is the greatest or least magnitude.</param>
        /// <param name="dims">The dimensions.</param>
        /// <param name="keepDim">Keep the dimensions, with size 1.</param>
        /// <remarks>Where the norm is 0 the gradient is 0, one of the subgradients.</remarks>
        /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
        /// <exception cref="NotSupportedException">The elements are integers or bools.</exception>
        public Tensor Norm(double ord, int[] dims, bool keepDim = false)
        {
            if (!x.DType.IsFloatingPoint)
                throw new NotSupportedException($"Norm: the elements are {x.DType}. Convert with To(DType.Float32).");
            x = Autocast.Full(x);
            if (ord == 1) return x.Abs().Sum(dims, keepDim);
            if (ord == 0) return x.Ne(0).To(x.DType).Sum(dims, keepDim);
            if (double.IsPositiveInfinity(ord)) return x.Abs().Amax(dims, keepDim);
            if (double.IsNegativeInfinity(ord)) return x.Abs().Amin(dims, keepDim);
            var reduced = Folding.Mark(x.Shape, dims, nameof(Norm));
            Tensor y;
            using (Autograd.NoGrad())
            {
                y = ord == 2 ? ReductionOps.Marked(x * x, reduced).Sqrt() : ReductionOps.Marked(x.Abs().Pow(ord), reduced).Pow(1 / ord);
                y = Folding.Reshaped(y, keepDim ? y.Shape : Folding.Dropped(x.Shape, reduced));
            }
            return Autograd.Record(y, (x: x.Saved, y: y.Saved, reduced, ord), (x, static (dy, s) =>
            {
                Tensor x = s.x, y = s.y;
                if (s.ord == 2) return x * ReductionOps.Spread((dy / y).MaskedFill(y.Eq(0), 0), x.Shape, s.reduced);
                var slope = (x.Sign() * x.Abs().Pow(s.ord - 1)).MaskedFill(x.Eq(0), 0);
                return slope * ReductionOps.Spread((dy / y.Pow(s.ord - 1)).MaskedFill(y.Eq(0), 0), x.Shape, s.reduced);
            }));
        }
    }
}

public static partial class F
{
    /// <summary><c>x / max(‖x‖, eps)</c> along a dimension.</summary>
    /// <param name="x">Of floating type.</param>
    /// <param name="p">The order of the norm.</param>
    /// <param name="dim">The dimension.</param>
    /// <param name="eps">The least divisor.</param>
    /// <exception cref="ShapeException">There is no such dimension.</exception>
    public static Tensor Normalize(Tensor x, double p = 2, int dim = 1, double eps = 1e-12) => x / x.Norm(p, [dim], keepDim: true).Clamp(eps, null);
}
