using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Powers, roots, exponentials and logarithms of each element.</summary>
public static class UnaryOps
{
    extension(Tensor x)
    {
        /// <summary>This tensor; bools are not numbers and are refused.</summary>
        public Tensor Positive() => x.DType != DType.Bool ? x : throw new NotSupportedException("Positive is not defined for Bool. Convert with To(DType).");

        /// <summary><c>|x|</c>; the gradient at 0 is 0.</summary>
        public Tensor Abs() => Autograd.Record(Pointwise.MapNumber<AbsKernel>(x), x.Saved, (x, static (dy, x) => dy * x.Value.Sign()));

        /// <summary>−1, 0 or 1.</summary>
        public Tensor Sign() => Flat(x, Pointwise.MapNumber<SignKernel>(x));

        /// <summary><c>x²</c>.</summary>
        public Tensor Square() => Autograd.Record(Pointwise.MapNumber<SquareKernel>(x), x.Saved, (x, static (dy, x) => dy * x.Value.Mul(2)));

        /// <summary><c>√x</c>.</summary>
        public Tensor Sqrt()
        {
            var y = Pointwise.Map<SqrtKernel>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy / y.Value.Mul(2)));
        }

        /// <summary><c>1 / √x</c>.</summary>
        public Tensor Rsqrt()
        {
            var y = Pointwise.Map<RsqrtKernel>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy * y.Value.Square().Mul(y).Mul(-0.5)));
        }

        /// <summary><c>1 / x</c>.</summary>
        public Tensor Reciprocal()
        {
            var y = Pointwise.Map<ReciprocalKernel>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy * y.Value.Square().Neg()));
        }

        /// <summary><c>eˣ</c>.</summary>
        public Tensor Exp()
        {
            var y = Pointwise.Map<ExpKernel>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy * y));
        }

        /// <summary><c>2ˣ</c>.</summary>
        public Tensor Exp2()
        {
            var y = Pointwise.Map<Exp2Kernel>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy * y.Value.Mul(Math.Log(2))));
        }

        /// <summary><c>eˣ − 1</c>, exact near 0.</summary>
        public Tensor Expm1()
        {
            var y = Pointwise.Map<Each<ExpM1Function>>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy * y.Value.Add(1)));
        }

        /// <summary>The natural logarithm.</summary>
        public Tensor Log() => Autograd.Record(Pointwise.Map<LogKernel>(x), x.Saved, (x, static (dy, x) => dy / x));

        /// <summary>The logarithm to base 2.</summary>
        public Tensor Log2() => Autograd.Record(Pointwise.Map<Log2Kernel>(x), x.Saved, (x, static (dy, x) => dy / x.Value.Mul(Math.Log(2))));

        /// <summary>The logarithm to base 10.</summary>
        public Tensor Log10() => Autograd.Record(Pointwise.Map<Log10Kernel>(x), x.Saved, (x, static (dy, x) => dy / x.Value.Mul(Math.Log(10))));

        /// <summary><c>ln(1 + x)</c>, exact near 0.</summary>
        public Tensor Log1p() => Autograd.Record(Pointwise.Map<Each<LogP1Function>>(x), x.Saved, (x, static (dy, x) => dy / x.Value.Add(1)));

        /// <summary>The logistic function <c>1 / (1 + e⁻ˣ)</c>.</summary>
        public Tensor Sigmoid()
        {
            var y = Pointwise.Map<SigmoidKernel>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => ActivationOp.Gradient(dy, y, new SigmoidSlope(), static (y, _) => y * y.RSub(1))));
        }

        /// <summary><c>ln(x / (1 − x))</c>.</summary>
        /// <param name="eps">The input is bounded to <c>[eps, 1 − eps]</c> first; null does not bound.</param>
        public Tensor Logit(double? eps = null)
        {
            if (eps is { } e) return x.Clamp(e, 1 - e).Logit();
            return Autograd.Record(Pointwise.Map<Each<LogitFunction>>(x), x.Saved, (x, static (dy, x) => dy / (x.Value.RSub(1) * x)));
        }

        /// <summary><c>max(x, 0)</c>; the gradient at 0 is 0.</summary>
        public Tensor Relu()
        {
            var y = Pointwise.MapNumber<ReluKernel>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy.GatePositive(y)));
        }

        /// <summary>This where <paramref name="sign"/> is above zero, else 0, in one pass.</summary>
        internal Tensor GatePositive(Tensor sign) => Autograd.Record(Pointwise.Zip<PositiveGateKernel>(x, sign), sign.Saved,
            (x, static (dy, sign) => dy.GatePositive(sign)));

        /// <summary>NaN and infinities replaced by numbers; by default 0 and the type's largest and smallest numbers.</summary>
        public Tensor NanToNum(double nan = 0, double? posInf = null, double? negInf = null)
        {
            if (!x.DType.IsFloatingPoint) return x;
            double most = x.DType switch
            {
                DType.Float64 => double.MaxValue,
                DType.Float16 => (double)Half.MaxValue,
                DType.BFloat16 => 3.3895313892515355e38,
                _ => float.MaxValue,
            };
            return x.MaskedFill(x.IsNan(), nan).MaskedFill(x.Eq(double.PositiveInfinity), posInf ?? most)
                .MaskedFill(x.Eq(double.NegativeInfinity), negInf ?? -most);
        }

        /// <summary>Rounded to minus infinity.</summary>
        public Tensor Floor() => Flat(x, x.DType.IsFloatingPoint ? Pointwise.Map<FloorKernel>(x) : x.Clone());

        /// <summary>Rounded to plus infinity.</summary>
        public Tensor Ceil() => Flat(x, x.DType.IsFloatingPoint ? Pointwise.Map<CeilKernel>(x) : x.Clone());

        /// <summary>Rounded to the nearest integer, half to even.</summary>
        public Tensor Round() => Flat(x, x.DType.IsFloatingPoint ? Pointwise.Map<RoundKernel>(x) : x.Clone());

        /// <summary>Rounded to <paramref name="decimals"/> places, half to even; negative places round to tens.</summary>
        public Tensor Round(int decimals)
        {
            double scale = Math.Pow(10, Math.Abs(decimals));
            return decimals < 0 ? x.Div(scale).Round().Mul(scale) : x.Mul(scale).Round().Div(scale);
        }

        /// <summary>Rounded to zero.</summary>
        public Tensor Trunc() => Flat(x, x.DType.IsFloatingPoint ? Pointwise.Map<TruncKernel>(x) : x.Clone());

        /// <summary>The part behind the point, with the sign of x.</summary>
        public Tensor Frac() => Autograd.Record(Pointwise.Map<Each<FracFunction>>(x), 0, (x, static (dy, _) => dy));

        /// <summary>The error function.</summary>
        public Tensor Erf() => Autograd.Record(Pointwise.Map<ErfKernel>(x), x.Saved,
            (x, static (dy, x) => dy * x.Value.Square().Neg().Exp().Mul(2 / Math.Sqrt(Math.PI))));

        /// <summary><c>1 − erf x</c>, without cancellation for large x.</summary>
        public Tensor Erfc() => Autograd.Record(Pointwise.Map<Each<ErfcFunction>>(x), x.Saved,
            (x, static (dy, x) => dy * x.Value.Square().Neg().Exp().Mul(-2 / Math.Sqrt(Math.PI))));

        /// <summary>The inverse of <c>Erf</c>, on (−1, 1).</summary>
        public Tensor Erfinv()
        {
            var y = Pointwise.Map<Each<ErfInvFunction>>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy * y.Value.Square().Exp().Mul(Math.Sqrt(Math.PI) / 2)));
        }

        /// <summary><c>ln |Γ(x)|</c>.</summary>
        public Tensor Lgamma() => Autograd.Record(Pointwise.Map<Each<LogGammaFunction>>(x), x.Saved, (x, static (dy, x) => dy * x.Value.Digamma()));

        /// <summary>The slope of <c>Lgamma</c>.</summary>
        public Tensor Digamma() => Autograd.Record(Pointwise.Map<Each<DigammaFunction>>(x), x.Saved, (x, static (dy, x) => dy * x.Value.Polygamma(1)));

        /// <summary>The <paramref name="n"/>-th derivative of <c>Digamma</c>.</summary>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
        public Tensor Polygamma(int n)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(n);
            if (n == 0) return x.Digamma();
            return Autograd.Record(Pointwise.Zip<EachFloatPair<PolygammaFunction>>(x, n, floating: true), (x: x.Saved, n),
                (x, static (dy, s) => dy * s.x.Value.Polygamma(s.n + 1)));
        }
    }

    /// <summary>Records a step function: the gradient is 0 everywhere.</summary>
    internal static Tensor Flat(Tensor x, Tensor y, [System.Runtime.CompilerServices.CallerMemberName] string operation = "") =>
        Autograd.Record(y, 0, (x, static (dy, _) => Tensor.Zeros(dy.Shape, dy.DType)), operation: operation);
}
