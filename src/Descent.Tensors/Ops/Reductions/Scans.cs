using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Running sums, products and extremes along a dimension, and differences of neighbours.</summary>
public static class ScanOps
{
    extension(Tensor x)
    {
        /// <summary><c>y[i] = x[0] + … + x[i]</c> along a dimension; integers and bools give Int64.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Cumsum(int dim) => RunningSum(x, x.Shape.Axis(dim, nameof(Cumsum)), reverse: false);

        /// <summary><c>y[i] = x[0] · … · x[i]</c> along a dimension; integers and bools give Int64.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor Cumprod(int dim)
        {
            dim = x.Shape.Axis(dim, nameof(Cumprod));
            var y = Run<ProductScan>(x, dim, reverse: false);
            return Autograd.Record(y, (x: x.Saved, y: y.Saved, dim), (x, static (dy, s) => ProductOps.Gradient(dy, s.x, s.y, s.dim)));
        }

        /// <summary><c>y[i] = log(exp(x[0]) + … + exp(x[i]))</c> along a dimension, without overflow.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor LogCumsumExp(int dim)
        {
            if (!x.DType.IsFloatingPoint) x = x.To(Tensor.DefaultDType);
            return RunningLogSumExp(x, x.Shape.Axis(dim, nameof(LogCumsumExp)), reverse: false);
        }

        /// <summary>The greatest of <c>x[0] … x[i]</c> along a dimension and where it is, the last of equals.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public (Tensor Values, Tensor Indices) Cummax(int dim) => Running<PreferGreater>(x, dim, nameof(Cummax));

        /// <summary>The least of <c>x[0] … x[i]</c> along a dimension and where it is, the last of equals.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public (Tensor Values, Tensor Indices) Cummin(int dim) => Running<PreferLesser>(x, dim, nameof(Cummin));

        /// <summary><c>y[i] = x[i + 1] − x[i]</c> along a dimension, n times over.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        /// <exception cref="ArgumentOutOfRangeException">n is negative.</exception>
        public Tensor Diff(int n = 1, int dim = -1)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(n);
            if (x.Rank == 0) throw new ShapeException("Diff: the shape is (); expected at least one dimension.");
            dim = x.Shape.Axis(dim, nameof(Diff));
            var y = x;
            for (; n > 0 && y.Shape[dim] > 0; n--)
            {
                int last = y.Shape[dim] - 1;
                var (after, before) = (y.Narrow(dim, 1, last), y.Narrow(dim, 0, last));
                y = x.DType == DType.Bool ? after.Ne(before) : after - before;
            }
            return y;
        }
    }

    static Tensor RunningSum(Tensor x, int dim, bool reverse) =>
        Autograd.Record(Run<SumScan>(x, dim, reverse), (dim, reverse), (x, static (dy, s) => RunningSum(dy, s.dim, !s.reverse)), operation: nameof(ScanOps.Cumsum));

    static Tensor RunningLogSumExp(Tensor x, int dim, bool reverse)
    {
        var y = Run<LogSumExpScan>(x, dim, reverse);
        return Autograd.Record(y, (x: x.Saved, y: y.Saved, dim, reverse), (x, static (dy, s) =>
        {
            // Σ dy · exp(x − y) over all sums that x went into, the positive and the negative ones by their logarithms.
            Tensor x = s.x, y = s.y;
            Tensor Part(Tensor g) => (RunningLogSumExp(g.Log() - y, s.dim, !s.reverse) + x).Exp();
            var (up, down) = (dy.Clamp(0, null), dy.Neg().Clamp(0, null));
            return Part(up) - Part(down);
        }), operation: nameof(ScanOps.LogCumsumExp));
    }

    static (Tensor Values, Tensor Indices) Running<P>(Tensor x, int dim, string operation) where P : struct, IPreference
    {
        dim = x.Shape.Axis(dim, operation);
        var indices = Tensor.Zeros(x.Shape, DType.Int64);
        if (x.Rank == 0) return (x.Clone(), indices);
        var (outer, n, inner) = SoftmaxOps.Around(x.Shape, dim);
        var source = (x.DType.IsReduced ? x.To(DType.Float32) : x).Contiguous();
        switch (source.DType)
        {
            case DType.Float32: Scan.Extremes<float, P>(source.AsSpan<float>(), indices.AsSpan<long>(), outer, n, inner); break;
            case DType.Float64: Scan.Extremes<double, P>(source.AsSpan<double>(), indices.AsSpan<long>(), outer, n, inner); break;
            default: Scan.Extremes<long, P>(source.To(DType.Int64).AsSpan<long>(), indices.AsSpan<long>(), outer, n, inner); break;
        }
        GC.KeepAlive(source);
        return (x.Gather(dim, indices), indices);
    }

    static Tensor Run<S>(Tensor x, int dim, bool reverse) where S : struct, IScan
    {
        if (x.DType.IsReduced) return Run<S>(x.To(DType.Float32), dim, reverse).To(x.DType);
        var source = (x.DType.IsFloatingPoint ? x : x.To(DType.Int64)).Contiguous();
        var y = Tensor.Uninitialized(x.Shape, source.DType);
        var (outer, n, inner) = SoftmaxOps.Around(x.Shape, dim);
        switch (source.DType)
        {
            case DType.Float32: Scan.Run<float, double, S>(source.AsSpan<float>(), y.AsSpan<float>(), outer, n, inner, reverse); break;
            case DType.Float64: Scan.Run<double, double, S>(source.AsSpan<double>(), y.AsSpan<double>(), outer, n, inner, reverse); break;
            default: Scan.Run<long, long, S>(source.AsSpan<long>(), y.AsSpan<long>(), outer, n, inner, reverse); break;
        }
        GC.KeepAlive(source);
        return y;
    }
}
