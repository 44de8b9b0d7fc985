using System.Numerics;
using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Kernels;

[Collection(ThreadCountCollection.Name)]
public sealed unsafe class GemmTests : IDisposable
{
    readonly int _threads = Numerics.Threads;
    readonly IsaTier _cap = Processor.Cap;

    public void Dispose()
    {
        Numerics.Threads = _threads;
        Processor.Cap = _cap;
    }

    static IEnumerable<IsaTier> TiersHere => new[] { IsaTier.Portable, IsaTier.Avx2, IsaTier.Avx512 }.Where(t => t <= Processor.Best);

    /// <summary>How a matrix of (rows, columns) lies in memory.</summary>
    public enum Layout
    {
        RowMajor,
        ColumnMajor,
        PaddedRows,
        PaddedColumns,
        Strided,
    }

    static (int Row, int Column, int Length) Strides(Layout layout, int rows, int columns) => layout switch
    {
        Layout.RowMajor => (columns, 1, rows * columns),
        Layout.ColumnMajor => (1, rows, rows * columns),
        Layout.PaddedRows => (columns + 5, 1, rows * (columns + 5)),
        Layout.PaddedColumns => (1, rows + 3, (rows + 3) * columns),
        _ => (2 * columns + 1, 2, rows * (2 * columns + 1)),
    };

    static readonly (int M, int N, int K)[] s_shapes =
    [
        (1, 1, 1), (1, 16, 4), (3, 5, 7), (4, 17, 3), (8, 48, 9), (9, 49, 31), (31, 33, 32), (2, 100, 60),
        (1, 300, 257), (300, 1, 257), (1, 70, 1000), (65, 50, 270), (17, 113, 530), (130, 97, 40), (7, 1000, 3),
        (70, 700, 20), (5, 3, 3000), (24, 40, 33), (64, 64, 16),
    ];

