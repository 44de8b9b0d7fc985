using System.Numerics;
using Descent.Tensors;
using Descent.Tensors.Kernels;

namespace Descent.Benchmarks;

/// <summary>C = A·B of row-major matrices, in GFLOP/s and as a share of what arithmetic and memory allow.</summary>
static unsafe class GemmTask
{
    static readonly (int M, int K, int N)[] s_shapes =
    [
        (64, 64, 64), (128, 128, 128), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048), (4096, 4096, 4096),
        (32, 784, 512), (128, 784, 512), (1, 4096, 4096), (8, 4096, 4096), (4096, 64, 4096), (64, 4096, 64), (2048, 384, 1536), (1024, 128, 384),
    ];

    static readonly (int M, int K, int N)[] s_small =
    [
        (1, 1, 1), (2, 2, 2), (4, 4, 4), (1, 4, 16), (8, 8, 8), (12, 12, 12), (16, 16, 16), (20, 20, 20), (24, 24, 24), (32, 32, 32),
        (48, 48, 48), (64, 16, 16), (5, 64, 33), (64, 64, 10), (16, 64, 16), (1, 64, 64), (64, 64, 1), (50, 50, 50),
    ];

    // Products of a batch: heads of attention, q·kᵀ and p·v.
    static readonly (int Batch, int M, int K, int N)[] s_batches = [(96, 16, 64, 16), (96, 16, 16, 64), (64, 32, 64, 32), (48, 64, 64, 64), (512, 8, 8, 8)];

    public static void Run(Report report)
    {
        double flops = MachineSpeed.MultiplyAdds(Processor.Tier, seconds: 0.2), bytes = MachineSpeed.Read(256 << 20, seconds: 0.2);
        foreach (var (m, k, n) in s_shapes)
            Product<float>(report, "gemm-fp32", m, k, n, flops, bytes);
        foreach (var (m, k, n) in s_small)
            Product<float>(report, "gemm-small", m, k, n, flops, bytes);
        foreach (var (m, k, n) in ((int, int, int)[])[(8, 8, 8), (64, 64, 64), (512, 512, 512), (1024, 1024, 1024), (1, 4096, 4096), (32, 784, 512)])
            Product<double>(report, "gemm-fp64", m, k, n, flops / 2, bytes);
        foreach (var (batch, m, k, n) in s_batches)
            Batch(report, batch, m, k, n, flops, bytes);
    }

    static void Product<T>(Report report, string task, int m, int k, int n, double flops, double bytes) where T : unmanaged, INumberBase<T>
    {
        string config = $"{m}x{k}x{n}";
        if (!report.Wants(config, task))
            return;
        T* a = Sample.Numbers<T>((long)m * k, 1), b = Sample.Numbers<T>((long)k * n, 2), c = Sample.Numbers<T>((long)m * n, 3);
        double floor = Floor<T>(1, m, k, n, flops, bytes);
        // As they are, and as in the forward and the backward pass of a linear layer.
        Measure(report, task, config, "rate", 1, m, k, n, floor, () => Gemm.Multiply(m, n, k, T.One, a, k, 1, b, n, 1, T.Zero, c, n, 1));
        Measure(report, task, config, "rate, B transposed", 1, m, k, n, floor, () => Gemm.Multiply(m, n, k, T.One, a, k, 1, b, 1, k, T.Zero, c, n, 1));
        Measure(report, task, config, "rate, A transposed", 1, m, k, n, floor, () => Gemm.Multiply(m, n, k, T.One, a, 1, m, b, n, 1, T.Zero, c, n, 1));
        if (m <= 64 && n <= 64)
            Measure(report, task, config, "rate, both transposed", 1, m, k, n, floor, () => Gemm.Multiply(m, n, k, T.One, a, 1, m, b, 1, k, T.Zero, c, n, 1));
        Sample.Free(a);
        Sample.Free(b);
        Sample.Free(c);
    }

    static void Batch(Report report, int batch, int m, int k, int n, double flops, double bytes)
    {
        string config = $"{batch}x{m}x{k}x{n}";
        if (!report.Wants(config, "gemm-batched"))
            return;
        float* a = Sample.Numbers<float>((long)batch * m * k, 1), b = Sample.Numbers<float>((long)batch * k * n, 2), c = Sample.Numbers<float>((long)batch * m * n, 3);
        double floor = Floor<float>(batch, m, k, n, flops, bytes);
        Measure(report, "gemm-batched", config, "rate", batch, m, k, n, floor, () => Gemm.Batched(batch, m, n, k, 1f, a, m * k, k, 1, b, k * n, n, 1, 0f, c, m * n, n, 1));
        Measure(report, "gemm-batched", config, "rate, B transposed", batch, m, k, n, floor, () => Gemm.Batched(batch, m, n, k, 1f, a, m * k, k, 1, b, k * n, 1, k, 0f, c, m * n, n, 1));
        Sample.Free(a);
        Sample.Free(b);
        Sample.Free(c);
    }

    /// <summary>Seconds that the multiply-adds take on registers, or that the operands take from memory if the caches can't hold them.</summary>
    static double Floor<T>(int batch, int m, int k, int n, double flops, double bytes) where T : unmanaged
    {
        double touched = (double)batch * sizeof(T) * ((double)m * k + (double)k * n + (double)m * n);
        double arithmetic = 2.0 * batch * m * k * n / flops;
        return touched > Processor.Caches.L3 ? Math.Max(arithmetic, touched / bytes) : arithmetic;
    }

    static void Measure(Report report, string task, string config, string metric, int batch, int m, int k, int n, double floor, Action code)
    {
        double flop = 2.0 * batch * m * n * k;
        var (seconds, spread) = flop < 1e7
            ? Stopwatches.Median(code, warm: 0.1, each: 0.02)
            : Stopwatches.Median(code, runs: flop > 4e10 ? 3 : 5);
        report.Emit(task, config, metric, flop / seconds / 1e9, "GFLOP/s", spread);
        report.Emit(task, config, metric.Replace("rate", "share of floor", StringComparison.Ordinal), floor / seconds, "share", spread);
    }
}
