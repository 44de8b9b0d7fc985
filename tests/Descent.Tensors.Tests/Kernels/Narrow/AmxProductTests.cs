using Descent.Tensors.Kernels;
using Descent.Testing;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>
/// Products on tiles. The kernels run in the interpreter of machine code on every machine, and natively too where there is
/// a tile unit; errors are measured against float64 and compared with those of multiply-adds in float32.
/// </summary>
public sealed unsafe class AmxProductTests
{
    static readonly MatMulPrecision[] s_precisions = [MatMulPrecision.Highest, MatMulPrecision.High, MatMulPrecision.Medium];

    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 16, 16, 32 }, { 17, 15, 33 }, { 32, 32, 64 }, { 33, 48, 31 }, { 31, 65, 193 }, { 50, 20, 270 }, { 5, 40, 520 }, { 70, 70, 0 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Odd_sizes_between_forbidden_pages_give_the_exact_sums_to_the_precision_asked_for(int m, int n, int k)
    {
        foreach (bool atEnd in (bool[])[false, true])
            foreach (var precision in s_precisions)
            {
                using var p = new Problem(m, n, k, atEnd);
                p.Fill(1, (_, r) => (float)(r.NextDouble() * 2 - 1), (_, r) => (float)(r.NextDouble() * 2 - 1));
                p.Multiply<InterpretedAmx>(precision, transposed: atEnd, bias: atEnd);
                p.Check(precision switch { MatMulPrecision.Highest => 3e-7, MatMulPrecision.High => 3e-5, _ => 0.01 }, atEnd);
                if (AmxProduct.IsAvailable)
                {
                    var interpreted = p.C.Span.ToArray();
                    p.Multiply<AmxKernels.Native>(precision, transposed: atEnd, bias: atEnd);
                    Assert.Equal(interpreted, p.C.Span.ToArray());
                }
                Assert.False(InterpretedAmx.Machine.Tiles.IsConfigured);
            }
    }

    /// <summary>What the numbers are drawn from, by index (row of A, column of B) and k.</summary>
    public static TheoryData<string, Func<int, int, Random, float>, Func<int, int, Random, float>> Data => new()
    {
        { "normal", (_, _, r) => Normal(r), (_, _, r) => Normal(r) },
        { "rows and columns of all scales", (i, _, r) => Normal(r) * MathF.Pow(10, i % 61 - 30), (j, _, r) => Normal(r) * MathF.Pow(10, j % 21 - 10) },
        { "large by small", (_, _, r) => Normal(r) * 1e30f, (_, _, r) => Normal(r) * 1e-30f },
        { "scales that cancel", (_, k, r) => Normal(r) * MathF.Pow(10, k % 61 - 30), (_, k, r) => Normal(r) * MathF.Pow(10, 30 - k % 61) },
        { "sums that cancel", (_, k, r) => (k % 2 == 0 ? 1 : -1) * (1 + 1e-4f * Normal(r)), (_, _, r) => 1 + 1e-4f * Normal(r) },
        { "many zeros", (_, _, r) => r.Next(3) == 0 ? Normal(r) : 0, (_, _, r) => r.Next(3) == 0 ? Normal(r) : 0 },
        { "whole numbers", (_, _, r) => r.Next(-4000, 4000), (_, _, r) => r.Next(-4000, 4000) },
        { "below the tiles' reach", (_, _, r) => Normal(r) * 1e-33f, (_, _, r) => Normal(r) },
        { "products near the smallest", (_, _, r) => Normal(r) * 1e-18f, (_, _, r) => Normal(r) * 1e-18f },
        { "denormals", (_, _, r) => Normal(r) * 1e-39f, (_, _, r) => Normal(r) * 1e3f },
        { "near the largest", (_, _, r) => Normal(r) * 1e37f, (_, _, r) => Normal(r) * 0.01f },
    };

    [Theory, MemberData(nameof(Data))]
    public void Three_parts_are_at_least_as_exact_as_multiply_adds(string name, Func<int, int, Random, float> left, Func<int, int, Random, float> right)
    {
        const int m = 48, n = 40, k = 400;
        using var p = new Problem(m, n, k, atEnd: true);
        p.Fill(7, left, right, k);
        p.Multiply<InterpretedAmx>(MatMulPrecision.Highest, transposed: false, bias: false);
        double squares = 0, chainSquares = 0;
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                double exact = 0, size = 0;
                float chain = 0;
                for (int e = 0; e < k; e++)
                {
                    double term = (double)p.A.Span[i * k + e] * p.B.Span[e * n + j];
                    exact += term;
                    size += Math.Abs(term);
                    chain = MathF.FusedMultiplyAdd(p.A.Span[i * k + e], p.B.Span[e * n + j], chain);
                }
                // An error is counted in units of the sum of magnitudes, where that is no denormal itself.
                double unit = Math.Max(size, 1e-37);
                squares += Math.Pow((p.C.Span[i * n + j] - exact) / unit, 2);
                chainSquares += Math.Pow((chain - exact) / unit, 2);
            }
        Assert.True(squares <= chainSquares, $"{name}: the error is {Math.Sqrt(squares / (m * n)):E2} with tiles, {Math.Sqrt(chainSquares / (m * n)):E2} with multiply-adds");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.MaxValue)]
    public void What_is_not_finite_goes_where_float32_sends_it(float value)
    {
        foreach (var precision in s_precisions)
        {
            using var p = new Problem(40, 36, 70, atEnd: false);
            p.Fill(3, (_, r) => Normal(r), (_, r) => Normal(r));
            p.A.Span[5 * 70 + 66] = value;
            p.B.Span[66 * 36 + 9] = 0;
            p.B.Span[66 * 36 + 10] = float.PositiveInfinity;
            p.Multiply<InterpretedAmx>(precision, transposed: false, bias: false);
            for (int i = 0; i < 40; i++)
                for (int j = 0; j < 36; j++)
                {
                    float chain = 0;
                    for (int e = 0; e < 70; e++) chain = MathF.FusedMultiplyAdd(p.A.Span[i * 70 + e], p.B.Span[e * 36 + j], chain);
                    float got = p.C.Span[i * 36 + j];
                    if (precision == MatMulPrecision.Medium && value == float.MaxValue && i == 5) continue; // rounds to infinity
                    if (!float.IsFinite(chain)) Assert.Equal(chain, got);
                    else Assert.True(float.IsFinite(got));
                }
        }
    }

    [Fact]
    public void Bits_depend_on_no_number_of_threads_and_sums_go_onto_what_is_there()
    {
        using var p = new Problem(80, 70, 210, atEnd: true);
        p.Fill(5, (_, r) => Normal(r), (_, r) => Normal(r));
        int threads = Numerics.Threads;
        try
        {
            Numerics.Threads = 1;
            p.Multiply<InterpretedAmx>(MatMulPrecision.Highest, transposed: false, bias: false);
            float[] one = p.C.Span.ToArray();
            Numerics.Threads = 3;
            p.Multiply<InterpretedAmx>(MatMulPrecision.Highest, transposed: false, bias: false);
            Assert.Equal(one, p.C.Span.ToArray());
            p.Multiply<InterpretedAmx>(MatMulPrecision.Highest, transposed: false, bias: false, accumulate: true);
            for (int i = 0; i < one.Length; i++) Assert.Equal(2 * one[i], p.C.Span[i], 1e-5f * Math.Abs(one[i]) + 1e-5f);
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    [Fact]
    public void Bfloat16_operands_give_bfloat16_and_outputs_in_runs()
    {
        const int m = 37, n = 50, k = 600, run = 25;
        using var p = new Problem(m, n, k, atEnd: false);
        p.Fill(9, (_, r) => (float)(BFloat16)Normal(r), (_, r) => (float)(BFloat16)Normal(r));
        var a = new AmxPairs<PairMatrix>(new(p.A.Pointer, k, 1));
        var b = new AmxPairs<PairMatrix>(new(p.B.Pointer, 1, n));
        var narrow = new BFloat16[m * n];
        float[] runs = new float[m * n];
        fixed (BFloat16* pn = narrow)
        fixed (float* pr = runs)
        {
            new AmxJob<AmxPairs<PairMatrix>, AmxPairs<PairMatrix>, BFloat16, InterpretedAmx>(m, n, k, a, b, new(pn, n, 1), default, false).Run();
            new AmxJob<AmxPairs<PairMatrix>, AmxPairs<PairMatrix>, float, InterpretedAmx>(m, n, k, a, b, new(pr, run, 1, run, m * run), default, false).Run();
        }
        p.Multiply<InterpretedAmx>(MatMulPrecision.Medium, transposed: false, bias: false);
        p.Check(1e-6, false);
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                Assert.Equal(p.C.Span[i * n + j], runs[j / run * m * run + i * run + j % run]);
                Assert.Equal((BFloat16)p.C.Span[i * n + j], narrow[i * n + j]);
            }
    }

    [Theory]
    [InlineData(33, 40, 70, false)]
    [InlineData(16, 16, 64, true)]
    [InlineData(50, 33, 1100, true)]
    public void Bytes_on_tiles_give_the_exact_sums(int m, int n, int k, bool isSigned)
    {
        var random = new Random(m);
        var (a, b, c, starts) = (new byte[m * k], new byte[k * n], new int[m * n], new int[n]);
        random.NextBytes(a);
        random.NextBytes(b);
        for (int j = 0; j < n; j++)
            for (int e = 0; isSigned && e < k; e++) starts[j] -= 128 * (sbyte)b[e * n + j];
        fixed (byte* pa = a, pb = b)
        fixed (int* pc = c, start = starts)
            new AmxJob<AmxPairs<ByteMatrix>, AmxPairs<ByteMatrix>, float, InterpretedAmx>(m, n, k, new(new(pa, k, 1, isSigned ? (byte)0x80 : (byte)0)), new(new(pb, 1, n, 0)),
                new((float*)pc, n, 1), new((float*)start, perRow: false), false).Run();
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                int sum = 0;
                for (int e = 0; e < k; e++) sum += (isSigned ? (sbyte)a[i * k + e] : a[i * k + e]) * (sbyte)b[e * n + j];
                Assert.Equal(sum, c[i * n + j]);
            }
    }

    static float Normal(Random r) => (float)(Math.Sqrt(-2 * Math.Log(1 - r.NextDouble())) * Math.Cos(2 * Math.PI * r.NextDouble()));

    sealed class Problem(int m, int n, int k, bool atEnd) : IDisposable
    {
        public GuardedMemory<float> A { get; } = new(m * k, atEnd);

        public GuardedMemory<float> B { get; } = new(k * n, atEnd);

        public GuardedMemory<float> C { get; } = new(m * n, atEnd);

        GuardedMemory<float> Bias { get; } = new(n, atEnd);

        public void Fill(int seed, Func<int, Random, float> left, Func<int, Random, float> right) => Fill(seed, (i, _, r) => left(i, r), (j, _, r) => right(j, r), 1);

        public void Fill(int seed, Func<int, int, Random, float> left, Func<int, int, Random, float> right, int _)
        {
            var random = new Random(seed);
            for (int i = 0; i < m; i++)
                for (int e = 0; e < k; e++) A.Span[i * k + e] = left(i, e, random);
            for (int e = 0; e < k; e++)
                for (int j = 0; j < n; j++) B.Span[e * n + j] = right(j, e, random);
            for (int j = 0; j < n; j++) Bias.Span[j] = Normal(random);
        }

        /// <param name="transposed">Computes the transpose of the product of the transposes, which is the same.</param>
        public void Multiply<TUnit>(MatMulPrecision precision, bool transposed, bool bias, bool accumulate = false) where TUnit : IAmxUnit
        {
            var (a, b) = (new StridedSource<float>(A.Pointer, k, 1), new StridedSource<float>(B.Pointer, 1, n));
            float* addend = bias ? Bias.Pointer : null;
            if (!transposed) Multiply<TUnit>(precision, m, n, a, b, new(C.Pointer, n, 1), new(addend, perRow: false), accumulate);
            else Multiply<TUnit>(precision, n, m, b, a, new(C.Pointer, 1, n), new(addend, perRow: true), accumulate);
        }

        void Multiply<TUnit>(MatMulPrecision precision, int rows, int columns, StridedSource<float> left, StridedSource<float> right,
            GemmOutput<float> c, GemmBias<float> bias, bool accumulate) where TUnit : IAmxUnit
        {
            if (precision == MatMulPrecision.Medium)
                new AmxJob<AmxPairs<RoundedSource<StridedSource<float>>>, AmxPairs<RoundedSource<StridedSource<float>>>, float, TUnit>(
                    rows, columns, k, new(new(left)), new(new(right)), c, bias, accumulate).Run();
            else
            {
                var kind = precision == MatMulPrecision.High ? AmxKind.TwoParts : AmxKind.ThreeParts;
                new AmxJob<AmxParts<StridedSource<float>>, AmxParts<StridedSource<float>>, float, TUnit>(
                    rows, columns, k, new(left, kind), new(right, kind), c, bias, accumulate).Run();
            }
        }

        public void Check(double tolerance, bool biased)
        {
            for (int i = 0; i < m; i++)
                for (int j = 0; j < n; j++)
                {
                    double exact = biased ? Bias.Span[j] : 0, size = Math.Abs(exact);
                    for (int e = 0; e < k; e++)
                    {
                        double term = (double)A.Span[i * k + e] * B.Span[e * n + j];
                        exact += term;
                        size += Math.Abs(term);
                    }
                    Assert.Equal(exact, C.Span[i * n + j], tolerance * size + 1e-30);
                }
        }

        public void Dispose()
        {
            A.Dispose();
            B.Dispose();
            C.Dispose();
            Bias.Dispose();
        }
    }
}
