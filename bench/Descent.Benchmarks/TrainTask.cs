using Descent.NN;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Training steps of small standard models on random data held in memory, in items per second.</summary>
static class TrainTask
{
    public static void Run(Report report)
    {
        if (report.Wants("mlp")) Mlp(report);
        if (report.Wants("cnn")) Cnn(report);
    }

    static void Mlp(Report report)
    {
        Generator.ManualSeed(1);
        var model = new Sequential(new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10));
        var (x, y) = (Tensor.Randn([128, 784]), Tensor.RandInt(0, 10, [128]));
        Measure(report, "mlp", "784-512-256-10 b128 adam", "train", 128, Step(model, new Adam(model.Parameters(), 1e-3), () => F.CrossEntropy(model.Forward(x), y)));
    }

    static void Cnn(Report report)
    {
        Generator.ManualSeed(1);
        var model = PeerCnn();
        var (x, y) = (Tensor.Randn([64, 1, 28, 28]), Tensor.RandInt(0, 10, [64]));
        Measure(report, "cnn", "mnist c32-c64-f128 b64 adam", "train", 64, Step(model, new Adam(model.Parameters(), 1e-3), () => F.CrossEntropy(model.Forward(x), y)));
        using var _ = Autograd.NoGrad();
        model.Eval();
        Measure(report, "cnn", "mnist c32-c64-f128 b64", "forward", 64, () => model.Forward(x));
    }

    /// <summary>The convolutional network that the peers train.</summary>
    internal static Module PeerCnn() => new Sequential(
        new Conv2d(1, 32, 3), new ReLU(), new Conv2d(32, 64, 3), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Linear(9216, 128), new ReLU(), new Linear(128, 10));

    internal static Action Step(Module model, Optimizer optimizer, Func<Tensor> loss) => () =>
    {
        optimizer.ZeroGrad();
        loss().Backward();
        optimizer.Step();
    };

    internal static void Measure(Report report, string task, string config, string metric, int units, Action step, string unit = "images/s")
    {
        var (seconds, spread) = Stopwatches.Median(step, warm: 1, each: 1);
        report.Emit(task, config, metric, units / seconds, unit, spread);
    }
}
