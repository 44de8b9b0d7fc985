using System.Diagnostics;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Resident size of a loop of 2,000 training steps in which nothing is disposed.</summary>
static class MemoryTask
{
    public static void Run(Report report)
    {
        const string config = "mnist c32-c64-f128 b64 adam 2000 steps";
        Generator.ManualSeed(1);
        var model = TrainTask.PeerCnn();
        var (x, y) = (Tensor.Randn([64, 1, 28, 28]), Tensor.RandInt(0, 10, [64]));
        var step = TrainTask.Step(model, new Adam(model.Parameters(), 1e-3), () => F.CrossEntropy(model.Forward(x), y));
        double early = 0, peak = 0, last = 0;
        for (int i = 1; i <= 2_000; i++)
        {
            step();
            if (i % 10 != 0) continue;
            last = ResidentMegabytes();
            peak = Math.Max(peak, last);
            if (i == 50) early = last;
        }
        report.Emit("memory", config, "resident at step 50", early, "MB", 0);
        report.Emit("memory", config, "resident at the end", last, "MB", 0);
        report.Emit("memory", config, "peak resident", peak, "MB", 0);
        report.Emit("memory", config, "tensor bytes peak", Memory.Statistics.PeakBytes / 1048576.0, "MB", 0);
        report.Emit("memory", config, "collections by budget", Memory.Statistics.Collections, "count", 0);
    }

    static double ResidentMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1048576.0;
    }
}
