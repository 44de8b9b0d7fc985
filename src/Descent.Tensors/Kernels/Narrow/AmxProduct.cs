using System.Diagnostics;
using Descent.Tensors.Codegen;

namespace Descent.Tensors.Kernels;

/// <summary>Matrix products on the processor's tile unit: bfloat16, and float32 split into bfloat16 parts.</summary>
static unsafe class AmxProduct
{
    // A tile is 16 × 16 elements of 32 products each: below that most of it is zeros.
    const int LeastSize = 32;
    const int LeastDepth = 64;

    static readonly Lazy<string?> s_fault = new(Check);

    /// <summary>Whether products may run on tiles.</summary>
    public static bool IsAvailable => Processor.Has(InstructionSets.AmxBf16) && s_fault.Value is null;

    /// <summary>Why the tile unit is not used though the processor has one; null if there is no reason.</summary>
    public static string? Fault => Processor.Has(InstructionSets.AmxBf16) ? s_fault.Value : null;

    /// <summary>Whether a product of this shape is better done on tiles.</summary>
    public static bool Suits(int m, int n, int k) => m >= LeastSize && n >= LeastSize && k >= LeastDepth && IsAvailable;

    /// <summary>C = A·B (+ bias), or C += A·B, of float32 operands in as many parts as <paramref name="precision"/> asks for.</summary>
    /// <typeparam name="TA">The left operand.</typeparam>
    /// <typeparam name="TB">The right operand.</typeparam>
    /// <param name="precision">Highest is at least as exact as multiply-adds in float32.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="a">The left operand; its index is a row of C.</param>
    /// <param name="b">The right operand; its index is a column of C.</param>
    /// <param name="c">Where the result goes.</param>
    /// <param name="bias">Where nothing is accumulated: added to the product.</param>
    /// <param name="accumulate">C is added to.</param>
    public static void Multiply<TA, TB>(MatMulPrecision precision, int m, int n, int k, TA a, TB b, GemmOutput<float> c, GemmBias<float> bias, bool accumulate)
        where TA : struct, IPanelSource<float> where TB : struct, IPanelSource<float>
    {
        if (precision == MatMulPrecision.Medium)
        {
            MultiplyPairs(m, n, k, new RoundedSource<TA>(a), new RoundedSource<TB>(b), c, bias, accumulate);
            return;
        }
        var kind = precision == MatMulPrecision.High ? AmxKind.TwoParts : AmxKind.ThreeParts;
        new AmxJob<AmxParts<TA>, AmxParts<TB>, float, AmxKernels.Native>(m, n, k, new(a, kind), new(b, kind), c, bias, accumulate).Run();
    }

    /// <summary>The same of bfloat16 operands.</summary>
    /// <typeparam name="TA">The left operand.</typeparam>
    /// <typeparam name="TB">The right operand.</typeparam>
    /// <typeparam name="TC">float or BFloat16.</typeparam>
    public static void MultiplyPairs<TA, TB, TC>(int m, int n, int k, TA a, TB b, GemmOutput<TC> c, GemmBias<float> bias, bool accumulate)
        where TA : struct, IPairSource where TB : struct, IPairSource where TC : unmanaged =>
        new AmxJob<AmxPairs<TA>, AmxPairs<TB>, TC, AmxKernels.Native>(m, n, k, new(a), new(b), c, bias, accumulate).Run();

    /// <summary>Whether products of bytes may run on tiles and are better done there.</summary>
    public static bool SuitsBytes(int m, int n, int k) => Processor.Has(InstructionSets.AmxInt8) && Suits(m, n, k);

    /// <summary>A product of each kind against sums in float64, so that a tile unit that works otherwise is not used.</summary>
    static string? Check()
    {
        if (MachineCode.Refusal is { } refusal) return refusal;
        const int m = 40, n = 56, k = 200;
        var random = new Random(1);
        float[] a = Draw(m * k), b = Draw(k * n), c = new float[m * n];
        fixed (float* pa = a, pb = b, pc = c)
            foreach (var (precision, tolerance) in (ReadOnlySpan<(MatMulPrecision, double)>)[(MatMulPrecision.Highest, 1e-6), (MatMulPrecision.High, 1e-4), (MatMulPrecision.Medium, 0.02)])
            {
                Multiply(precision, m, n, k, new StridedSource<float>(pa, k, 1), new StridedSource<float>(pb, 1, n), new GemmOutput<float>(pc, n, 1), default, false);
                for (int i = 0; i < m; i++)
                    for (int j = 0; j < n; j++)
                    {
                        double sum = 0, size = 0;
                        for (int p = 0; p < k; p++)
                        {
                            double term = (double)a[i * k + p] * b[p * n + j];
                            sum += term;
                            size += Math.Abs(term);
                        }
                        if (Math.Abs(sum - c[i * n + j]) <= tolerance * size) continue;
                        string fault = $"a product of {precision} precision on tiles gave {c[i * n + j]} for {sum}";
                        Trace.TraceWarning($"Descent: {fault}; the tile unit is not used.");
                        return fault;
                    }
            }
        return null;

        float[] Draw(int count)
        {
            var x = new float[count];
            for (int i = 0; i < count; i++) x[i] = (float)(random.NextDouble() * 2 - 1);
            return x;
        }
    }
}
