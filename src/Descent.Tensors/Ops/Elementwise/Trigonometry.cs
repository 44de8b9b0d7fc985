using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Circular and hyperbolic functions of each element, in radians, and their inverses.</summary>
public static class TrigonometryOps
{
    extension(Tensor x)
    {
        /// <summary>The sine.</summary>
        public Tensor Sin() => Autograd.Record(Pointwise.Map<SinKernel>(x), x.Saved, (x, static (dy, x) => dy * x.Value.Cos()));

        /// <summary>The cosine.</summary>
        public Tensor Cos() => Autograd.Record(Pointwise.Map<CosKernel>(x), x.Saved, (x, static (dy, x) => dy * x.Value.Sin().Neg()));

        /// <summary>The tangent.</summary>
        public Tensor Tan()
        {
            var y = Pointwise.Map<Each<TanFunction>>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => dy * y.Value.Square().Add(1)));
        }

        /// <summary>The inverse of the sine, on [−1, 1].</summary>
        public Tensor Asin() => Autograd.Record(Pointwise.Map<Each<AsinFunction>>(x), x.Saved,
            (x, static (dy, x) => dy * x.Value.Square().RSub(1).Rsqrt()));

        /// <summary>The inverse of the cosine, on [−1, 1].</summary>
        public Tensor Acos() => Autograd.Record(Pointwise.Map<Each<AcosFunction>>(x), x.Saved,
            (x, static (dy, x) => dy * x.Value.Square().RSub(1).Rsqrt().Neg()));

        /// <summary>The inverse of the tangent.</summary>
        public Tensor Atan() => Autograd.Record(Pointwise.Map<Each<AtanFunction>>(x), x.Saved, (x, static (dy, x) => dy / x.Value.Square().Add(1)));

        /// <summary>The hyperbolic sine.</summary>
        public Tensor Sinh() => Autograd.Record(Pointwise.Map<Each<SinhFunction>>(x), x.Saved, (x, static (dy, x) => dy * x.Value.Cosh()));

        /// <summary>The hyperbolic cosine.</summary>
        public Tensor Cosh() => Autograd.Record(Pointwise.Map<CoshKernel>(x), x.Saved, (x, static (dy, x) => dy * x.Value.Sinh()));

        /// <summary>The hyperbolic tangent.</summary>
        public Tensor Tanh()
        {
            var y = Pointwise.Map<TanhKernel>(x);
            return Autograd.Record(y, y.Saved, (x, static (dy, y) => ActivationOp.Gradient(dy, y, new TanhSlope(), static (y, _) => y.Square().RSub(1))));
        }

        /// <summary>The inverse of the hyperbolic sine.</summary>
        public Tensor Asinh() => Autograd.Record(Pointwise.Map<Each<AsinhFunction>>(x), x.Saved,
            (x, static (dy, x) => dy * x.Value.Square().Add(1).Rsqrt()));

        /// <summary>The inverse of the hyperbolic cosine, on [1, ∞).</summary>
        public Tensor Acosh() => Autograd.Record(Pointwise.Map<Each<AcoshFunction>>(x), x.Saved,
            (x, static (dy, x) => dy * x.Value.Square().Sub(1).Rsqrt()));

        /// <summary>The inverse of the hyperbolic tangent, on (−1, 1).</summary>
        public Tensor Atanh() => Autograd.Record(Pointwise.Map<Each<AtanhFunction>>(x), x.Saved, (x, static (dy, x) => dy / x.Value.Square().RSub(1)));
    }
}
