using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Singular values and eigenvalues, with their vectors.</summary>
static class LinalgSpectral
{
    internal static (Tensor U, Tensor S, Tensor Vh) Svd(Tensor a, bool full)
    {
        LinalgBatch.CheckMatrix(a, nameof(Svd));
        int m = a.Shape[^2], n = a.Shape[^1];
        if (m < n)
        {
            var (v, values, uh) = Svd(a.T, full);
            return (uh.T, values, v.T);
        }
        var batch = a.Shape[..^2];
        int columns = full ? m : n;
        var wide = LinalgBatch.Wide(a);
        LinalgBatch.CheckFinite(wide, nameof(Svd));
        Tensor New(params ReadOnlySpan<int> dims) => Tensor.Uninitialized([.. batch, .. dims], DType.Float64);
        Tensor q = New(m, columns), middle = Tensor.Zeros([.. batch, columns, columns], DType.Float64), s = New(n), vh = New(n, n);
        WorkerPool.For(LinalgBatch.Count(a), i =>
        {
            // A = Q·R first, so that the rest is square: A = (Q·U')·S·Vᵀ, where U' leaves further columns of Q alone.
            var factors = LinalgBatch.Matrix(wide, i).ToArray();
            Householder.Factor(factors, m, n, LinalgBatch.Matrix(q, i), columns);
            var (r, small) = (new double[n * n], new double[n * n]);
            for (int row = 0; row < n; row++) factors.AsSpan(row * n + row, n - row).CopyTo(r.AsSpan(row * n + row));
            LinalgBackend.Svd(r, n, small, LinalgBatch.Vector(s, i), LinalgBatch.Matrix(vh, i));
            var turned = LinalgBatch.Matrix(middle, i);
            for (int row = 0; row < n; row++) small.AsSpan(row * n, n).CopyTo(turned[(row * columns)..]);
            for (int row = n; row < columns; row++) turned[row * columns + row] = 1;
        });
        Tensor u;
        using (Autograd.NoGrad()) u = q.MatMul(middle);
        (u, s, vh) = (LinalgBatch.Narrow(u, a), LinalgBatch.Narrow(s, a), LinalgBatch.Narrow(vh, a));
        Autograd.RecordJoint([u, s, vh], (u: u.Saved, s: s.Saved, vh: vh.Saved), [a], static (gradients, saved, _, results) =>
            results[0] = SvdGradient(gradients[0], gradients[1], gradients[2], saved.u, saved.s, saved.vh), operation: "Linalg.Svd");
        return (u, s, vh);
    }

    /// <summary>
    /// With Fᵢⱼ = 1 / (sⱼ² − sᵢ²) off the diagonal: U·[(F∘skew(Uᵀ·dU))·S + S·(F∘skew(Vᵀ·dV)) + dS]·Vᵀ, and the parts of dU
    /// outside the space of U. Not defined for equal singular values unless only dS is given.
    /// </summary>
    /// <remarks>Townsend, "Differentiating the Singular Value Decomposition", 2016.</remarks>
    static Tensor? SvdGradient(Tensor? du, Tensor? ds, Tensor? dvh, Tensor u, Tensor s, Tensor vh)
    {
        int m = u.Shape[^2], k = s.Shape[^1];
        if (u.Shape[^1] > k)
        {
            if (du is not null)
            {
                var beyond = du.Narrow(-1, k, u.Shape[^1] - k).To(DType.Float64).Contiguous();
                if (beyond.AsSpan<double>().ContainsAnyExcept(0))
                    throw new NotSupportedException("Linalg.Svd: singular vectors without a singular value have no gradient. Use fullMatrices: false.");
                du = du.Narrow(-1, 0, k);
            }
            u = u.Narrow(-1, 0, k);
        }
        Tensor? inner = ds is null ? null : ds.Unsqueeze(-2) * LinalgBatch.Pattern(k, 0, 1, 0, s.DType);
        if (du is not null || dvh is not null)
        {
            var squares = s * s;
            var gaps = squares.Unsqueeze(-2) - squares.Unsqueeze(-1) + LinalgBatch.Pattern(k, 0, 1, 0, s.DType);
            if (du is not null) inner = Sum(inner, Skew(u.T.MatMul(du)) / gaps * s.Unsqueeze(-2));
            if (dvh is not null) inner = Sum(inner, Skew(vh.MatMul(dvh.T)) / gaps * s.Unsqueeze(-1));
        }
        if (inner is null) return null;
        var result = u.MatMul(inner).MatMul(vh);
        // V is square here, so only U can leave a space out.
        if (du is not null && m > k)
            result += ((du - u.MatMul(u.T.MatMul(du))) / s.Unsqueeze(-2)).MatMul(vh);
        return result;
    }

    internal static (Tensor Eigenvalues, Tensor Eigenvectors) Eigh(Tensor a)
    {
        LinalgBatch.CheckSquare(a, nameof(Eigh));
        int n = a.Shape[^1];
        var wide = LinalgBatch.Wide(a);
        LinalgBatch.CheckFinite(wide, nameof(Eigh));
        Tensor w = Tensor.Uninitialized(a.Shape[..^1], DType.Float64), v = Tensor.Uninitialized(a.Shape, DType.Float64);
        WorkerPool.For(LinalgBatch.Count(a), i =>
        {
            var matrix = LinalgBatch.Matrix(wide, i).ToArray();
            for (int row = 0; row < n; row++)
                for (int column = 0; column < row; column++) matrix[column * n + row] = matrix[row * n + column];
            LinalgBackend.Eigh(matrix, n, LinalgBatch.Vector(w, i), LinalgBatch.Matrix(v, i));
        });
        (w, v) = (LinalgBatch.Narrow(w, a), LinalgBatch.Narrow(v, a));
        Autograd.RecordJoint([w, v], (w: w.Saved, v: v.Saved), [a], static (gradients, s, _, results) =>
            results[0] = EighGradient(gradients[0], gradients[1], s.w, s.v), operation: "Linalg.Eigh");
        return (w, v);
    }

    /// <summary>V·[dw + (Vᵀ·dV)ᵢⱼ / (wⱼ − wᵢ)]·Vᵀ made symmetric. Not defined for equal eigenvalues unless only dw is given.</summary>
    static Tensor? EighGradient(Tensor? dw, Tensor? dv, Tensor w, Tensor v)
    {
        int n = w.Shape[^1];
        Tensor? inner = dw is null ? null : dw.Unsqueeze(-2) * LinalgBatch.Pattern(n, 0, 1, 0, w.DType);
        if (dv is not null)
        {
            var gaps = w.Unsqueeze(-2) - w.Unsqueeze(-1) + LinalgBatch.Pattern(n, 0, 1, 0, w.DType);
            inner = Sum(inner, v.T.MatMul(dv) * LinalgBatch.Pattern(n, 1, 0, 1, w.DType) / gaps);
        }
        if (inner is null) return null;
        var result = v.MatMul(inner).MatMul(v.T);
        return (result + result.T) * 0.5;
    }

    static Tensor Sum(Tensor? a, Tensor b) => a is null ? b : a + b;

    static Tensor Skew(Tensor x) => x - x.T;
}
