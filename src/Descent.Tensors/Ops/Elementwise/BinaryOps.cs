using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Functions of two elements, with broadcasting.</summary>
public static class BinaryOps
{
    extension(Tensor a)
    {
        /// <summary>The larger of a and b, a NaN if either is; where equal, each takes half the gradient.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Maximum(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
            if (a.DType == DType.Bool) return a.LogicalOr(b);
            return Autograd.Record(Pointwise.Zip<MaximumKernel>(a, b), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => Winner(dy, s.a, s.b).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => Winner(dy, s.b, s.a).SumTo(s.b.Value.Shape)));
        }

        /// <summary>The smaller of a and b, a NaN if either is; where equal, each takes half the gradient.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Minimum(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
            if (a.DType == DType.Bool) return a.LogicalAnd(b);
            return Autograd.Record(Pointwise.Zip<MinimumKernel>(a, b), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => Winner(dy, s.b, s.a).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => Winner(dy, s.a, s.b).SumTo(s.b.Value.Shape)));
        }

        /// <summary>The angle of the point (b, a), in (−π, π].</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Atan2(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b, floating: true);
            return Autograd.Record(Pointwise.Zip<EachFloatPair<Atan2Function>>(a, b, floating: true), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => (dy * s.b * InverseSquares(s.a, s.b)).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * s.a.Value.Neg() * InverseSquares(s.a, s.b)).SumTo(s.b.Value.Shape)));
        }

        /// <summary><c>√(a² + b²)</c> without overflow.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Hypot(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b, floating: true);
            var y = Pointwise.Zip<EachFloatPair<HypotFunction>>(a, b, floating: true);
            return Autograd.Record(y, (a: a.Saved, b: b.Saved, y: y.Saved),
                (a, static (dy, s) => (dy * s.a.Value.Div(s.y)).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * s.b.Value.Div(s.y)).SumTo(s.b.Value.Shape)));
        }

        /// <summary><c>ln(eᵃ + eᵇ)</c> without overflow.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor LogAddExp(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b, floating: true);
            return Autograd.Record(Pointwise.Zip<EachFloatPair<LogAddExpFunction>>(a, b, floating: true), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => (dy * s.a.Value.Sub(s.b).Sigmoid()).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * s.b.Value.Sub(s.a).Sigmoid()).SumTo(s.b.Value.Shape)));
        }

        /// <summary><c>a · ln b</c>, and 0 where a is 0.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor XLogY(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b, floating: true);
            return Autograd.Record(Pointwise.Zip<EachFloatPair<XLogYFunction>>(a, b, floating: true), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => (dy * s.b.Value.Log().MaskedFill(s.a.Value.Eq(0).LogicalAnd(s.b.Value.Le(0)), 0)).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * s.a.Value.Div(s.b)).SumTo(s.b.Value.Shape)));
        }

        /// <summary>The remainder of a / b with the sign of a.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Fmod(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
            return Autograd.Record(Pointwise.Zip<EachPair<FmodFunction>>(a, b), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => dy.SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * s.a.Value.Div(s.b, "trunc").Neg()).SumTo(s.b.Value.Shape)));
        }

        /// <summary>The remainder of a / b with the sign of b.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Remainder(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
            return Autograd.Record(Pointwise.Zip<EachPair<RemainderFunction>>(a, b), (a: a.Saved, b: b.Saved),
                (a, static (dy, s) => dy.SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * s.a.Value.Div(s.b, "floor").Neg()).SumTo(s.b.Value.Shape)));
        }

        /// <summary>The remainder of a / value with the sign of a.</summary>
        public Tensor Fmod(Scalar value) => Autograd.Record(Pointwise.Zip<EachPair<FmodFunction>>(a, value), value, (a, static (dy, _) => dy));

        /// <summary>The remainder of a / value with the sign of the value.</summary>
        public Tensor Remainder(Scalar value) => Autograd.Record(Pointwise.Zip<EachPair<RemainderFunction>>(a, value), value, (a, static (dy, _) => dy));

        /// <summary><c>a + weight · (end − a)</c>.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Lerp(Tensor end, Scalar weight) => a + (end - a) * weight;

        /// <summary><c>a + weight · (end − a)</c>.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Lerp(Tensor end, Tensor weight) => a + (end - a) * weight;

        /// <summary><c>a + value · t1 · t2</c>.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Addcmul(Tensor t1, Tensor t2, Scalar? value = null) => a.Add(t1 * t2, value);

        /// <summary><c>a + value · t1 / t2</c>.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Addcdiv(Tensor t1, Tensor t2, Scalar? value = null) => a.Add(t1 / t2, value);
    }

    /// <summary>The gradient of the operand that has to be larger: all of it, half, or nothing.</summary>
    static Tensor Winner(Tensor dy, Tensor winner, Tensor loser) =>
        Tensor.Where(winner.Eq(loser), dy * 0.5, dy).MaskedFill(winner.Lt(loser), 0);

    /// <summary><c>1 / (a² + b²)</c>, and 0 at the origin.</summary>
    static Tensor InverseSquares(Tensor a, Tensor b)
    {
        var squares = a.Square() + b.Square();
        return squares.Reciprocal().MaskedFill(squares.Eq(0), 0);
    }
}
