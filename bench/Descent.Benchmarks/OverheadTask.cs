using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>What an operation costs when there is next to nothing to compute: on the tape, in the collector, in the worker pool.</summary>
static class OverheadTask
{
    const int Length = 1_000;

    public static void Run(Report report)
    {
        Generator.ManualSeed(1);
        foreach (int elements in (int[])[1, 16])
        {
            Tensor x = Tensor.Randn([elements]), b = Tensor.Rand([elements]);
            x.RequiresGrad = true;
            Chain(report, "add", elements, x, y => y.Add(b));
            Chain(report, "mul", elements, x, y => y.Mul(b));
            Chain(report, "add number", elements, x, y => y.Add(0.5));
            Chain(report, "relu", elements, x, y => y.Relu());
            Chain(report, "tanh", elements, x, y => y.Tanh());
        }
        foreach (int items in (int[])[2, 4, 16])
            Measure(report, $"empty loop over {items}", "fork/join", 1, () => WorkerPool.For(items, new Nothing()));
    }

    /// <summary>A chain of operations and its gradient, per operation.</summary>
    static void Chain(Report report, string name, int elements, Tensor x, Func<Tensor, Tensor> operation)
    {
        string config = $"{name}, {elements} elements";
        if (!report.Wants(config)) return;
        Action step = () =>
        {
            var y = x;
            for (int i = 0; i < Length; i++) y = operation(y);
            y.Sum().Backward();
            x.Grad = null;
        };
        Measure(report, config, "forward and backward", Length, step);
        long before = GC.GetAllocatedBytesForCurrentThread();
        step();
        report.Emit("overhead", config, "allocated", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Length, "bytes/op", 0);
        Measure(report, config, "forward", Length, () =>
        {
            var y = x;
            for (int i = 0; i < Length; i++) y = operation(y);
        });
        using var _ = Autograd.NoGrad();
        Measure(report, config, "not recorded", Length, () =>
        {
            var y = x;
            for (int i = 0; i < Length; i++) y = operation(y);
        });
    }

    static void Measure(Report report, string config, string metric, int units, Action code)
    {
        if (!report.Wants(config)) return;
        var (seconds, spread) = Stopwatches.Median(code, warm: 0.3, each: 0.1);
        report.Emit("overhead", config, metric, seconds / units * 1e9, "ns/op", spread);
    }

    readonly struct Nothing : IParallelBody
    {
        public void Invoke(int index) { }
    }
}
