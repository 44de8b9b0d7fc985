using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Softmax along a dimension, and its kin.</summary>
public static class SoftmaxOps
{
    extension(Tensor x)
    {
        /// <summary><c>exp(x) / Σ exp(x)</c> along <paramref name="dim"/>, of the input's shape, without overflow.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Softmax(int dim)
        {
            x = x.DType.IsFloatingPoint ? Autocast.Full(x) : x.To(Tensor.DefaultDType);
            if (x.DType.IsReduced) return x.To(DType.Float32).Softmax(dim).To(x.DType);
            dim = x.Shape.Axis(dim, nameof(Softmax));
            var y = Apply(x, dim, log: false);
            return Autograd.Record(y, (y: y.Saved, dim), (x, static (dy, s) => SoftmaxGradient(dy, s.y, s.dim)));
        }

        /// <summary><c>x − log Σ exp(x)</c> along <paramref name="dim"/>, of the input's shape, without overflow.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor LogSoftmax(int dim)
        {
            x = x.DType.IsFloatingPoint ? Autocast.Full(x) : x.To(Tensor.DefaultDType);
            if (x.DType.IsReduced) return x.To(DType.Float32).LogSoftmax(dim).To(x.DType);
            dim = x.Shape.Axis(dim, nameof(LogSoftmax));
            var y = Apply(x, dim, log: true);
            return Autograd.Record(y, (y: y.Saved, dim), (x, static (dy, s) => LogSoftmaxGradient(dy, s.y, s.dim)));
        }

        /// <summary>Softmax of <c>−x</c>.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Softmin(int dim) => x.Neg().Softmax(dim);
    }

    static Tensor Apply(Tensor x, int dim, bool log)
    {
        var source = x.Contiguous();
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (y.Elements == 0) return y;
        if (x.DType == DType.Float32) Apply<float>(source, y, dim, log);
        else Apply<double>(source, y, dim, log);
        GC.KeepAlive(source);
        return y;
    }

    static void Apply<T>(Tensor x, Tensor y, int dim, bool log) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        var (outer, n, inner) = Around(x.Shape, dim);
        if (inner > 1) SoftmaxColumns.Softmax<T>(x.AsSpan<T>(), y.AsSpan<T>(), outer, n, inner, log);
        else if (log) SoftmaxRows.LogSoftmax<T>(x.AsSpan<T>(), y.AsSpan<T>(), outer, n);
        else SoftmaxRows.Softmax<T>(x.AsSpan<T>(), y.AsSpan<T>(), outer, n);
    }

    static Tensor SoftmaxGradient(Tensor dy, Tensor y, int dim)
    {
        if (Plain(dy, y, dim) is not { } dx) return y * (dy - (dy * y).Sum(dim, keepDim: true));
        var (rows, n, _) = Around(y.Shape, dim);
        var g = dy.Contiguous();
        if (y.DType == DType.Float32) SoftmaxRows.SoftmaxGradient<float>(y.AsSpan<float>(), g.AsSpan<float>(), dx.AsSpan<float>(), rows, n);
        else SoftmaxRows.SoftmaxGradient<double>(y.AsSpan<double>(), g.AsSpan<double>(), dx.AsSpan<double>(), rows, n);
        GC.KeepAlive(y);
        GC.KeepAlive(g);
        return dx;
    }

    static Tensor LogSoftmaxGradient(Tensor dy, Tensor y, int dim)
    {
        if (Plain(dy, y, dim) is not { } dx) return dy - y.Softmax(dim) * dy.Sum(dim, keepDim: true); // y is normalised: its softmax is its exponential
        var (rows, n, _) = Around(y.Shape, dim);
        var g = dy.Contiguous();
        if (y.DType == DType.Float32) SoftmaxRows.LogSoftmaxGradient<float>(y.AsSpan<float>(), g.AsSpan<float>(), dx.AsSpan<float>(), rows, n);
        else SoftmaxRows.LogSoftmaxGradient<double>(y.AsSpan<double>(), g.AsSpan<double>(), dx.AsSpan<double>(), rows, n);
        GC.KeepAlive(y);
        GC.KeepAlive(g);
        return dx;
    }

    /// <summary>The place for a gradient that the row kernel can compute, or null: it is being recorded, or the dimension is not the last.</summary>
    static Tensor? Plain(Tensor dy, Tensor y, int dim) =>
        !Autograd.IsEnabled && dim >= y.Rank - 1 && y.Elements > 0 && dy.DType == y.DType ? Tensor.Uninitialized(y.Shape, y.DType) : null;

    /// <summary>The shape as (outer, n, inner) around one dimension.</summary>
    internal static (int Outer, int N, int Inner) Around(Shape shape, int dim)
    {
        int outer = 1, inner = 1;
        for (int i = 0; i < dim; i++) outer *= shape[i];
        for (int i = dim + 1; i < shape.Rank; i++) inner *= shape[i];
        return (outer, shape.Rank == 0 ? 1 : shape[dim], inner);
    }
}
