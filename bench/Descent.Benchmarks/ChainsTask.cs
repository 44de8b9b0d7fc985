using Descent.Tensors;
using Descent.Tensors.Kernels;

namespace Descent.Benchmarks;

/// <summary>
/// Chains of elementwise operations as a user writes them, against the bytes they must move: each input read once, each
/// output written once, at the bandwidth of a triad.
/// </summary>
static class ChainsTask
{
    public static void Run(Report report)
    {
        using var _ = Autograd.NoGrad();
        double triad = MachineSpeed.Triad(256 << 20, seconds: 0.5);
        report.Emit("chains", "triad 16M floats", "bandwidth", triad / 1e9, "GB/s", 0);
        foreach (var (tag, shape) in new (string, Shape)[] { ("1000", [10, 100]), ("64k", [64, 1024]), ("1M", [1024, 1024]), ("16M", [4096, 4096]) })
        {
            Generator.ManualSeed(1);
            Tensor x = Tensor.Randn(shape), b = Tensor.Randn([shape[1]]), r = Tensor.Randn(shape), g = Tensor.Randn(shape);
            Measure(report, $"bias+gelu+residual {tag}", shape, 12, triad, () => ((x + b).Gelu() + r).Materialize().Dispose());
            Measure(report, $"bias+silu+residual {tag}", shape, 12, triad, () => ((x + b).Silu() + r).Materialize().Dispose());
            Measure(report, $"bias+tanh+residual {tag}", shape, 12, triad, () => ((x + b).Tanh() + r).Materialize().Dispose());
            Measure(report, $"bias+relu+residual {tag}", shape, 12, triad, () => ((x + b).Relu() + r).Materialize().Dispose());

            Tensor p = Tensor.Randn(shape), m = Tensor.Zeros(shape), v = Tensor.Zeros(shape);
            Measure(report, $"adam (new tensors) {tag}", shape, 28, triad, () =>
            {
                m = m * 0.9 + g * 0.1;
                v = v * 0.999 + g * g * 0.001;
                p = p - 1e-3 * (m / 0.5) / ((v / 0.5).Sqrt() + 1e-8);
                p.Materialize();
            });
            Tensor p2 = Tensor.Randn(shape), m2 = Tensor.Zeros(shape), v2 = Tensor.Zeros(shape);
            Measure(report, $"adam (in place) {tag}", shape, 28, triad, () =>
            {
                m2.Mul_(0.9).Add_(g * 0.1);
                v2.Mul_(0.999).Add_(g * g * 0.001);
                p2.Sub_(m2 / 0.5 / ((v2 / 0.5).Sqrt() + 1e-8) * 1e-3);
                p2.Materialize();
            });
        }
    }

    static void Measure(Report report, string config, Shape shape, int bytesPerElement, double triad, Action code)
    {
        if (!report.Wants(config)) return;
        var (seconds, spread) = Stopwatches.Median(code, warm: 0.8, each: 0.15);
        report.Emit("chains", config, "time", seconds * 1e6, "us", spread);
        double rate = (double)bytesPerElement * shape.Elements / seconds;
        if (shape.Elements > 1 << 20) report.Emit("chains", config, "of floor", rate / triad, "", spread);
    }
}
