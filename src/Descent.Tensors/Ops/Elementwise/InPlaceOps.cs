using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Elementwise operations that overwrite their first operand; each returns it.</summary>
public static class InPlaceOps
{
    extension(Tensor x)
    {
        /// <summary>Adds <c>alpha · b</c>, broadcast to this tensor's shape, in place.</summary>
        /// <exception cref="ShapeException">The result would not have this tensor's shape.</exception>
        public Tensor Add_(Tensor b, Scalar? alpha = null)
        {
            if (alpha is { } scale) return x.AddScaled_(b, scale);
            return InPlace.Zip<AddKernel>(x, b, static (old, b) => old.Add(b));
        }

        /// <summary>Subtracts <c>alpha · b</c>, broadcast to this tensor's shape, in place.</summary>
        /// <exception cref="ShapeException">The result would not have this tensor's shape.</exception>
        public Tensor Sub_(Tensor b, Scalar? alpha = null)
        {
            if (alpha is { } scale) return x.AddScaled_(b, scale.IsFloatingPoint ? -scale.AsDouble() : -scale.AsInt64());
            return InPlace.Zip<SubtractKernel>(x, b, static (old, b) => old.Sub(b));
        }

        Tensor AddScaled_(Tensor b, Scalar scale)
        {
            if (InPlace.IsRecorded(x, b) || !x.IsContiguous || !b.IsContiguous || x.Shape != b.Shape || x.DType != b.DType
                || x.DType is not (DType.Float32 or DType.Float64))
                return x.Add_(b.Mul(scale));
            if (x.DType == DType.Float32) FusedUpdate.Run<float, AddScaledUpdate>(x.AsSpan<float>(), b.AsSpan<float>(), b.AsSpan<float>(), scale.To<float>());
            else FusedUpdate.Run<double, AddScaledUpdate>(x.AsSpan<double>(), b.AsSpan<double>(), b.AsSpan<double>(), scale.To<double>());
            x.Storage.Changed();
            GC.KeepAlive(b);
            return x;
        }

        /// <summary>Multiplies by <paramref name="b"/>, broadcast to this tensor's shape, in place.</summary>
        /// <exception cref="ShapeException">The result would not have this tensor's shape.</exception>
        public Tensor Mul_(Tensor b) => InPlace.Zip<MultiplyKernel>(x, b, static (old, b) => old.Mul(b));

        /// <summary>Divides by <paramref name="b"/>, broadcast to this tensor's shape, in place.</summary>
        /// <exception cref="ShapeException">The result would not have this tensor's shape.</exception>
        public Tensor Div_(Tensor b) => InPlace.Zip<DivideKernel>(x, b, static (old, b) => old.Div(b), floating: true);

        /// <summary>Adds a number in place.</summary>
        public Tensor Add_(Scalar value) => InPlace.Zip<AddKernel>(x, value, static (old, v) => old.Add(v));

        /// <summary>Subtracts a number in place.</summary>
        public Tensor Sub_(Scalar value) => InPlace.Zip<SubtractKernel>(x, value, static (old, v) => old.Sub(v));

        /// <summary>Multiplies by a number in place.</summary>
        public Tensor Mul_(Scalar value) => InPlace.Zip<MultiplyKernel>(x, value, static (old, v) => old.Mul(v));

        /// <summary>Divides by a number in place.</summary>
        public Tensor Div_(Scalar value) => InPlace.Zip<DivideKernel>(x, value, static (old, v) => old.Div(v), floating: true);

        /// <summary>Keeps the larger of each element and that of <paramref name="b"/>.</summary>
        public Tensor Maximum_(Tensor b) => InPlace.Zip<MaximumKernel>(x, b, static (old, b) => old.Maximum(b));

        /// <summary>Keeps the smaller of each element and that of <paramref name="b"/>.</summary>
        public Tensor Minimum_(Tensor b) => InPlace.Zip<MinimumKernel>(x, b, static (old, b) => old.Minimum(b));

        /// <summary>Raises to a power in place.</summary>
        public Tensor Pow_(Scalar exponent) => InPlace.Apply(x, exponent, static (old, e) => old.Pow(e));

        /// <summary>Overwrites with zeros.</summary>
        public Tensor Zero_() => x.Fill_(0);

        /// <summary>Overwrites with one number.</summary>
        public Tensor Fill_(Scalar value) => InPlace.Apply(x, value,
            static (old, v) => old.MaskedFill(Tensor.Ones([], DType.Bool), v),
            static (x, v) => Copying.CopyInto(x, Tensor.Full([], v, x.DType).Expand(x.Shape)));

