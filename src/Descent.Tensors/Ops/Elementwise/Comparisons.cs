using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Comparisons and logic, giving bools.</summary>
public static class ComparisonOps
{
    extension(Tensor a)
    {
        /// <summary><c>a = b</c>.</summary>
        public Tensor Eq(Tensor b) => Pointwise.Compare<EqualKernel>(a, b);
        /// <summary><c>a ≠ b</c>.</summary>
        public Tensor Ne(Tensor b) => Pointwise.Compare<NotEqualKernel>(a, b);
        /// <summary><c>a &lt; b</c>.</summary>
        public Tensor Lt(Tensor b) => Pointwise.Compare<LessKernel>(a, b);
        /// <summary><c>a ≤ b</c>.</summary>
        public Tensor Le(Tensor b) => Pointwise.Compare<LessOrEqualKernel>(a, b);
        /// <summary><c>a &gt; b</c>.</summary>
        public Tensor Gt(Tensor b) => Pointwise.Compare<GreaterKernel>(a, b);
        /// <summary><c>a ≥ b</c>.</summary>
        public Tensor Ge(Tensor b) => Pointwise.Compare<GreaterOrEqualKernel>(a, b);

        /// <summary><c>a = value</c>.</summary>
        public Tensor Eq(Scalar value) => Pointwise.Compare<EqualKernel>(a, value);
        /// <summary><c>a ≠ value</c>.</summary>
        public Tensor Ne(Scalar value) => Pointwise.Compare<NotEqualKernel>(a, value);
        /// <summary><c>a &lt; value</c>.</summary>
        public Tensor Lt(Scalar value) => Pointwise.Compare<LessKernel>(a, value);
        /// <summary><c>a ≤ value</c>.</summary>
        public Tensor Le(Scalar value) => Pointwise.Compare<LessOrEqualKernel>(a, value);
        /// <summary><c>a &gt; value</c>.</summary>
        public Tensor Gt(Scalar value) => Pointwise.Compare<GreaterKernel>(a, value);
        /// <summary><c>a ≥ value</c>.</summary>
        public Tensor Ge(Scalar value) => Pointwise.Compare<GreaterOrEqualKernel>(a, value);

        /// <summary>Whether a and b are both not zero.</summary>
        public Tensor LogicalAnd(Tensor b) => Pointwise.Compare<LogicalAndKernel>(a, b);
        /// <summary>Whether a or b is not zero.</summary>
        public Tensor LogicalOr(Tensor b) => Pointwise.Compare<LogicalOrKernel>(a, b);
        /// <summary>Whether exactly one of a and b is not zero.</summary>
        public Tensor LogicalXor(Tensor b) => Pointwise.Compare<LogicalXorKernel>(a, b);
        /// <summary>Whether a is zero.</summary>
        public Tensor LogicalNot() => a.Eq(0);

        /// <summary>Whether each element is a NaN.</summary>
        public Tensor IsNan() => a.Ne(a);
        /// <summary>Whether each element is infinite, of either sign.</summary>
        public Tensor IsInf() => a.DType.IsFloatingPoint ? a.Detach().Abs().Eq(double.PositiveInfinity) : Tensor.Zeros(a.Shape, DType.Bool);
        /// <summary>Whether each element is neither infinite nor a NaN.</summary>
        public Tensor IsFinite() => a.DType.IsFloatingPoint ? a.Detach().Abs().Lt(double.PositiveInfinity) : Tensor.Full(a.Shape, true, DType.Bool);
    }
}
