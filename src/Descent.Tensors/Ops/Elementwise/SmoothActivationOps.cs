using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>How GELU's normal distribution is computed.</summary>
public enum GeluApproximation
{
    /// <summary>By the error function.</summary>
    None,

    /// <summary>By the hyperbolic tangent.</summary>
    Tanh,
}

/// <summary>Smooth activation functions, element by element; the results have the input's shape.</summary>
public static class SmoothActivationOps
{
    extension(Tensor x)
    {
        /// <summary><c>x · Φ(x)</c>, Φ the normal distribution; or <c>½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))</c>.</summary>
        /// <remarks>Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016, arXiv:1606.08415.</remarks>
        public Tensor Gelu(GeluApproximation approximate = GeluApproximation.None) => approximate == GeluApproximation.Tanh
            ? ActivationOp.Apply(x, new GeluTanhActivation(), static (x, _) => GeluTanhSlope(x))
            : ActivationOp.Apply(x, new GeluActivation(), static (x, _) => GeluSlope(x));

        /// <summary><c>x · σ(1.702 x)</c>.</summary>
        public Tensor QuickGelu() => ActivationOp.Apply(x, new SwishActivation(1.702), SwishSlope);

        /// <summary><c>x · σ(x)</c>, also called Swish.</summary>
        /// <remarks>Elfwing et al., "Sigmoid-Weighted Linear Units", 2017, arXiv:1702.03118.</remarks>
        public Tensor Silu() => ActivationOp.Apply(x, new SwishActivation(1), SwishSlope);

        /// <summary><c>x · tanh(ln(1 + eˣ))</c>.</summary>
        /// <remarks>Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019, arXiv:1908.08681.</remarks>
        public Tensor Mish() => ActivationOp.Apply(x, new MishActivation(), static (x, _) =>
        {
            var t = x.Softplus().Tanh();
            return t + x * x.Sigmoid() * t.Square().RSub(1);
        });

        /// <summary><c>ln(1 + e^(βx)) / β</c>, and x itself where <c>βx</c> is above <paramref name="threshold"/>.</summary>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is 0 or not a number.</exception>
        public Tensor Softplus(double beta = 1, double threshold = 20)
        {
            if (beta == 0 || double.IsNaN(beta)) throw new ArgumentOutOfRangeException(nameof(beta), beta, $"Softplus: beta is {beta}; it must not be 0.");
            return ActivationOp.Apply(x, new SoftplusActivation(beta, threshold), static (x, f) =>
            {
                var z = x.Mul(f.Beta);
                return z.Sigmoid().MaskedFill(z.Gt(f.Threshold), 1);
            });
        }

        /// <summary><c>ln σ(x)</c>, without overflow.</summary>
        public Tensor LogSigmoid() => ActivationOp.Apply(x, new LogSigmoidActivation(), static (x, _) => x.Neg().Sigmoid());

        /// <summary>x above 0, else <c>α (eˣ − 1)</c>.</summary>
        /// <remarks>Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2015, arXiv:1511.07289.</remarks>
        public Tensor Elu(double alpha = 1) => ActivationOp.Apply(x, new ExponentialUnit(alpha), ExponentialSlope);

        /// <summary>x above 0, else <c>α (e^(x/α) − 1)</c>.</summary>
        /// <remarks>Barron, "Continuously Differentiable Exponential Linear Units", 2017, arXiv:1704.07483.</remarks>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is 0.</exception>
        public Tensor Celu(double alpha = 1)
        {
            if (alpha == 0) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Celu: alpha is 0; it divides, so it must not be.");
            return ActivationOp.Apply(x, new ExponentialUnit(alpha, inner: 1 / alpha), ExponentialSlope);
        }

        /// <summary><c>1.0507 · Elu(1.6733)</c>: keeps mean 0 and deviation 1 from layer to layer.</summary>
        /// <remarks>Klambauer et al., "Self-Normalizing Neural Networks", 2017, arXiv:1706.02515.</remarks>
        public Tensor Selu() => ActivationOp.Apply(x, new ExponentialUnit(1.6732632423543772848170429916717, 1.0507009873554804934193349852946), ExponentialSlope);

        /// <summary><c>x / (1 + |x|)</c>.</summary>
        public Tensor Softsign() => ActivationOp.Apply(x, new SoftsignActivation(), static (x, _) => x.Abs().Add(1).Square().Reciprocal());

        /// <summary><c>x − tanh x</c>.</summary>
        public Tensor Tanhshrink() => x - x.Tanh();

        /// <summary><c>x · clamp(x + 3, 0, 6) / 6</c>.</summary>
        /// <remarks>Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244.</remarks>
        public Tensor Hardswish() => ActivationOp.Apply(x, new HardswishActivation(), static (x, _) =>
            x.Div(3).Add(0.5).MaskedFill(x.Lt(-3), 0).MaskedFill(x.Gt(3), 1));

        /// <summary><c>max(x, 0)²</c>.</summary>
        /// <remarks>So et al., "Primer: Searching for Efficient Transformers", 2021, arXiv:2109.08668.</remarks>
        public Tensor SquaredRelu() => x.Relu().Square();
    }

    internal static Tensor GeluSlope(Tensor x) =>
        x.Mul(Math.Sqrt(0.5)).Erf().Add(1).Mul(0.5) + x * x.Square().Mul(-0.5).Exp().Mul(1 / Math.Sqrt(2 * Math.PI));

    internal static Tensor SwishSlope(Tensor x, SwishActivation f)
    {
        var z = x.Mul(f.Scale);
        var s = z.Sigmoid();
        return s + z * s * s.RSub(1);
    }

    static Tensor ExponentialSlope(Tensor x, ExponentialUnit f) =>
        // Bounded first: the side that is not taken must not overflow, for its gradient would be NaN.
        x.Clamp(null, 0).Mul(f.Inner).Exp().Mul(f.Scale * f.Alpha * f.Inner).MaskedFill(x.Gt(0), f.Scale);

    internal static Tensor GeluTanhSlope(Tensor x)
    {
        const double scale = GeluTanhActivation.Scale, cubic = GeluTanhActivation.Cubic;
        var square = x.Square();
        var s = (x * square.Mul(2 * scale * cubic).Add(2 * scale)).Sigmoid();
        return s + x * square.Mul(6 * scale * cubic).Add(2 * scale) * s * s.RSub(1);
    }
}
