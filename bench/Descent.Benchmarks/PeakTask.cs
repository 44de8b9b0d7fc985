using Descent.Tensors;
using Descent.Tensors.Kernels;

namespace Descent.Benchmarks;

/// <summary>What the machine can do at most: multiply-adds on registers, reads from each cache and memory, a triad.</summary>
static class PeakTask
{
    // As peak.c has them; far above the caches of any machine.
    const long TriadBytes = 256 << 20;

    static readonly (string Name, long Bytes)[] s_reads =
        [("read-24KB", 24 << 10), ("read-1MB", 1 << 20), ("read-16MB", 16 << 20), ("read-1GB", 1 << 30)];

    public static void Run(Report report)
    {
        foreach (var (name, tier) in ((string, IsaTier)[])[("fma-avx512-fp32", IsaTier.Avx512), ("fma-avx2-fp32", IsaTier.Avx2)])
            if (tier <= Processor.Tier && report.Wants(name))
                report.Emit("peak", name, "rate", MachineSpeed.MultiplyAdds(tier, seconds: 0.5) / 1e9, "GFLOP/s", 0);
        foreach (var (name, bytes) in s_reads)
            if (report.Wants(name))
                report.Emit("peak", name, "rate", MachineSpeed.Read(bytes, seconds: 0.5) / 1e9, "GB/s", 0);
        if (report.Wants("triad-3x256MB"))
            report.Emit("peak", "triad-3x256MB", "rate", MachineSpeed.Triad(TriadBytes, seconds: 0.5) / 1e9, "GB/s", 0);
        if (report.Wants("fork-join"))
            report.Emit("peak", "fork-join", "time", MachineSpeed.ForkJoin(seconds: 0.2) * 1e6, "us", 0);
    }

    /// <summary>Bytes per second of a[i] = b[i] + s · c[i] over arrays far larger than the caches: 12 to an element.</summary>
    internal static double Triad() => MachineSpeed.Triad(TriadBytes / Numerics.Threads);
}
