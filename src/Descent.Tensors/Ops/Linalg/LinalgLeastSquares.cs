namespace Descent.Tensors;

/// <summary>What takes the place of the inverse where there is none.</summary>
static class LinalgLeastSquares
{
    internal static Tensor Pinv(Tensor a, double? rtol)
    {
        LinalgBatch.CheckMatrix(a, nameof(Pinv));
        int m = a.Shape[^2], n = a.Shape[^1];
        double epsilon = a.DType == DType.Float32 ? MathF.ScaleB(1, -23) : Math.ScaleB(1, -52);
        double cut = rtol ?? epsilon * Math.Max(m, n);
        Tensor p;
        using (Autograd.NoGrad())
        {
            var (u, s, vh) = LinalgSpectral.Svd(a.To(DType.Float64), full: false);
            var inverted = Tensor.Zeros(s.Shape, DType.Float64);
            for (int i = 0; i < LinalgBatch.Count(a); i++)
            {
                Span<double> values = LinalgBatch.Vector(s, i), y = LinalgBatch.Vector(inverted, i);
                for (int j = 0; j < values.Length; j++)
                    if (values[j] > cut * values[0]) y[j] = 1 / values[j];
            }
            p = (vh.T * inverted.Unsqueeze(-2)).MatMul(u.T).To(a.DType);
        }
        return Autograd.Record(p, (a: a.Saved, p: p.Saved), (a, static (dp, s) => PinvGradient(dp, s.a, s.p)), operation: "Linalg.Pinv");
    }

    /// <summary>−Pᵀ·G·Pᵀ + (I − A·P)·Gᵀ·P·Pᵀ + Pᵀ·P·Gᵀ·(I − P·A), where the rank does not change.</summary>
    /// <remarks>Golub and Pereyra, "The Differentiation of Pseudo-Inverses", SIAM Journal on Numerical Analysis 10, 1973.</remarks>
    static Tensor PinvGradient(Tensor g, Tensor a, Tensor p)
    {
        Tensor pt = p.T, gt = g.T;
        var left = gt.MatMul(p).MatMul(pt);
        var right = pt.MatMul(p).MatMul(gt);
        return left - a.MatMul(p.MatMul(left)) + right - right.MatMul(p).MatMul(a) - pt.MatMul(g).MatMul(pt);
    }

    internal static Tensor LstSq(Tensor a, Tensor b)
    {
        LinalgBatch.CheckMatrix(a, nameof(LstSq));
        if (b.Rank < 2 || b.Shape[^2] != a.Shape[^2])
            throw new ShapeException($"Linalg.LstSq: {a.Shape} and {b.Shape} do not fit. Expected right sides of (..., {a.Shape[^2]}, k).");
        return Pinv(a.To(DType.Float64), rtol: (a.DType == DType.Float32 ? MathF.ScaleB(1, -23) : Math.ScaleB(1, -52)) * Math.Max(a.Shape[^2], a.Shape[^1]))
            .MatMul(b.To(DType.Float64)).To(a.DType);
    }

    internal static Tensor MatrixPower(Tensor a, int exponent)
    {
        LinalgBatch.CheckSquare(a, nameof(MatrixPower));
        if (exponent == 0) return LinalgBatch.Pattern(a.Shape[^1], 0, 1, 0, a.DType).Expand(a.Shape).Clone();
        var square = exponent < 0 ? LinalgSolve.Inverse(a) : a;
        Tensor? result = null;
        for (uint left = (uint)Math.Abs((long)exponent); ; square = square.MatMul(square))
        {
            if ((left & 1) != 0) result = result is null ? square : result.MatMul(square);
            if ((left >>= 1) == 0) return result!;
        }
    }
}
