using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Powers, of tensors and of numbers.</summary>
public static class PowerOps
{
    extension(Tensor a)
    {
        /// <summary><c>aᵇ</c>; of integers, wrapping around. The gradient to a is 0 where b is 0, that to b is 0 where a is 0 and b is not negative.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Pow(Tensor b)
        {
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
            if (!a.DType.IsFloatingPoint) return Pointwise.Zip<EachIntegerPair<IntegerPowFunction>>(a, b);
            var y = Pointwise.Zip<EachFloatPair<PowFunction>>(a, b);
            return Autograd.Record(y, (a: a.Saved, b: b.Saved, y: y.Saved),
                (a, static (dy, s) => (dy * (s.b * s.a.Value.Pow(s.b.Value.Sub(1))).MaskedFill(s.b.Value.Eq(0), 0)).SumTo(s.a.Value.Shape)),
                (b, static (dy, s) => (dy * (s.y * s.a.Value.Log()).MaskedFill(s.a.Value.Eq(0).LogicalAnd(s.b.Value.Ge(0)), 0)).SumTo(s.b.Value.Shape)));
        }

        /// <summary><c>a</c> to a power that all elements share.</summary>
        /// <exception cref="ArgumentException">An integer tensor is raised to a negative integer.</exception>
        public Tensor Pow(Scalar exponent)
        {
            double e = exponent.AsDouble();
            if (e == 2) return exponent.IsFloatingPoint && !a.DType.IsFloatingPoint ? a.To(Tensor.DefaultDType).Square() : a.Square();
            if (!DType.Promote(a.DType, exponent).IsFloatingPoint)
                return e >= 0 ? Pointwise.Zip<EachIntegerPair<IntegerPowFunction>>(a, exponent) : throw new ArgumentException(
                    $"Pow: {a.DType} cannot be raised to the negative integer {exponent}. Convert with To(DType.Float32).", nameof(exponent));
            if (e == 0.5) return a.Sqrt();
            if (e == -1) return a.Reciprocal();
            return Autograd.Record(Pointwise.Zip<EachFloatPair<PowFunction>>(a, exponent, floating: true), (a: a.Saved, e),
                (a, static (dy, s) => s.e == 0 ? Tensor.Zeros(dy.Shape, dy.DType) : dy * s.a.Value.Pow(s.e - 1).Mul(s.e)));
        }
    }

    extension(Tensor)
    {
        /// <summary>A number to the power of every element.</summary>
        public static Tensor Pow(Scalar value, Tensor exponent)
        {
            if (!DType.Promote(exponent.DType, value).IsFloatingPoint)
                return Pointwise.Zip<EachIntegerPair<IntegerPowFunction>>(exponent, value, left: true);
            var y = Pointwise.Zip<EachFloatPair<PowFunction>>(exponent, value, floating: true, left: true);
            return Autograd.Record(y, (exponent: exponent.Saved, y: y.Saved, v: value.AsDouble()),
                (exponent, static (dy, s) => s.v == 0
                    ? (dy * s.y.Value.Mul(double.NegativeInfinity)).MaskedFill(s.exponent.Value.Ge(0), 0)
                    : dy * s.y.Value.Mul(Math.Log(s.v))));
        }
    }
}
