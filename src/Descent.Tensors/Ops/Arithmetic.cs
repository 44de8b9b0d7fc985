using System.Numerics;
using System.Numerics.Tensors;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Sums, products and quotients, elementwise with broadcasting.</summary>
public static class ArithmeticOps
{
    extension(Tensor a)
    {
        /// <summary><c>a + alpha · b</c>.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Add(Tensor b, Scalar? alpha = null)
        {
            if (alpha is { } scale) return a.Add(b.Mul(scale));
            return Autograd.Record(Pointwise.Zip<AddKernel>(a, b), (a: a.Shape, b: b.Shape),
                (a, static (dy, s) => dy.SumTo(s.a)),
                (b, static (dy, s) => dy.SumTo(s.b)));
        }

        /// <summary><c>a − alpha · b</c>.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Sub(Tensor b, Scalar? alpha = null)
        {
            if (alpha is { } scale) return a.Sub(b.Mul(scale));
            return Autograd.Record(Pointwise.Zip<SubtractKernel>(a, b), (a: a.Shape, b: b.Shape),
                (a, static (dy, s) => dy.SumTo(s.a)),
                (b, static (dy, s) => dy.Neg().SumTo(s.b)));
        }

        /// <summary><c>a · b</c>, element by element.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Mul(Tensor b) => Autograd.Record(Pointwise.Zip<MultiplyKernel>(a, b), (a: a.Saved, b: b.Saved),
            (a, static (dy, s) => (dy * s.b).SumTo(s.a.Value.Shape)),
            (b, static (dy, s) => (dy * s.a).SumTo(s.b.Value.Shape)));

        /// <summary><c>a / b</c> in a floating type.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Div(Tensor b) => Autograd.Record(Pointwise.Zip<DivideKernel>(a, b, floating: true), (a: a.Saved, b: b.Saved),
            (a, static (dy, s) => (dy / s.b).SumTo(s.a.Value.Shape)),
            (b, static (dy, s) => (dy * s.a / s.b.Value.Mul(s.b)).Neg().SumTo(s.b.Value.Shape)));

        /// <summary><c>a + value</c>.</summary>
        public Tensor Add(Scalar value) =>
            Autograd.Record(Pointwise.Zip<AddKernel>(a, Pointwise.Number(value, a)), 0, (a, static (dy, _) => dy));

        /// <summary><c>a − value</c>.</summary>
        public Tensor Sub(Scalar value) =>
            Autograd.Record(Pointwise.Zip<SubtractKernel>(a, Pointwise.Number(value, a)), 0, (a, static (dy, _) => dy));

        /// <summary><c>a · value</c>.</summary>
        public Tensor Mul(Scalar value) =>
            Autograd.Record(Pointwise.Zip<MultiplyKernel>(a, Pointwise.Number(value, a)), value, (a, static (dy, v) => dy.Mul(v)));

        /// <summary><c>a / value</c> in a floating type.</summary>
        public Tensor Div(Scalar value) =>
            Autograd.Record(Pointwise.Zip<DivideKernel>(a, Pointwise.Number(value, a), floating: true), value, (a, static (dy, v) => dy.Div(v)));

        /// <summary><c>−a</c>.</summary>
        public Tensor Neg() => Autograd.Record(Pointwise.MapNumber<NegateKernel>(a), 0, (a, static (dy, _) => dy.Neg()));

        /// <summary>Adds <c>alpha · b</c>, broadcast to this tensor's shape, in place.</summary>
        /// <exception cref="ShapeException">The result would not have this tensor's shape.</exception>
        public Tensor Add_(Tensor b, Scalar? alpha = null) =>
            InPlace.Apply(a, old => old.Add(b, alpha), () => Pointwise.ZipInto<AddKernel>(a, a, (alpha is { } scale ? b.Mul(scale) : b).To(a.DType)), b);

        /// <summary>Multiplies by <paramref name="b"/>, broadcast to this tensor's shape, in place.</summary>
        /// <exception cref="ShapeException">The result would not have this tensor's shape.</exception>
        public Tensor Mul_(Tensor b) =>
            InPlace.Apply(a, old => old.Mul(b), () => Pointwise.ZipInto<MultiplyKernel>(a, a, b.To(a.DType)), b);
    }

    extension(Tensor)
    {
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor a, Tensor b) => a.Add(b);
        /// <summary>Elementwise sum with a number.</summary>
        public static Tensor operator +(Tensor a, Scalar b) => a.Add(b);
        /// <summary>Elementwise sum with a number.</summary>
        public static Tensor operator +(Scalar a, Tensor b) => b.Add(a);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor a, Tensor b) => a.Sub(b);
        /// <summary>Elementwise difference with a number.</summary>
        public static Tensor operator -(Tensor a, Scalar b) => a.Sub(b);
        /// <summary>Elementwise difference from a number.</summary>
        public static Tensor operator -(Scalar a, Tensor b) => Pointwise.Number(a, b).Sub(b);
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
        public static Tensor operator /(Scalar a, Tensor b) => Pointwise.Number(a, b).Div(b);
        /// <summary>Negation.</summary>
        public static Tensor operator -(Tensor a) => a.Neg();
    }

    internal readonly struct AddKernel : IBinaryKernel
    {
        public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Add(a, b, y);
        public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Add(a, b, y);
        public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Add(b, a, y);
    }

    internal readonly struct SubtractKernel : IBinaryKernel
    {
        public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Subtract(a, b, y);
        public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Subtract(a, b, y);
        public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Subtract(a, b, y);
    }

    internal readonly struct MultiplyKernel : IBinaryKernel
    {
        public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Multiply(a, b, y);
        public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Multiply(a, b, y);
        public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Multiply(b, a, y);
    }

    internal readonly struct DivideKernel : IBinaryKernel
    {
        public static void Invoke<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Divide(a, b, y);
        public static void Invoke<T>(ReadOnlySpan<T> a, T b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Divide(a, b, y);
        public static void Invoke<T>(T a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Divide(a, b, y);
    }

    readonly struct NegateKernel : INumberUnaryKernel
    {
        public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Negate(x, y);
    }
}