    public static TheoryData<int, int, int, Layout, Layout, Layout> Cases
    {
        get
        {
            var data = new TheoryData<int, int, int, Layout, Layout, Layout>();
            int next = 0;
            foreach (var (m, n, k) in s_shapes)
                foreach (var a in Enum.GetValues<Layout>())
                    foreach (var b in Enum.GetValues<Layout>())
                        data.Add(m, n, k, a, b, (Layout)(next++ % 5));
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Float_products_agree_with_plain_loops(int m, int n, int k, Layout a, Layout b, Layout c) =>
        Verify<float>(m, n, k, a, b, c, 1e-6);

    [Theory, MemberData(nameof(Cases))]
    public void Double_products_agree_with_plain_loops(int m, int n, int k, Layout a, Layout b, Layout c) =>
        Verify<double>(m, n, k, a, b, c, 2e-15);

    static void Verify<T>(int m, int n, int k, Layout la, Layout lb, Layout lc, double unit)
        where T : unmanaged, INumber<T>
    {
        var (aRow, aCol, aLength) = Strides(la, m, k);
        var (bRow, bCol, bLength) = Strides(lb, k, n);
        var (cRow, cCol, cLength) = Strides(lc, m, n);
        using var a = new Guarded<T>(aLength, 1);
        using var b = new Guarded<T>(bLength, 2);
        using var bias = new Guarded<T>(Math.Max(m, n), 3);

        // Small shapes take another way when they come again.
        foreach (var (alpha, beta, added) in ((double, double, int)[])[(1, 0, 0), (1, 1, 0), (-0.5, 2, 0), (1, 0, 1), (1, 0, 2)])
        foreach (var tier in TiersHere)
        for (int time = 0; time < ((long)m * n * k <= 64 * 64 * 64 && added != 1 ? 3 : 1); time++)
        {
            Processor.Cap = tier;
            using var c = new Guarded<T>(cLength, 4);
            if (beta == 0)
                for (int i = 0; i < m; i++)
                    for (int j = 0; j < n; j++)
                        c.Span[i * cRow + j * cCol] = T.CreateChecked(double.NaN);
            T[] before = c.Span.ToArray();
            var touched = new bool[cLength];

            Gemm.Multiply(m, n, k, T.CreateChecked(alpha), a.Pointer, aRow, aCol, b.Pointer, bRow, bCol,
                T.CreateChecked(beta), c.Pointer, cRow, cCol,
                added == 0 ? GemmBias<T>.None : new GemmBias<T>(bias.Pointer, added == 1));

            for (int i = 0; i < m; i++)
                for (int j = 0; j < n; j++)
                {
                    double sum = 0, size = 0;
                    for (int p = 0; p < k; p++)
                    {
                        double term = double.CreateChecked(a[i * aRow + p * aCol]) * double.CreateChecked(b[p * bRow + j * bCol]);
                        sum += term;
                        size += Math.Abs(term);
                    }
                    int at = i * cRow + j * cCol;
                    sum *= alpha;
                    if (beta != 0)
                        sum += beta * double.CreateChecked(before[at]);
                    if (added != 0)
                        sum += double.CreateChecked(bias[added == 1 ? i : j]);
                    touched[at] = true;
                    double error = Math.Abs(double.CreateChecked(c[at]) - sum);
                    if (!(error <= unit * (size + 2)))
                        Assert.Fail($"({i}, {j}) is {c[at]}, expected {sum}; alpha {alpha} beta {beta} bias {added} tier {tier} time {time}");
                }
            for (int at = 0; at < cLength; at++)
                if (!touched[at] && before[at] != c[at])
                    Assert.Fail($"Element {at}, which is not one of C's, was {before[at]} and is {c[at]}.");
            c.AssertGuardsIntact();
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(-2.0)]
    public void An_empty_sum_leaves_beta_times_the_output(double beta)
    {
        using var c = new Guarded<double>(6, 1);
        double[] before = c.Span.ToArray();
        Gemm.Multiply(2, 3, 0, 1, null, 1, 1, null, 1, 1, beta, c.Pointer, 3, 1);
        Assert.Equal(before.Select(x => beta == 0 ? 0 : beta * x), c.Span.ToArray());
    }

    [Theory, InlineData(5, 6, 7), InlineData(64, 96, 300), InlineData(1, 300, 200)]
    public void Nan_and_infinity_reach_every_element_they_touch(int m, int n, int k)
    {
        using var a = new Guarded<float>(m * k, 1);
        using var b = new Guarded<float>(k * n, 2);
        using var c = new Guarded<float>(m * n, 3);
        a.Span[(m - 1) * k + k / 2] = float.NaN;
        b.Span[k / 2 * n + n - 1] = float.PositiveInfinity;
        Gemm.Multiply(m, n, k, 1f, a.Pointer, k, 1, b.Pointer, n, 1, 0f, c.Pointer, n, 1);
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                if (i == m - 1)
                    Assert.True(float.IsNaN(c[i * n + j]));
                else if (j == n - 1)
                    Assert.True(float.IsInfinity(c[i * n + j]));
                else
                    Assert.True(float.IsFinite(c[i * n + j]));
    }

    /// <summary>By panels, by tiles straight from the operands, by columns, by dot products; with and without tails.</summary>
    public static TheoryData<int, int, int, bool> LargeShapes => new()
    {
        { 128, 512, 784, false }, { 97, 1003, 300, false }, { 1, 5000, 300, false }, { 1, 130, 5000, false }, { 200, 130, 700, false }, { 120, 96, 900, false }, { 500, 10, 600, false }, { 13, 64, 5000, false },
        { 64, 64, 64, false }, { 48, 50, 60, true }, { 50, 61, 64, false },
        { 8, 3000, 700, false }, { 8, 3000, 701, true }, { 1, 5000, 300, true }, { 15, 900, 513, true }, { 33, 900, 513, true },
    };

    [Theory, MemberData(nameof(LargeShapes))]
    public void Any_number_of_threads_gives_the_same_bits(int m, int n, int k, bool transposed)
    {
        using var a = new Guarded<float>(m * k, 1);
        using var b = new Guarded<float>(k * n, 2);
        foreach (var tier in TiersHere)
        {
            Processor.Cap = tier;
            float[]? expected = null;
            foreach (int threads in (int[])[1, 2, 3, 7])
            {
                Numerics.Threads = threads;
                // The first time a small product is worked out, the second time it is listed, then the list is shared.
                for (int time = 0; time < 3; time++)
                {
                    using var c = new Guarded<float>(m * n, 3);
                    Gemm.Multiply(m, n, k, 1f, a.Pointer, 1, m, b.Pointer, transposed ? 1 : n, transposed ? k : 1, 1f, c.Pointer, n, 1);
                    expected ??= c.Span.ToArray();
                    Assert.True(c.Span.SequenceEqual(expected), $"{tier}, {threads} threads, time {time}");
                }
            }
        }
    }

    [Theory]
    [InlineData(5, 6, 7)]
    [InlineData(40, 50, 60)]
    [InlineData(64, 90, 300)]
    [InlineData(130, 17, 1100)]
    public void Panels_tiers_and_tiles_in_place_give_the_same_bits(int m, int n, int k)
    {
        using var a = new Guarded<float>(m * k, 1);
        using var b = new Guarded<float>(k * n, 2);
        float[]? expected = null;
        foreach (var tier in TiersHere)
        {
            Processor.Cap = tier;
            using var c = new Guarded<float>(m * n, 3);
            Gemm.Multiply(m, n, k, 1f, new StridedSource<float>(a.Pointer, k, 1), new StridedSource<float>(b.Pointer, 1, n), 1f,
                new GemmOutput<float>(c.Pointer, n, 1), GemmBias<float>.None);
            expected ??= c.Span.ToArray();
            Assert.True(c.Span.SequenceEqual(expected), $"{tier}, panels");
            for (int time = 0; time < 3 && tier != IsaTier.Portable; time++)
            {
                using var again = new Guarded<float>(m * n, 3);
                Gemm.Multiply(m, n, k, 1f, a.Pointer, k, 1, b.Pointer, n, 1, 1f, again.Pointer, n, 1);
                Assert.True(again.Span.SequenceEqual(expected), $"{tier}, in place, time {time}");
            }
        }
    }

    [Theory]
    [InlineData(0, 3, 4, 5)]
    [InlineData(1, 3, 4, 5)]
    [InlineData(37, 3, 4, 5)]
    [InlineData(3, 40, 50, 60)]
    [InlineData(2, 300, 300, 300)]
    public void A_batch_is_its_products(int batch, int m, int n, int k)
    {
        using var a = new Guarded<float>(batch * m * k, 1);
        using var b = new Guarded<float>(k * n, 2);
        using var c = new Guarded<float>(batch * m * n, 3);
        using var expected = new Guarded<float>(batch * m * n, 3);
        Gemm.Batched(batch, m, n, k, 1f, a.Pointer, m * k, k, 1, b.Pointer, 0, 1, k, 1f, c.Pointer, m * n, n, 1);
        for (int i = 0; i < batch; i++)
            Gemm.Multiply(m, n, k, 1f, a.Pointer + i * m * k, k, 1, b.Pointer, 1, k, 1f, expected.Pointer + i * m * n, n, 1);
        Assert.Equal(expected.Span, c.Span);
        c.AssertGuardsIntact();
    }

    [Fact]
    public void Integers_multiply_exactly_and_wrap_around()
    {
        long[] a = [1, 2, 3, long.MaxValue], b = [5, 6, 7, 8];
        var c = new long[4];
        fixed (long* pa = a, pb = b, pc = c)
            Gemm.MultiplyNaive(2, 2, 2, pa, 2, 1, pb, 1, 2, pc, 2, 1);
        Assert.Equal([17, 23, unchecked(15 + long.MaxValue * 6), unchecked(21 + long.MaxValue * 8)], c);
    }
}
