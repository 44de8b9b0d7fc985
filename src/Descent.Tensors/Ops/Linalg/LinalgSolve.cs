using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Linear systems, inverses and determinants, by elimination with row exchanges.</summary>
static class LinalgSolve
{
    internal static Tensor Solve(Tensor a, Tensor b)
    {
        LinalgBatch.CheckSquare(a, nameof(Solve));
        if (b.DType != a.DType)
            throw new InvalidOperationException($"Linalg.Solve: the operands are {a.DType} and {b.DType}. Expected one type; convert one of them with To(DType).");
        bool vectors = b.Rank == 1 || (b.Rank == a.Rank - 1 && b.Shape == a.Shape[..^1]);
        if (b.Rank == 0 || b.Shape[vectors ? ^1 : ^2] != a.Shape[^1])
            throw new ShapeException($"Linalg.Solve: {a.Shape} and {b.Shape} do not fit. Expected right sides of (..., {a.Shape[^1]}, k), or of one vector per matrix.");
        return vectors ? Columns(a, b.Unsqueeze(-1)).Squeeze(-1) : Columns(a, b);
    }

    static Tensor Columns(Tensor a, Tensor b)
    {
        int n = a.Shape[^1], columns = b.Shape[^1];
        var batch = Shape.Broadcast(a.Shape[..^2], b.Shape[..^2], "Linalg.Solve");
        Tensor factors, x;
        using (Autograd.NoGrad())
        {
            factors = a.To(DType.Float64).Expand([.. batch, n, n]).Clone();
            x = b.To(DType.Float64).Expand([.. batch, n, columns]).Clone();
        }
        var singular = new int[batch.Elements];
        WorkerPool.For(singular.Length, i =>
        {
            var pivots = new int[n];
            singular[i] = Lu.Factor(LinalgBatch.Matrix(factors, i), n, pivots, out _);
            if (singular[i] < 0) Lu.Solve(LinalgBatch.Matrix(factors, i), n, pivots, LinalgBatch.Matrix(x, i), columns);
        });
        ThrowIfSingular(factors, singular, nameof(Solve));
        var y = LinalgBatch.Narrow(x, a);
        // With g = A⁻ᵀ·dy: dB = g and dA = −g·xᵀ.
        return Autograd.Record(y, (a: a.Saved, b: b.Shape, y: y.Saved),
            (a, static (dy, s) => Columns(s.a.Value.T, dy).MatMul(s.y.Value.T).Neg().SumTo(s.a.Value.Shape)),
            (b, static (dy, s) => Columns(s.a.Value.T, dy).SumTo(s.b)), operation: "Linalg.Solve");
    }

    internal static Tensor Inverse(Tensor a)
    {
        LinalgBatch.CheckSquare(a, nameof(Inverse));
        int n = a.Shape[^1];
        var wide = LinalgBatch.Wide(a);
        var inverse = Tensor.Zeros(a.Shape, DType.Float64);
        var singular = new int[LinalgBatch.Count(a)];
        WorkerPool.For(singular.Length, i =>
        {
            var (factors, pivots) = (LinalgBatch.Matrix(wide, i).ToArray(), new int[n]);
            var y = LinalgBatch.Matrix(inverse, i);
            for (int d = 0; d < n; d++) y[d * n + d] = 1;
            singular[i] = Lu.Factor(factors, n, pivots, out _);
            if (singular[i] < 0) Lu.Solve(factors, n, pivots, y, n);
        });
        ThrowIfSingular(a, singular, nameof(Inverse));
        var y = LinalgBatch.Narrow(inverse, a);
        return Autograd.Record(y, y.Saved, (a, static (dy, s) => s.Value.T.MatMul(dy).MatMul(s.Value.T).Neg()), operation: "Linalg.Inverse");
    }

    static void ThrowIfSingular(Tensor a, int[] singular, string operation)
    {
        int at = Array.FindIndex(singular, s => s >= 0);
        if (at >= 0)
            throw new ArithmeticException($"Linalg.{operation}: {LinalgBatch.Name(a, at)} is singular: pivot {singular[at] + 1} of {a.Shape[^1]} is 0. " +
                "Pinv and LstSq take such matrices.");
    }

    internal static Tensor Det(Tensor a)
    {
        LinalgBatch.CheckSquare(a, nameof(Det));
        var (signs, logs, values) = Determinants(a);
        var y = LinalgBatch.Narrow(values, a);
        bool regular = !signs.AsSpan<double>().Contains(0);
        return Autograd.Record(y, (a: a.Saved, y: y.Saved, regular), (a, static (dy, s) => s.regular
                ? (dy * s.y).Unsqueeze(-1).Unsqueeze(-1) * Inverse(s.a).T
                : dy.Unsqueeze(-1).Unsqueeze(-1) * Cofactors(s.a)), operation: "Linalg.Det");
    }

    internal static (Tensor Sign, Tensor LogAbsDet) SlogDet(Tensor a)
    {
        LinalgBatch.CheckSquare(a, nameof(SlogDet));
        var (signs, logs, _) = Determinants(a);
        var y = Autograd.Record(LinalgBatch.Narrow(logs, a), a.Saved,
            (a, static (dy, s) => dy.Unsqueeze(-1).Unsqueeze(-1) * Inverse(s).T), operation: "Linalg.SlogDet");
        return (LinalgBatch.Narrow(signs, a), y);
    }

    static (Tensor Signs, Tensor Logs, Tensor Values) Determinants(Tensor a)
    {
        int n = a.Shape[^1];
        var wide = LinalgBatch.Wide(a);
        Tensor New() => Tensor.Uninitialized(a.Shape[..^2], DType.Float64);
        var (signs, logs, values) = (New(), New(), New());
        WorkerPool.For(LinalgBatch.Count(a), i =>
        {
            var factors = LinalgBatch.Matrix(wide, i).ToArray();
            Lu.Factor(factors, n, new int[n], out int sign);
            double log = 0, value = sign, total = sign;
            for (int d = 0; d < n; d++)
            {
                double pivot = factors[d * n + d];
                value *= pivot;
                total *= Math.Sign(pivot);
                log += Math.Log(Math.Abs(pivot));
            }
            (signs.AsSpan<double>()[i], logs.AsSpan<double>()[i], values.AsSpan<double>()[i]) = (total, log, value);
        });
        return (signs, logs, values);
    }

    /// <summary>
    /// The slope of the determinant where it may be 0: det(U)·det(V)·U·diag(∏ⱼ≠ᵢ sⱼ)·Vᵀ. A constant to further differentiation.
    /// </summary>
    static Tensor Cofactors(Tensor a)
    {
        using var _ = Autograd.NoGrad();
        var (u, s, vh) = LinalgSpectral.Svd(a.To(DType.Float64), full: false);
        var others = Tensor.Uninitialized(s.Shape, DType.Float64);
        for (int i = 0; i < LinalgBatch.Count(a); i++)
        {
            Span<double> values = LinalgBatch.Vector(s, i), products = LinalgBatch.Vector(others, i);
            for (int j = 0; j < values.Length; j++)
            {
                products[j] = 1;
                for (int k = 0; k < values.Length; k++)
                    if (k != j) products[j] *= values[k];
            }
        }
        var orientation = Det(u).Mul(Det(vh)).Unsqueeze(-1).Unsqueeze(-1);
        return ((u * others.Unsqueeze(-2)).MatMul(vh) * orientation).To(a.DType);
    }
}
