namespace Descent.Tensors.Tests.Ops;

public class LinalgTests
{
    public static TheoryData<int[]> Squares => new() { new[] { 1, 1 }, new[] { 4, 4 }, new[] { 3, 2, 2 }, new[] { 2, 1, 5, 5 }, new[] { 0, 0 }, new[] { 0, 3, 3 } };

    public static TheoryData<int[]> Matrices => new() { new[] { 1, 1 }, new[] { 4, 4 }, new[] { 6, 3 }, new[] { 3, 6 }, new[] { 2, 5, 2 }, new[] { 2, 2, 5 }, new[] { 3, 0 }, new[] { 0, 3 } };

    [Theory, MemberData(nameof(Squares))]
    public void Solutions_and_inverses_give_back_what_was_asked(int[] shape)
    {
        int n = shape[^1];
        var a = Regular(shape, 1);
        Tensor b = Normal([n, 2], 2), identity = Tensor.Eye(n, dtype: DType.Float64).Expand(a.Shape);
        Close(b.Expand([.. shape[..^2], n, 2]), a.MatMul(Linalg.Solve(a, b)));
        Close(identity, a.MatMul(Linalg.Inverse(a)));
        Close(identity, Linalg.MatrixPower(a, 3).MatMul(Linalg.MatrixPower(a, -3)));
        Assert.Equal(DType.Float32, Linalg.Inverse(a.To(DType.Float32)).DType);
        var vectors = Normal(shape[..^1], 3);
        Close(vectors, a.MatMul(Linalg.Solve(a, vectors).Unsqueeze(-1)).Squeeze(-1));
        var (sign, log) = Linalg.SlogDet(a);
        Close(Linalg.Det(a), sign * log.Exp());
    }

    [Fact]
    public void Determinants_are_those_of_cofactor_expansion()
    {
        var a = Normal([2, 3, 3], 1);
        double D(int i, int r, int c) => a.Select(0, i).Select(0, r).Select(0, c).Item();
        for (int i = 0; i < 2; i++)
        {
            double want = 0;
            for (int c = 0; c < 3; c++)
                want += D(i, 0, c) * (D(i, 1, (c + 1) % 3) * D(i, 2, (c + 2) % 3) - D(i, 1, (c + 2) % 3) * D(i, 2, (c + 1) % 3));
            Assert.Equal(want, Linalg.Det(a).Select(0, i).Item(), 12);
        }
    }

    [Theory, MemberData(nameof(Matrices))]
    public void Factors_multiply_to_the_matrix(int[] shape)
    {
        var a = Normal(shape, 1);
        int m = shape[^2], n = shape[^1], k = Math.Min(m, n);
        foreach (bool full in (bool[])[false, true])
        {
            var (q, r) = Linalg.Qr(a, complete: full);
            Assert.Equal((full ? m : k, full ? m : k), (q.Shape[^1], r.Shape[^2]));
            Close(a, q.MatMul(r));
            Orthonormal(q);
            Assert.True(IsUpper(r));

            var (u, s, vh) = Linalg.Svd(a, fullMatrices: full);
            Assert.Equal((full ? m : k, k, full ? n : k), (u.Shape[^1], s.Shape[^1], vh.Shape[^2]));
            Close(a, (u.Narrow(-1, 0, k) * s.Unsqueeze(-2)).MatMul(vh.Narrow(-2, 0, k)));
            Orthonormal(u);
            Orthonormal(vh.T);
            var values = s.Contiguous().AsSpan<double>().ToArray();
            for (int i = 0; i < values.Length; i++) Assert.True(values[i] >= 0 && (i % k == 0 || values[i] <= values[i - 1]));
        }
        var p = Linalg.Pinv(a);
        Close(a, a.MatMul(p).MatMul(a));
        Close(p, p.MatMul(a).MatMul(p));
        Close(a.MatMul(p), a.MatMul(p).T);
        Close(p.MatMul(a), p.MatMul(a).T);
    }