        /// <summary>Bounds every element to <c>[min, max]</c> in place; null does not bound.</summary>
        public Tensor Clamp_(Scalar? min = null, Scalar? max = null) =>
            InPlace.Apply(x, (min, max), static (old, s) => old.Clamp(s.min, s.max));

        /// <summary>x = x + value · t1 · t2.</summary>
        public Tensor Addcmul_(Tensor t1, Tensor t2, Scalar? value = null) => FuseOr<AddProductUpdate>(x, t1, t2, value ?? 1,
            static (old, s) => old.Addcmul(s.t1, s.t2, s.value));

        /// <summary>x = x + value · t1 / t2.</summary>
        public Tensor Addcdiv_(Tensor t1, Tensor t2, Scalar? value = null) => FuseOr<AddQuotientUpdate>(x, t1, t2, value ?? 1,
            static (old, s) => old.Addcdiv(s.t1, s.t2, s.value));

        /// <summary>x = x + weight · (end − x).</summary>
        public Tensor Lerp_(Tensor end, Scalar weight) => FuseOr<LerpUpdate>(x, end, end, weight, static (old, s) => old.Lerp(s.t1, s.value));

        /// <summary>Overwrites with a number where the mask, broadcast to this shape, is true.</summary>
        public Tensor MaskedFill_(Tensor mask, Scalar value) => InPlace.Apply(x, (mask, value), static (old, s) => old.MaskedFill(s.mask, s.value));

        /// <summary>e to the power of each element, in place.</summary>
        public Tensor Exp_() => InPlace.Map<ExpKernel>(x, static old => old.Exp());

        /// <summary>The square root in place.</summary>
        public Tensor Sqrt_() => InPlace.Map<SqrtKernel>(x, static old => old.Sqrt());

        /// <summary>The natural logarithm in place.</summary>
        public Tensor Log_() => InPlace.Map<LogKernel>(x, static old => old.Log());

        /// <summary>The hyperbolic tangent in place.</summary>
        public Tensor Tanh_() => InPlace.Map<TanhKernel>(x, static old => old.Tanh());

        /// <summary>The logistic function in place.</summary>
        public Tensor Sigmoid_() => InPlace.Map<SigmoidKernel>(x, static old => old.Sigmoid());

        /// <summary>One over each element, in place.</summary>
        public Tensor Reciprocal_() => InPlace.Map<ReciprocalKernel>(x, static old => old.Reciprocal());

        /// <summary>One over the square root, in place.</summary>
        public Tensor Rsqrt_() => InPlace.Map<RsqrtKernel>(x, static old => old.Rsqrt());

        /// <summary>Rounds to minus infinity in place.</summary>
        public Tensor Floor_() => InPlace.Map<FloorKernel>(x, static old => old.Floor());

        /// <summary>Rounds half to even, in place.</summary>
        public Tensor Round_() => InPlace.Map<RoundKernel>(x, static old => old.Round());

        /// <summary>The absolute value in place.</summary>
        public Tensor Abs_() => InPlace.Apply(x, 0, static (old, _) => old.Abs());

        /// <summary>The square in place.</summary>
        public Tensor Square_() => InPlace.Apply(x, 0, static (old, _) => old.Square());

        /// <summary>Negation in place.</summary>
        public Tensor Neg_() => InPlace.Apply(x, 0, static (old, _) => old.Neg());

        /// <summary>max(x, 0) in place.</summary>
        public Tensor Relu_() => InPlace.Zip<MaximumKernel>(x, 0, static (old, _) => old.Relu());
    }

    static Tensor FuseOr<F>(Tensor x, Tensor t1, Tensor t2, Scalar value, Func<Tensor, (Tensor t1, Tensor t2, Scalar value), Tensor> computed)
        where F : struct, IFusedUpdate
    {
        bool plain = x.DType is DType.Float32 or DType.Float64 && x.IsContiguous
            && t1.IsContiguous && t2.IsContiguous && t1.DType == x.DType && t2.DType == x.DType && t1.Shape == x.Shape && t2.Shape == x.Shape
            && !InPlace.IsRecorded(x, t1) && !InPlace.IsRecorded(t2);
        if (!plain) return InPlace.Apply(x, (t1, t2, value), computed, InPlace.IsRecorded(t2) ? t2 : t1);
        if (x.DType == DType.Float32) FusedUpdate.Run<float, F>(x.AsSpan<float>(), t1.AsSpan<float>(), t2.AsSpan<float>(), value.To<float>());
        else FusedUpdate.Run<double, F>(x.AsSpan<double>(), t1.AsSpan<double>(), t2.AsSpan<double>(), value.To<double>());
        x.Storage.Changed();
        GC.KeepAlive(t1);
        GC.KeepAlive(t2);
        return x;
    }
}
