using System.Runtime.InteropServices;
using Descent.Tensors;
using Descent.Tensors.Kernels;

namespace Descent.Benchmarks;

/// <summary>Products of narrow numbers, in GFLOP/s, beside float32 of the same shapes; conversions, in GB/s.</summary>
static unsafe class NarrowTask
{
    static readonly (int M, int K, int N)[] s_shapes =
    [
        (64, 64, 64), (128, 128, 128), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048), (2048, 384, 1536), (2048, 1536, 384), (384, 2048, 1536), (2048, 384, 65), (128, 784, 512),
    ];

    public static void Run(Report report)
    {
        foreach (var (m, k, n) in s_shapes)
        {
            string config = $"{m}x{k}x{n}";
            if (!report.Wants(config)) continue;
            float* a = Sample.Floats((long)m * k, 1), b = Sample.Floats((long)k * n, 2), c = Sample.Floats((long)m * n, 3);
            BFloat16* na = Narrowed(a, m * k), nb = Narrowed(b, k * n), nc = Narrowed(c, m * n);
            double flop = 2.0 * m * n * k;
            Measure("float32", () => Gemm.Multiply(m, n, k, 1f, a, k, 1, b, n, 1, 0f, c, n, 1));
            Measure("bf16", () => PairProduct.Multiply(m, n, k, new PairMatrix(na, k, 1), new PairMatrix(nb, 1, n), new GemmOutput<BFloat16>(nc, n, 1)));
            Measure("bf16, B transposed", () => PairProduct.Multiply(m, n, k, new PairMatrix(na, k, 1), new PairMatrix(nb, k, 1), new GemmOutput<BFloat16>(nc, n, 1)));
            Measure("bf16, A transposed, to float32", () => PairProduct.Multiply(m, n, k, new PairMatrix(na, 1, m), new PairMatrix(nb, 1, n), new GemmOutput<float>(c, n, 1)));
            Measure("float32 as bf16", () => PairProduct.Multiply(m, n, k, new PairMatrix(a, k, 1), new PairMatrix(b, 1, n), new GemmOutput<float>(c, n, 1)));
            foreach (nint memory in (nint[])[(nint)a, (nint)b, (nint)c, (nint)na, (nint)nb, (nint)nc]) NativeMemory.AlignedFree((void*)memory);

            void Measure(string metric, Action code)
            {
                var (seconds, spread) = Stopwatches.Median(code, runs: 5);
                report.Emit("gemm-narrow", config, metric, flop / seconds / 1e9, "GFLOP/s", spread);
            }
        }
        foreach (int length in (int[])[4096, 16 << 20])
        {
            string config = $"n={length}";
            if (!report.Wants(config)) continue;
            float* wide = Sample.Floats(length, 1);
            var narrow = Narrowed(wide, length);
            Measure("float32 to bf16", () => NarrowFloats.Narrow(wide, narrow, length));
            Measure("bf16 to float32", () => NarrowFloats.Widen(narrow, wide, length));
            Measure("float32 to fp16", () => NarrowFloats.Narrow(wide, (Half*)narrow, length));
            Measure("fp16 to float32", () => NarrowFloats.Widen((Half*)narrow, wide, length));
            NativeMemory.AlignedFree(wide);
            NativeMemory.AlignedFree(narrow);

            void Measure(string metric, Action code)
            {
                var (seconds, spread) = Stopwatches.Median(code, runs: 5);
                report.Emit("convert", config, metric, 6.0 * length / seconds / 1e9, "GB/s", spread);
            }
        }
    }

    static BFloat16* Narrowed(float* x, int length)
    {
        var y = (BFloat16*)NativeMemory.AlignedAlloc((nuint)length * 2, 64);
        NarrowFloats.Narrow(x, y, length);
        return y;
    }
}