    [Theory, MemberData(nameof(Squares))]
    public void Symmetric_factors_multiply_to_the_matrix(int[] shape)
    {
        var x = Normal(shape, 1);
        var a = x.MatMul(x.T) + Tensor.Eye(shape[^1], dtype: DType.Float64);
        var l = Linalg.Cholesky(a);
        Close(a, l.MatMul(l.T));
        Assert.True(IsUpper(l.T));
        var (w, v) = Linalg.Eigh(x + x.T);
        Close((x + x.T).MatMul(v), v * w.Unsqueeze(-2));
        Orthonormal(v);
        var values = w.AsSpan<double>().ToArray();
        for (int i = 1; i < values.Length; i++) Assert.True(i % shape[^1] == 0 || values[i] >= values[i - 1]);
    }

    [Fact]
    public void Least_squares_leave_a_residual_that_no_column_explains_also_where_the_rank_is_low()
    {
        var a = Normal([6, 2], 1).MatMul(Normal([2, 4], 2));
        var b = Normal([6, 3], 3);
        var x = Linalg.LstSq(a, b);
        Close(Tensor.Zeros([4, 3], DType.Float64), a.T.MatMul(a.MatMul(x) - b));
        // Least norm: x lies in the space of the rows.
        Close(x, Linalg.Pinv(a).MatMul(a).MatMul(x));
    }

    public static TheoryData<string, Func<Tensor[], Tensor>, int[][], bool> Gradients => new()
    {
        { "solve", t => Linalg.Solve(t[0], t[1]), [[2, 3, 3], [3, 2]], true },
        { "solve vector", t => Linalg.Solve(t[0], t[1]), [[3, 3], [3]], true },
        { "inverse", t => Linalg.Inverse(t[0]), [[2, 3, 3]], true },
        { "det", t => Linalg.Det(t[0]), [[2, 3, 3]], true },
        { "slogdet", t => Linalg.SlogDet(t[0]).LogAbsDet, [[2, 3, 3]], true },
        { "cholesky", t => Linalg.Cholesky(Definite(t[0])), [[2, 3, 3]], true },
        { "q", t => Linalg.Qr(t[0]).Q, [[4, 3]], true },
        { "r", t => Linalg.Qr(t[0]).R, [[4, 3]], true },
        { "q and r", t => Linalg.Qr(t[0]).Q.MatMul(Linalg.Qr(t[0]).R * 2).Sum() + Linalg.Qr(t[0]).R.Sum(), [[2, 3, 3]], true },
        { "wide r", t => Linalg.Qr(t[0]).R, [[2, 4]], true },
        { "complete q", t => Linalg.Qr(t[0], complete: true).Q, [[3, 4]], true },
        { "singular values", t => Linalg.Svd(t[0]).S, [[4, 3]], true },
        { "low-rank part", t => Part(Linalg.Svd(t[0], fullMatrices: false)), [[4, 3]], true },
        { "wide low-rank part", t => Part(Linalg.Svd(t[0], fullMatrices: false)), [[2, 4]], true },
        { "square low-rank part", t => Part(Linalg.Svd(t[0], fullMatrices: true)), [[2, 3, 3]], false },
        { "eigenvalues", t => Linalg.Eigh(t[0] + t[0].T).Eigenvalues, [[2, 3, 3]], true },
        { "eigenvectors", t => Linalg.Eigh(t[0] + t[0].T).Eigenvectors.Select(-1, 0).Unsqueeze(-1) * Linalg.Eigh(t[0] + t[0].T).Eigenvectors.Select(-1, 0).Unsqueeze(-2), [[3, 3]], true },
        { "pinv tall", t => Linalg.Pinv(t[0]), [[4, 2]], true },
        { "pinv wide", t => Linalg.Pinv(t[0]), [[2, 4]], true },
        { "lstsq", t => Linalg.LstSq(t[0], t[1]), [[4, 2], [4, 2]], true },
        { "power", t => Linalg.MatrixPower(t[0], 3), [[2, 2]], true },
        { "negative power", t => Linalg.MatrixPower(t[0], -2), [[2, 2]], true },
    };

    [Theory, MemberData(nameof(Gradients))]
    public void Gradients_agree_with_finite_differences(string name, Func<Tensor[], Tensor> f, int[][] shapes, bool second)
    {
        Tensor[] inputs = [.. shapes.Select((s, i) => s.Length >= 2 && s[^1] == s[^2] ? Regular(s, i + 1) : Normal(s, i + 1))];
        GradientCheck.Verify(f, inputs);
        if (second) GradientCheck.VerifySecondOrder(f, inputs);
        Assert.NotEmpty(name);
    }

