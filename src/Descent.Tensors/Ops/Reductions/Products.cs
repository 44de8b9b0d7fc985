using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Products over dimensions.</summary>
public static class ProductOps
{
    extension(Tensor x)
    {
        /// <summary>The product of all elements, of shape <c>()</c>. Integers and bools are multiplied as Int64.</summary>
        public Tensor Prod() => x.Reshape(x.Elements).Prod(0);

        /// <summary>Products along a dimension. Integers and bools are multiplied as Int64.</summary>
        /// <remarks>The gradient is right also where factors are zero: nothing is divided.</remarks>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Prod(int dim, bool keepDim = false)
        {
            x = Autocast.Full(x);
            var reduced = Folding.Mark(x.Shape, [dim], nameof(Prod));
            dim = x.Shape.Axis(dim, nameof(Prod));
            if (x.Rank == 0) return x.Mul(1);
            var kept = Folding.Kept(x.Shape, reduced);
            var y = Folding.Reshaped(Folding.Fold<ProductFold>(x.DType.IsFloatingPoint ? x : x.To(DType.Int64), reduced), keepDim ? kept : Folding.Dropped(x.Shape, reduced));
            return Autograd.Record(y, (x: x.Saved, dim), (x, static (dy, s) =>
            {
                // The product is the last running product, and only that has a gradient.
                Tensor x = s.x;
                int n = x.Shape[s.dim];
                if (n == 0) return Tensor.Zeros(x.Shape, x.DType);
                var dims = x.Shape.ToArray();
                dims[s.dim] = 1;
                var last = dy.Reshape(dims);
                dims[s.dim] = n - 1;
                var all = Tensor.Cat([Tensor.Zeros(dims, dy.DType), last], s.dim);
                Tensor running;
                using (Autograd.NoGrad()) running = x.Cumprod(s.dim);
                return Gradient(all, x, running, s.dim);
            }));
        }
    }

    /// <summary>The gradient of running products y of x, where dy arrives at each of them.</summary>
    internal static Tensor Gradient(Tensor dy, Tensor x, Tensor y, int dim)
    {
        if (x.Rank == 0) return dy.Mul(1);
        if (Autograd.IsEnabled) return Unrolled(dy, x, dim);
        if (x.DType.IsReduced) return Gradient(dy.To(DType.Float32), x.To(DType.Float32), y.To(DType.Float32), dim).To(x.DType);
        var (outer, n, inner) = SoftmaxOps.Around(x.Shape, dim);
        (dy, x, y) = (dy.Contiguous(), x.Contiguous(), y.Contiguous());
        var dx = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.Float32) Scan.ProductGradient<float>(x.AsSpan<float>(), y.AsSpan<float>(), dy.AsSpan<float>(), dx.AsSpan<float>(), outer, n, inner);
        else Scan.ProductGradient<double>(x.AsSpan<double>(), y.AsSpan<double>(), dy.AsSpan<double>(), dx.AsSpan<double>(), outer, n, inner);
        GC.KeepAlive((dy, x, y));
        return dx;
    }

    /// <summary>The same, step by step in differentiable operations.</summary>
    static Tensor Unrolled(Tensor dy, Tensor x, int dim)
    {
        int n = x.Shape[dim];
        if (n == 0) return Tensor.Zeros(x.Shape, x.DType);
        var before = new Tensor[n];
        var dx = new Tensor[n];
        for (int i = 1; i < n; i++) before[i] = i == 1 ? x.Select(dim, 0) : before[i - 1] * x.Select(dim, i - 1);
        Tensor? a = null;
        for (int i = n - 1; i >= 0; i--)
        {
            var g = dy.Select(dim, i);
            a = a is null ? g : g + a * x.Select(dim, i + 1);
            dx[i] = i > 0 ? a * before[i] : a;
        }
        return Tensor.Stack(dx, dim);
    }
}
