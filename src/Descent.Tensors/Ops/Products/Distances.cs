using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Distances between the rows of matrices.</summary>
public static class DistanceOps
{
    extension(Tensor a)
    {
        /// <summary>
        /// The p-norm of the difference of every row of this tensor and every row of the other; dimensions before the last
        /// two broadcast. The gradient is 0 where two rows are equal.
        /// </summary>
        /// <param name="b">Of shape <c>(..., n, width)</c>.</param>
        /// <param name="p">At least 0; 0 counts differences, infinity takes the largest.</param>
        /// <returns>Of shape <c>(..., m, n)</c> for this tensor of <c>(..., m, width)</c>.</returns>
        /// <exception cref="ShapeException">The widths differ, or an operand is no matrix.</exception>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is negative or not a number.</exception>
        public Tensor Cdist(Tensor b, double p = 2)
        {
            if (a.Rank < 2 || b.Rank < 2 || a.Shape[^1] != b.Shape[^1])
                throw new ShapeException($"Cdist: {a.Shape} and {b.Shape} do not fit. Expected (..., m, width) and (..., n, width).");
            if (!(p >= 0)) throw new ArgumentOutOfRangeException(nameof(p), p, $"Cdist: p is {p}; it must be at least 0.");
            if (p == 2) return Euclidean(a, b);
            var gap = (a.Unsqueeze(-2) - b.Unsqueeze(-3)).Abs();
            if (p == 0) return gap.Ne(0).To(gap.DType).Sum(-1);
            if (p == 1) return gap.Sum(-1);
            if (double.IsPositiveInfinity(p)) return gap.Shape[^1] == 0 ? gap.Sum(-1) : gap.Amax(-1);
            return SafePow(SafePow(gap, p).Sum(-1), 1 / p);
        }
    }

    /// <summary>A power of numbers that are not negative, whose slope at 0 is taken as 0.</summary>
    static Tensor SafePow(Tensor x, double exponent)
    {
        if (exponent >= 1) return x.Pow(exponent);
        var zero = x.Eq(0);
        return x.MaskedFill(zero, 1).Pow(exponent).MaskedFill(zero, 0);
    }

    static Tensor Euclidean(Tensor a, Tensor b)
    {
        var dtype = DType.Promote(a.DType, b.DType);
        if (!dtype.IsFloatingPoint) dtype = Tensor.DefaultDType;
        if (dtype.IsReduced) return Euclidean(a.To(DType.Float32), b.To(DType.Float32)).To(dtype);
        (a, b) = (a.To(dtype), b.To(dtype));
        int m = a.Shape[^2], n = b.Shape[^2], width = a.Shape[^1];
        var batch = Shape.Broadcast(a.Shape[..^2], b.Shape[..^2], "Cdist");
        var y = Tensor.Uninitialized(new([.. batch, m, n]), dtype);
        Tensor left, right;
        using (Autograd.NoGrad())
            (left, right) = (a.Expand([.. batch, m, width]).Contiguous(), b.Expand([.. batch, n, width]).Contiguous());
        if (dtype == DType.Float32) PairDistances.Euclidean(batch.Elements, m, n, width, ref left.First<float>(), ref right.First<float>(), ref y.First<float>());
        else PairDistances.Euclidean(batch.Elements, m, n, width, ref left.First<double>(), ref right.First<double>(), ref y.First<double>());
        GC.KeepAlive(left);
        GC.KeepAlive(right);
        return Autograd.Record(y, (a: a.Saved, b: b.Saved, y: y.Saved),
            (a, static (dy, s) => Pull(dy, s.y, s.a, s.b).SumTo(s.a.Value.Shape)),
            (b, static (dy, s) => Pull(dy.T, s.y.Value.T, s.b, s.a).SumTo(s.b.Value.Shape)),
            operation: "Cdist");
    }

    /// <summary>Σⱼ (dy[i, j] / y[i, j]) · (a[i] − b[j]), without the terms of no distance.</summary>
    static Tensor Pull(Tensor dy, Tensor y, Tensor a, Tensor b)
    {
        var equal = y.Eq(0);
        var weights = (dy / y.MaskedFill(equal, 1)).MaskedFill(equal, 0);
        return a * weights.Sum(-1, keepDim: true) - weights.MatMul(b);
    }
}
