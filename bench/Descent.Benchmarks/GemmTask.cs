using System.Runtime.InteropServices;
using Descent.Tensors.Kernels;

namespace Descent.Benchmarks;

/// <summary>C = A·B of row-major float32 matrices, in GFLOP/s.</summary>
static unsafe class GemmTask
{
    static readonly (int M, int K, int N)[] s_shapes =
    [
        (1, 4, 16), (8, 8, 8), (16, 16, 16), (20, 20, 20), (24, 24, 24), (32, 32, 32), (64, 16, 16), (64, 64, 64), (128, 128, 128), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048),
        (4096, 4096, 4096),
        (32, 784, 512), (128, 784, 512), (1, 4096, 4096), (8, 4096, 4096), (4096, 64, 4096), (64, 4096, 64),
        (2048, 384, 1536), (1024, 128, 384),
    ];

    public static void Run(Report report)
    {
        foreach (var (m, k, n) in s_shapes)
        {
            string config = $"{m}x{k}x{n}";
            if (!report.Wants(config))
                continue;
            float* a = Sample.Floats((long)m * k, 1), b = Sample.Floats((long)k * n, 2), c = Sample.Floats((long)m * n, 3);
            double flop = 2.0 * m * n * k;
            Measure("rate", () => Gemm.Multiply(m, n, k, 1f, a, k, 1, b, n, 1, 0f, c, n, 1));
            // As in the forward and the backward pass of a linear layer.
            Measure("rate, B transposed", () => Gemm.Multiply(m, n, k, 1f, a, k, 1, b, 1, k, 0f, c, n, 1));
            Measure("rate, A transposed", () => Gemm.Multiply(m, n, k, 1f, a, 1, m, b, n, 1, 0f, c, n, 1));
            NativeMemory.AlignedFree(a);
            NativeMemory.AlignedFree(b);
            NativeMemory.AlignedFree(c);

            void Measure(string metric, Action code)
            {
                var (seconds, spread) = Stopwatches.Median(code, runs: flop > 4e10 ? 3 : 5);
                report.Emit("gemm-fp32", config, metric, flop / seconds / 1e9, "GFLOP/s", spread);
            }
        }
    }
}