    [Fact]
    public void The_determinant_of_a_singular_matrix_has_a_gradient()
    {
        foreach (double[] values in (double[][])[[1, 2, 3, 2, 4, 6, 1, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 2, 3, 2, 4, 6, 3, 6, 9]])
            GradientCheck.Verify(t => Linalg.Det(t[0]), Tensor.From<double>(values, [3, 3]));
    }

    [Fact]
    public void What_cannot_be_done_is_named()
    {
        var batch = Tensor.Cat([Tensor.Eye(2).Unsqueeze(0), Tensor.Full([1, 2, 2], 1.0)], 0);
        Assert.Contains("matrix 1 of the batch (2,) is singular: pivot 2 of 2", Assert.Throws<ArithmeticException>(() => Linalg.Inverse(batch)).Message);
        Assert.Contains("matrix 1 of the batch (2,) is singular", Assert.Throws<ArithmeticException>(() => Linalg.Solve(batch, Tensor.Ones([2, 1]))).Message);
        Assert.Contains("matrix 1 of the batch (2,) is not positive definite: its leading minor of order 2",
            Assert.Throws<ArithmeticException>(() => Linalg.Cholesky(batch)).Message);
        Assert.Contains("2 by 3. Expected (..., n, n)", Assert.Throws<ShapeException>(() => Linalg.Det(Tensor.Zeros([2, 3]))).Message);
        Assert.Contains("Expected (..., m, n)", Assert.Throws<ShapeException>(() => Linalg.Svd(Tensor.Zeros([3]))).Message);
        Assert.Contains("Int64", Assert.Throws<NotSupportedException>(() => Linalg.Det(Tensor.Zeros([2, 2], DType.Int64))).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => Linalg.Svd(Tensor.Full([2, 2], double.NaN))).Message);
        var tall = Normal([3, 2], 1);
        tall.RequiresGrad = true;
        Assert.Contains("complete: false", Assert.Throws<NotSupportedException>(() => Linalg.Qr(tall, complete: true).Q.Sum().Backward()).Message);
        Assert.Contains("fullMatrices: false", Assert.Throws<NotSupportedException>(() => Linalg.Svd(tall).U.Sum().Backward()).Message);
    }

    static Tensor Definite(Tensor x) => x.MatMul(x.T) + Tensor.Eye(x.Shape[^1], dtype: x.DType);

    /// <summary>The first singular direction's share, which does not depend on the signs of the vectors.</summary>
    static Tensor Part((Tensor U, Tensor S, Tensor Vh) svd) =>
        svd.U.Narrow(-1, 0, 1).MatMul(svd.Vh.Narrow(-2, 0, 1)) * svd.S.Narrow(-1, 0, 1).Unsqueeze(-1);

    internal static Tensor Normal(int[] shape, int seed)
    {
        var random = new Random(seed);
        var x = Tensor.Zeros(shape, DType.Float64);
        foreach (ref double v in x.AsSpan<double>())
            v = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return x;
    }

    /// <summary>Far from singular, and not symmetric.</summary>
    static Tensor Regular(int[] shape, int seed) => Normal(shape, seed) * 0.5 + Tensor.Eye(shape[^1], dtype: DType.Float64) * 2.0;

    static bool IsUpper(Tensor x)
    {
        var values = x.Contiguous().AsSpan<double>();
        for (int i = 0; i < values.Length; i++)
            if (i / x.Shape[^1] % x.Shape[^2] > i % x.Shape[^1] && values[i] != 0) return false;
        return true;
    }

    static void Orthonormal(Tensor q) => Close(Tensor.Eye(q.Shape[^1], dtype: DType.Float64).Expand([.. q.Shape[..^2], q.Shape[^1], q.Shape[^1]]), q.T.MatMul(q));

    static void Close(Tensor want, Tensor got)
    {
        Assert.Equal(want.Shape, got.Shape);
        var (x, y) = (want.Contiguous().AsSpan<double>().ToArray(), got.Contiguous().AsSpan<double>().ToArray());
        for (int i = 0; i < x.Length; i++) Assert.True(Math.Abs(x[i] - y[i]) < 1e-10 * (1 + Math.Abs(x[i])), $"{i}: {x[i]} and {y[i]}");
    }
}
