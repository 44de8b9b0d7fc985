using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Triangular and orthogonal factors.</summary>
static class LinalgFactor
{
    internal static Tensor Cholesky(Tensor a)
    {
        LinalgBatch.CheckSquare(a, nameof(Cholesky));
        int n = a.Shape[^1];
        var wide = LinalgBatch.Wide(a);
        var factors = Tensor.Uninitialized(a.Shape, DType.Float64);
        var minors = new int[LinalgBatch.Count(a)];
        WorkerPool.For(minors.Length, i => minors[i] = CholeskyFactor.Factor(LinalgBatch.Matrix(wide, i), LinalgBatch.Matrix(factors, i), n));
        int at = Array.FindIndex(minors, m => m > 0);
        if (at >= 0)
            throw new ArithmeticException($"Linalg.Cholesky: {LinalgBatch.Name(a, at)} is not positive definite: its leading minor of order " +
                $"{minors[at]} is not positive.");
        var l = LinalgBatch.Narrow(factors, a);
        return Autograd.Record(l, l.Saved, (a, static (dl, s) => CholeskyGradient(dl, s)), operation: "Linalg.Cholesky");
    }

    /// <summary>
    /// S = L⁻ᵀ·Φ(Lᵀ·dL)·L⁻¹ made symmetric, where Φ takes the lower triangle with half the diagonal.
    /// </summary>
    /// <remarks>Murray, "Differentiation of the Cholesky decomposition", 2016, arXiv:1602.07527.</remarks>
    static Tensor CholeskyGradient(Tensor dl, Tensor l)
    {
        var inner = l.T.MatMul(dl) * LinalgBatch.Pattern(l.Shape[^1], 1, 0.5, 0, l.DType);
        var half = LinalgSolve.Solve(l.T, inner);
        var s = LinalgSolve.Solve(l.T, half.T).T;
        return (s + s.T) * 0.5;
    }

    internal static (Tensor Q, Tensor R) Qr(Tensor a, bool complete)
    {
        LinalgBatch.CheckMatrix(a, nameof(Qr));
        int m = a.Shape[^2], n = a.Shape[^1];
        if (m >= n) return Tall(a, complete);
        // The first m columns give Q; the others are only turned by it.
        var (q, r) = Tall(a.Narrow(-1, 0, m), complete);
        return (q, Tensor.Cat([r, q.T.MatMul(a.Narrow(-1, m, n - m))], -1));
    }

    static (Tensor Q, Tensor R) Tall(Tensor a, bool complete)
    {
        int m = a.Shape[^2], n = a.Shape[^1], columns = complete ? m : n;
        var batch = a.Shape[..^2];
        var wide = LinalgBatch.Wide(a);
        Tensor q = Tensor.Uninitialized([.. batch, m, columns], DType.Float64), r = Tensor.Zeros([.. batch, columns, n], DType.Float64);
        WorkerPool.For(LinalgBatch.Count(a), i =>
        {
            var factors = LinalgBatch.Matrix(wide, i).ToArray();
            Householder.Factor(factors, m, n, LinalgBatch.Matrix(q, i), columns);
            var upper = LinalgBatch.Matrix(r, i);
            for (int row = 0; row < n; row++)
                factors.AsSpan(row * n + row, n - row).CopyTo(upper[(row * n + row)..]);
        });
        (q, r) = (LinalgBatch.Narrow(q, a), LinalgBatch.Narrow(r, a));
        Autograd.RecordJoint([q, r], (q: q.Saved, r: r.Saved), [a], static (gradients, s, _, results) =>
        {
            if (s.q.Value.Shape[^1] != s.r.Value.Shape[^1])
                throw new NotSupportedException("Linalg.Qr: the complete factors of a matrix with more rows than columns have no gradient. Use complete: false.");
            results[0] = QrGradient(gradients[0], gradients[1], s.q, s.r);
        }, operation: "Linalg.Qr");
        return (q, r);
    }

    /// <summary>(dQ + Q·copyltu(M))·R⁻ᵀ with M = R·dRᵀ − dQᵀ·Q, where copyltu mirrors the lower triangle.</summary>
    /// <remarks>Walter and Lehmann, "Algorithmic Differentiation of Linear Algebra Functions", 2018, arXiv:1001.1654.</remarks>
    static Tensor? QrGradient(Tensor? dq, Tensor? dr, Tensor q, Tensor r)
    {
        Tensor? m = dr is null ? null : r.MatMul(dr.T);
        if (dq is not null) m = m is null ? dq.T.MatMul(q).Neg() : m - dq.T.MatMul(q);
        if (m is null) return null;
        int n = r.Shape[^1];
        var mirrored = m * LinalgBatch.Pattern(n, 1, 1, 0, m.DType) + (m * LinalgBatch.Pattern(n, 1, 0, 0, m.DType)).T;
        var right = q.MatMul(mirrored);
        if (dq is not null) right += dq;
        return LinalgSolve.Solve(r, right.T).T;
    }
}
