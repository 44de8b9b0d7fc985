using System.Diagnostics;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Products and convolutions with what follows them, as one operation and one after the other.</summary>
static class EndsTask
{
    public static void Run(Report report)
    {
        Generator.ManualSeed(1);
        foreach (var (m, k, n) in ((int, int, int)[])[(128, 784, 512), (2048, 128, 512), (2048, 384, 1536), (2048, 1536, 384)])
            foreach (var activation in (Activation[])[Activation.Relu, Activation.Silu, Activation.GeluTanh, Activation.Gelu])
                Linear(report, m, k, n, activation);
        foreach (var (channels, size, residual) in ((int, int, bool)[])[(64, 32, false), (64, 32, true), (128, 16, true), (256, 8, true)])
            Convolution(report, channels, size, residual);
        Steps(report);
        foreach (var (channels, size) in ((int, int)[])[(64, 32), (128, 16), (320, 64)]) GroupNorm(report, channels, size);
    }

    static void Linear(Report report, int m, int k, int n, Activation activation)
    {
        Tensor x = Tensor.Randn([m, k]), w = Tensor.Randn([n, k]), b = Tensor.Randn([n]), residual = Tensor.Randn([m, n]), dy = Tensor.Randn([m, n]);
        string size = $"{m}x{k}x{n} {activation}";
        double operations = 2.0 * m * k * n;
        using (Autograd.NoGrad())
        {
            Both(report, size, "forward", operations, () => F.Linear(x, w, b, activation).Materialize(), () => After(F.Linear(x, w, b), activation).Materialize());
            if (activation == Activation.Relu)
                Both(report, $"{m}x{k}x{n} residual", "forward", operations, 
                    () => F.Linear(x, w, b, Activation.None, residual).Materialize(), () => F.Linear(x, w, b).Add(residual).Materialize());
        }
        w.RequiresGrad = b.RequiresGrad = true;
        Both(report, size, "forward and backward", 2 * operations, () =>
        {
            F.Linear(x, w, b, activation).Materialize().Backward(dy);
            w.Grad = b.Grad = null;
        }, () =>
        {
            After(F.Linear(x, w, b), activation).Materialize().Backward(dy);
            w.Grad = b.Grad = null;
        });
    }

    static Tensor After(Tensor x, Activation activation) => activation switch
    {
        Activation.Relu => x.Relu(),
        Activation.Silu => x.Silu(),
        Activation.Gelu => x.Gelu(),
        _ => x.Gelu(GeluApproximation.Tanh),
    };

    static void Convolution(Report report, int channels, int size, bool withResidual)
    {
        Tensor x = Tensor.Randn([32, channels, size, size]), w = Tensor.Randn([channels, channels, 3, 3]), mean = Tensor.Randn([channels]), variance = Tensor.Ones([channels]);
        var residual = withResidual ? Tensor.Randn([32, channels, size, size]) : null;
        double operations = 18.0 * channels * x.Elements;
        using var _ = Autograd.NoGrad();
        Both(report, $"{channels}@{size}x{size} norm relu{(withResidual ? " residual" : "")}", "forward", operations,
            () => F.Conv2dBatchNorm(x, w, null, mean, variance, residual: residual, activation: Activation.Relu, padding: 1),
            () => F.BatchNormRelu(F.Conv2d(x, w, padding: 1), mean, variance, residual: residual));
    }

    static void GroupNorm(Report report, int channels, int size)
    {
        Tensor x = Tensor.Randn([size == 64 ? 4 : 32, channels, size, size]), w = Tensor.Randn([channels]), b = Tensor.Randn([channels]), dy = Tensor.Randn(x.Shape);
        string config = $"{channels}@{size}x{size} group norm silu";
        using (Autograd.NoGrad())
            Both(report, config, "forward", 8.0 * x.Elements, () => F.GroupNorm(x, 32, w, b, 1e-5, Activation.Silu).Materialize(), () => F.GroupNorm(x, 32, w, b).Silu().Materialize(), "GB/s");
        x.RequiresGrad = w.RequiresGrad = b.RequiresGrad = true;
        Both(report, config, "forward and backward", 20.0 * x.Elements, () => Back(F.GroupNorm(x, 32, w, b, 1e-5, Activation.Silu)), () => Back(F.GroupNorm(x, 32, w, b).Silu()), "GB/s");

        void Back(Tensor y)
        {
            y.Materialize().Backward(dy);
            x.Grad = w.Grad = b.Grad = null;
        }
    }

    /// <summary>A second batch before the optimizer's step: the gradient is added to what is there.</summary>
    static void Steps(Report report)
    {
        foreach (var (m, k, n) in ((int, int, int)[])[(32, 784, 512), (128, 784, 512), (512, 1024, 4096)])
        {
            Tensor x = Tensor.Randn([m, k]), w = Tensor.Randn([n, k]), dy = Tensor.Randn([m, n]);
            w.RequiresGrad = true;
            Both(report, $"{m}x{k}x{n} accumulated", "forward and backward", 4.0 * m * k * n, () => F.Linear(x, w).Backward(dy), () =>
            {
                var sum = w.Grad;
                w.Grad = null;
                F.Linear(x, w).Backward(dy);
                w.Grad = sum is null ? w.Grad : sum.Add_(w.Grad!);
            });
        }
    }

    static void Both(Report report, string config, string metric, double operations, Action together, Action apart, string unit = "GFLOP/s")
    {
        if (!report.Wants(config)) return;
        // Both are compiled before either is measured.
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 600;)
        {
            together();
            apart();
        }
        foreach (var (name, code) in ((string, Action)[])[(config, together), ($"{config}, apart", apart)])
        {
            var (seconds, spread) = Stopwatches.Median(code, warm: 0.05, each: 0.05);
            report.Emit("ends", name, metric, operations / seconds / 1e9, unit, spread);
        }
    }
}
