using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Causal attention, float32, B=1 H=8 D=64, forward and forward with backward: milliseconds, and the growth of peak resident memory over the inputs.</summary>
/// <remarks>Each size and phase runs in a process of its own, since allocators keep what an earlier one freed.</remarks>
static class AttentionTask
{
    static readonly int[] s_lengths = [512, 1024, 2048, 4096, 8192, 16384];

    public static void Run(Report report)
    {
        foreach (int n in s_lengths)
            foreach (string phase in (string[])["forward", "fwd+bwd"])
            {
                string config = $"B1 H8 D64 N{n} causal";
                if (!report.Wants(config + " " + phase)) continue;
                OwnProcess.Run(report, "attention", config + " " + phase, () => Measure(report, n, config, phase));
            }
    }

    static void Measure(Report report, int n, string config, string phase)
    {
        bool backward = phase != "forward";
        Generator.ManualSeed(1);
        Tensor q = Draw(), k = Draw(), v = Draw(), g = Tensor.Randn([1, 8, n, 64]);
        double before = Resident.Megabytes(peak: false);
        Resident.ResetPeak();
        Call();
        double grown = Resident.Megabytes(peak: true) - before;
        var (seconds, spread) = Stopwatches.Median(Call, warm: 1.5, each: 0.5, runs: 7);
        report.Emit("attention", config, phase, seconds * 1e3, "ms", spread);
        report.Emit("attention", config, phase + " memory", grown, "MB", 0);

        Tensor Draw()
        {
            var x = Tensor.Randn([1, 8, n, 64]);
            x.RequiresGrad = backward;
            return x;
        }

        void Call()
        {
            q.Grad = k.Grad = v.Grad = null;
            var y = F.ScaledDotProductAttention(q, k, v, isCausal: true);
            if (backward) y.Backward(g);
        }
    }
}
