using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Sums, products and quotients, elementwise with broadcasting.</summary>
public static class ArithmeticOps
{
    extension(Tensor a)
    {
        /// <summary><c>a + alpha · b</c>; of bools, whether either is true.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Add(Tensor b, Scalar? alpha = null) => Sum(a, alpha is { } scale ? b.Mul(scale) : b);

        /// <summary><c>a − alpha · b</c>.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="NotSupportedException">Both are bools; use <c>LogicalXor</c>.</exception>
        public Tensor Sub(Tensor b, Scalar? alpha = null) => Difference(a, alpha is { } scale ? b.Mul(scale) : b);

        /// <summary><c>a · b</c>, element by element; of bools, whether both are true.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Mul(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
            if (a.DType == DType.Bool) return a.LogicalAnd(b);
            return Autograd.Record(Pointwise.Zip<MultiplyKernel>(a, b), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => (dy * s.b).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * s.a).SumTo(s.b.Value.Shape)));
        }

        /// <summary><c>a / b</c> in a floating type.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Div(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b, floating: true);
            return Autograd.Record(Pointwise.Zip<DivideKernel>(a, b, floating: true), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => (dy / s.b).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * s.a / s.b.Value.Mul(s.b)).SumTo(s.b.Value.Shape).Neg()));
        }

        /// <summary>The quotient, rounded: <c>"floor"</c> to minus infinity, <c>"trunc"</c> to zero, null not at all.</summary>
        /// <exception cref="ArgumentException">The mode is none of these.</exception>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Div(Tensor b, string? roundingMode)
        {
            if (roundingMode is null) return a.Div(b);
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
            var y = roundingMode switch
            {
                "floor" => Pointwise.Zip<EachPair<FloorDivideFunction>>(a, b),
                "trunc" => Pointwise.Zip<EachPair<TruncDivideFunction>>(a, b),
                _ => throw new ArgumentException($"Div: the rounding mode is \"{roundingMode}\"; expected \"floor\", \"trunc\" or null.", nameof(roundingMode)),
            };
            return Autograd.Record(y, (a: a.Shape, b: b.Shape, roundingMode),
                (a, static (dy, s) => Tensor.Zeros(s.a, dy.DType)),
                (b, static (dy, s) => Tensor.Zeros(s.b, dy.DType)));
        }

        /// <summary>The quotient rounded to minus infinity, in the operands' type.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor FloorDivide(Tensor b) => a.Div(b, "floor");

        /// <summary>The quotient rounded to minus infinity, in the promoted type.</summary>
        public Tensor FloorDivide(Scalar value)
        {
            var y = Pointwise.Zip<EachPair<FloorDivideFunction>>(a, value);
            return OperationTrace.IsOn ? OperationTrace.Add(y, [a], value) : y;
        }

        /// <summary><c>a + value</c>.</summary>
        public Tensor Add(Scalar value) => Autograd.Record(Pointwise.Zip<AddKernel>(a, value), value, (a, static (dy, _) => dy));

        /// <summary><c>a − value</c>.</summary>
        public Tensor Sub(Scalar value) => Autograd.Record(Pointwise.Zip<SubtractKernel>(a, value), value, (a, static (dy, _) => dy));

        /// <summary><c>value − a</c>.</summary>
        public Tensor RSub(Scalar value) =>
            Autograd.Record(Pointwise.Zip<SubtractKernel>(a, value, left: true), value, (a, static (dy, _) => dy.Neg()));

        /// <summary><c>a · value</c>.</summary>
        public Tensor Mul(Scalar value) => Autograd.Record(Pointwise.Zip<MultiplyKernel>(a, value), value, (a, static (dy, v) => dy.Mul(v)));

        /// <summary><c>a / value</c> in a floating type.</summary>
        public Tensor Div(Scalar value) =>
            Autograd.Record(Pointwise.Zip<DivideKernel>(a, value, floating: true), value, (a, static (dy, v) => dy.Div(v)));

        /// <summary><c>value / a</c> in a floating type.</summary>
        public Tensor RDiv(Scalar value) => Autograd.Record(Pointwise.Zip<DivideKernel>(a, value, floating: true, left: true), (a: a.Saved, value),
            (a, static (dy, s) => dy.Mul(-s.value.AsDouble()).Div(s.a.Value.Mul(s.a))));

        /// <summary><c>−a</c>.</summary>
        public Tensor Neg() => Autograd.Record(Pointwise.MapNumber<NegateKernel>(a), 0, (a, static (dy, _) => dy.Neg()));
    }

    extension(Tensor)
    {
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor a, Tensor b) => Sum(a, b);
        /// <summary>Elementwise sum with a number.</summary>
        public static Tensor operator +(Tensor a, Scalar b) => a.Add(b);
        /// <summary>Elementwise sum with a number.</summary>
        public static Tensor operator +(Scalar a, Tensor b) => b.Add(a);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor a, Tensor b) => Difference(a, b);
        /// <summary>Elementwise difference with a number.</summary>
        public static Tensor operator -(Tensor a, Scalar b) => a.Sub(b);
        /// <summary>Elementwise difference from a number.</summary>
        public static Tensor operator -(Scalar a, Tensor b) => b.RSub(a);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Tensor a, Tensor b) => a.Mul(b);
        /// <summary>Product with a number.</summary>
        public static Tensor operator *(Tensor a, Scalar b) => a.Mul(b);
        /// <summary>Product with a number.</summary>
        public static Tensor operator *(Scalar a, Tensor b) => b.Mul(a);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Tensor a, Tensor b) => a.Div(b);
        /// <summary>Quotient with a number.</summary>
        public static Tensor operator /(Tensor a, Scalar b) => a.Div(b);
        /// <summary>Quotient of a number.</summary>
        public static Tensor operator /(Scalar a, Tensor b) => b.RDiv(a);
        /// <summary>Remainder with the divisor's sign.</summary>
        public static Tensor operator %(Tensor a, Tensor b) => a.Remainder(b);
        /// <summary>Remainder with the divisor's sign.</summary>
        public static Tensor operator %(Tensor a, Scalar b) => a.Remainder(b);
        /// <summary>Negation.</summary>
        public static Tensor operator -(Tensor a) => a.Neg();
    }

    static Tensor Sum(Tensor a, Tensor b)
    {
        if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
        if (a.DType == DType.Bool) return a.LogicalOr(b);
        return Autograd.Record(Pointwise.Zip<AddKernel>(a, b, operation: nameof(Add)), (a: a.Shape, b: b.Shape),
            (a, static (dy, s) => dy.SumTo(s.a)),
            (b, static (dy, s) => dy.SumTo(s.b)), operation: nameof(Add));
    }

    static Tensor Difference(Tensor a, Tensor b)
    {
        if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
        return Autograd.Record(Pointwise.Zip<SubtractKernel>(a, b, operation: nameof(Sub)), (a: a.Shape, b: b.Shape),
            (a, static (dy, s) => dy.SumTo(s.a)),
            (b, static (dy, s) => dy.SumTo(s.b).Neg()), operation: nameof(Sub));
    }
}
