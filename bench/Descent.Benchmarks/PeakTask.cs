using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>The speed of float32 fused multiply-adds on registers: the ceiling of every matrix product.</summary>
static class PeakTask
{
    const int Steps = 1_000_000;

    static float s_sink;

    public static void Run(Report report)
    {
        if (Vector512.IsHardwareAccelerated)
            Measure(report, "fma-512-fp32", 24 * 16 * 2, Chains512);
        if (Vector256.IsHardwareAccelerated)
            Measure(report, "fma-256-fp32", 12 * 8 * 2, Chains256);
        if (report.Wants("triad"))
            report.Emit("peak", "triad 16M floats", "bandwidth", Triad() / 1e9, "GB/s", 0);
    }

    /// <summary>Bytes per second of a[i] = b[i] + s · c[i] over arrays far larger than the caches: 12 to an element.</summary>
    internal static double Triad()
    {
        const int length = 1 << 24;
        Tensor a = Tensor.Zeros(length), b = Tensor.Ones(length), c = Tensor.Ones(length);
        unsafe
        {
            fixed (float* pa = a.AsSpan<float>(), pb = b.AsSpan<float>(), pc = c.AsSpan<float>())
            {
                var body = new TriadBody { A = pa, B = pb, C = pc };
                var (seconds, _) = Stopwatches.Median(() => WorkerPool.For(length / TriadBody.Piece, body));
                return 12.0 * length / seconds;
            }
        }
    }

    unsafe struct TriadBody : IParallelBody
    {
        internal const int Piece = 1 << 15;

        internal float* A, B, C;

        public readonly void Invoke(int index)
        {
            var s = Vector512.Create(0.5f);
            for (int i = index * Piece, end = i + Piece; i < end; i += 16)
                Vector512.FusedMultiplyAdd(s, Vector512.Load(C + i), Vector512.Load(B + i)).Store(A + i);
        }
    }

    static void Measure(Report report, string config, double flopPerStep, Action chains)
    {
        if (!report.Wants(config))
            return;
        var (seconds, spread) = Stopwatches.Median(() => WorkerPool.For(Numerics.Threads, _ => chains()));
        report.Emit("peak", config, "rate", flopPerStep * Steps * Numerics.Threads / seconds / 1e9, "GFLOP/s", spread);
    }

    // 24 and 12 independent chains hide the latency of 4 cycles on every unit.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Chains512()
    {
        var x = Vector512.Create(0.999999f);
        var y = Vector512.Create(1e-7f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        Vector512<float> m = x, n = x, o = x, p = x, q = x, r = x, s = x, t = x, u = x, v = x, w = x, z = x;
        for (int step = 0; step < Steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y); b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y); d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y); f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y); h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y); j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y); l = Vector512.FusedMultiplyAdd(l, x, y);
            m = Vector512.FusedMultiplyAdd(m, x, y); n = Vector512.FusedMultiplyAdd(n, x, y);
            o = Vector512.FusedMultiplyAdd(o, x, y); p = Vector512.FusedMultiplyAdd(p, x, y);
            q = Vector512.FusedMultiplyAdd(q, x, y); r = Vector512.FusedMultiplyAdd(r, x, y);
            s = Vector512.FusedMultiplyAdd(s, x, y); t = Vector512.FusedMultiplyAdd(t, x, y);
            u = Vector512.FusedMultiplyAdd(u, x, y); v = Vector512.FusedMultiplyAdd(v, x, y);
            w = Vector512.FusedMultiplyAdd(w, x, y); z = Vector512.FusedMultiplyAdd(z, x, y);
        }
        s_sink = Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w + z);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Chains256()
    {
        var x = Vector256.Create(0.999999f);
        var y = Vector256.Create(1e-7f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < Steps; step++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y); b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y); d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y); f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y); h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y); j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y); l = Vector256.FusedMultiplyAdd(l, x, y);
        }
        s_sink = Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
