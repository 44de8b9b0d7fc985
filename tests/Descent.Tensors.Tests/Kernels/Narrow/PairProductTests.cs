using System.Runtime.InteropServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>Products of bfloat16 against sums in float64: by the kernels that the machine has, and by those of float32.</summary>
public sealed unsafe class PairProductTests
{
    public static TheoryData<int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<int, int, int> { { 0, 5, 3 }, { 5, 0, 3 }, { 3, 4, 0 }, { 8, 48, 256 }, { 16, 96, 512 } };
            foreach (int m in (int[])[1, 5, 9, 70])
                foreach (int n in (int[])[1, 15, 16, 17, 47, 49, 100])
                    foreach (int k in (int[])[1, 2, 7, 257])
                        shapes.Add(m, n, k);
            shapes.Add(300, 450, 520);
            return shapes;
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Every_layout_of_operands_gives_the_exact_sums_to_float32_rounding(int m, int n, int k)
    {
        for (int layout = 0; layout < 16; layout++)
        {
            using var problem = new Problem(m, n, k, transposeA: (layout & 1) != 0, transposeB: (layout & 2) != 0) { IsWidened = layout >= 8 };
            problem.Check((layout & 4) != 0);
        }
    }

    [Fact]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        using var problem = new Problem(300, 450, 520, false, true);
        int threads = Numerics.Threads;
        try
        {
            Numerics.Threads = 1;
            problem.Multiply(problem.Wide, GemmBias<float>.None, false);
            float[] one = problem.Wide.Span.ToArray();
            Numerics.Threads = 3;
            problem.Multiply(problem.Wide, GemmBias<float>.None, false);
            Assert.Equal(one, problem.Wide.Span.ToArray());
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_not_finite_reaches_its_row_alone(float value)
    {
        foreach (bool widened in (bool[])[false, true])
        {
            using var problem = new Problem(20, 60, 40, false, false) { IsWidened = widened };
            problem.A.Span[3 * 40 + 7] = value;
            problem.Narrow();
            problem.Multiply(problem.Wide, GemmBias<float>.None, false);
            for (int i = 0; i < 20; i++)
                for (int j = 0; j < 60; j++) Assert.Equal(i != 3, float.IsFinite(problem.Wide[i * 60 + j]));
        }
    }

    [Fact]
    public void Sources_of_panels_and_outputs_in_runs_give_what_matrices_give()
    {
        const int m = 20, n = 70, k = 300, run = 35;
        using var problem = new Problem(m, n, k, false, false);
        problem.Multiply(problem.Wide, GemmBias<float>.None, false);
        using var runs = new Guarded<float>(2 * m * run);
        var a = new RoundedSource<StridedSource<float>>(new(problem.A.Pointer, k, 1));
        var b = new PairedSource<StridedSource<ushort>>(new((ushort*)problem.NarrowB, 1, n));
        PairProduct.Multiply(m, n, k, a, b, new GemmOutput<float>(runs.Pointer, run, 1, run, m * run));
        runs.AssertGuardsIntact();
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++) Assert.Equal(problem.Wide[i * n + j], runs[j / run * m * run + i * run + j % run]);
    }

    /// <summary>Operands in float32 whose values are bfloat16, the same in bfloat16, and outputs between guards.</summary>
    sealed class Problem : IDisposable
    {
        readonly int _m, _n, _k;
        readonly nint _aRow, _aColumn, _bRow, _bColumn;

        public Problem(int m, int n, int k, bool transposeA, bool transposeB)
        {
            (_m, _n, _k) = (m, n, k);
            (_aRow, _aColumn) = transposeA ? (1, m) : (k, 1);
            (_bRow, _bColumn) = transposeB ? (1, k) : (n, 1);
            (A, B, Wide, Bias) = (new(m * k, 1), new(k * n, 2), new(m * n, 3), new(Math.Max(m, n), 4));
            NarrowA = (BFloat16*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, m * k) * 2, 64);
            NarrowB = (BFloat16*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, k * n) * 2, 64);
            Narrow();
        }

        /// <summary>Whether the products of float32 are to be used, as where there are none of pairs.</summary>
        public bool IsWidened { get; init; }

        public Guarded<float> A { get; }

        public Guarded<float> B { get; }

        public Guarded<float> Wide { get; }

        public Guarded<float> Bias { get; }

        public BFloat16* NarrowA { get; }

        public BFloat16* NarrowB { get; }

        public void Narrow()
        {
            NarrowFloats.Narrow(A.Pointer, NarrowA, A.Length);
            NarrowFloats.Narrow(B.Pointer, NarrowB, B.Length);
        }

        public void Multiply(Guarded<float> c, GemmBias<float> bias, bool accumulate) =>
            Multiply(new PairMatrix(NarrowA, _aRow, _aColumn), new PairMatrix(B.Pointer, _bColumn, _bRow),
                new GemmOutput<float>(c.Pointer, _n, 1), bias, accumulate);

        void Multiply<TA, TB, TC>(TA a, TB b, GemmOutput<TC> c, GemmBias<float> bias, bool accumulate)
            where TA : struct, IPairSource where TB : struct, IPairSource where TC : unmanaged
        {
            if (!IsWidened) PairProduct.Multiply(_m, _n, _k, a, b, c, bias, accumulate);
            else if (_m > 0 && _n > 0) PairProduct.MultiplyWidened(_m, _n, _k, a, b, c, bias, accumulate);
        }

        public void Check(bool biased)
        {
            float[] before = Wide.Span.ToArray();
            Multiply(Wide, new(biased ? Bias.Pointer : null, perRow: _m % 2 == 0), accumulate: !biased);
            Wide.AssertGuardsIntact();
            fixed (ushort* narrow = new ushort[_m * _n + 16])
            {
                new Span<ushort>(narrow, _m * _n + 16).Fill(0x1234);
                Multiply(new PairMatrix(A.Pointer, _aRow, _aColumn), new PairMatrix(NarrowB, _bColumn, _bRow),
                    new GemmOutput<BFloat16>((BFloat16*)narrow, _n, 1), new(biased ? Bias.Pointer : null, perRow: _m % 2 == 0), false);
                for (int i = 0; i < 16; i++) Assert.Equal(0x1234, narrow[_m * _n + i]);
                for (int i = 0; i < _m; i++)
                    for (int j = 0; j < _n; j++)
                    {
                        double start = biased ? Bias[_m % 2 == 0 ? i : j] : 0, sum = 0, size = 0;
                        for (int p = 0; p < _k; p++)
                        {
                            double term = (double)NarrowA[i * _aRow + p * _aColumn] * NarrowB[p * _bRow + j * _bColumn];
                            sum += term;
                            size += Math.Abs(term);
                        }
                        double first = biased ? start : before[i * _n + j];
                        Assert.Equal(sum + first, Wide[i * _n + j], 1e-6 * (size + Math.Abs(first)) + 1e-30);
                        Assert.Equal(sum + start, BFloat16.FromBits(narrow[i * _n + j]), 0.004 * Math.Abs(sum + start) + 1e-6 * size + 1e-30);
                    }
            }
        }

        public void Dispose()
        {
            A.Dispose();
            B.Dispose();
            Wide.Dispose();
            Bias.Dispose();
            NativeMemory.AlignedFree(NarrowA);
            NativeMemory.AlignedFree(NarrowB);
        }
    }
}
