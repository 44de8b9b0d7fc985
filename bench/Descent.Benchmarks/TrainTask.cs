using Descent.NN;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Training steps of small standard models on random data held in memory, in items per second.</summary>
static class TrainTask
{
    static readonly OrderedDictionary<string, Func<TrainingRow>> s_rows = new()
    {
        ["mlp"] = Mlp, ["cnn"] = Cnn, ["resnet18"] = ResNet18, ["lstm"] = Lstm,
        ["gpt-small"] = () => Gpt(layers: 4, heads: 4, width: 128, context: 128, batch: 16),
        ["gpt-medium"] = () => Gpt(layers: 6, heads: 6, width: 384, context: 256, batch: 8),
    };

    public static void Run(Report report)
    {
        Run(report, static (report, row) => Measure(report, row.Task, row.Config, "train", row.Units, row.Step, row.Unit));
        using var _ = Autograd.NoGrad();
        if (report.Wants("cnn"))
        {
            var (model, x) = (PeerCnn().Eval(), Tensor.Randn([64, 1, 28, 28]));
            Measure(report, "cnn", "mnist c32-c64-f128 b64" + Suffix(report), "forward", 64, () => Forward(report, () => model.Forward(x))());
        }
        if (report.Wants("lstm")) Generate(report);
        if (report.Wants("resnet18"))
        {
            var (model, x) = (ResNet.Small18().Eval(), Tensor.Randn([32, 3, 32, 32]));
            Measure(report, "resnet18", "cifar b32" + Suffix(report), "forward", 32, () => Forward(report, () => model.Forward(x))());
        }
    }

    /// <summary>A character at a time, as text is generated: every step is products of one row.</summary>
    static void Generate(Report report)
    {
        var state = new CharLstm(65, width: 128, hiddenSize: 256, layers: 2).Eval().Begin();
        Measure(report, "lstm", "v65 e128 h256x2 b1", "generate", 1, () => state.Next([7]), "tokens/s");
    }

    /// <summary>Does something to each model in training that is asked for.</summary>
    internal static void Run(Report report, Action<Report, TrainingRow> act)
    {
        foreach (string name in s_rows.Keys)
            if (report.Wants(name)) Run(report, name, row => act(report, row));
    }

    /// <summary>Does something to one of them.</summary>
    internal static void Run(Report report, string name, Action<TrainingRow> act)
    {
        Generator.ManualSeed(1);
        var row = s_rows[name]();
        act(row with { Config = row.Config + Suffix(report), Loss = Forward(report, row.Loss) });
    }

    static TrainingRow Mlp()
    {
        var model = new Sequential(new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10));
        var (x, y) = (Tensor.Randn([128, 784]), Tensor.RandInt(0, 10, [128]));
        return new("mlp", "784-512-256-10 b128 adam", 128, "images/s", new Adam(model.Parameters(), 1e-3), () => F.CrossEntropy(model.Forward(x), y));
    }

    static TrainingRow Cnn()
    {
        var model = PeerCnn();
        var (x, y) = (Tensor.Randn([64, 1, 28, 28]), Tensor.RandInt(0, 10, [64]));
        return new("cnn", "mnist c32-c64-f128 b64 adam", 64, "images/s", new Adam(model.Parameters(), 1e-3), () => F.CrossEntropy(model.Forward(x), y));
    }

    static TrainingRow ResNet18()
    {
        var model = ResNet.Small18();
        var (x, y) = (Tensor.Randn([32, 3, 32, 32]), Tensor.RandInt(0, 10, [32]));
        return new("resnet18", "cifar b32 sgd", 32, "images/s", new SGD(model.Parameters(), 0.01, momentum: 0.9), () => F.CrossEntropy(model.Forward(x), y));
    }

    static TrainingRow Lstm()
    {
        var model = new CharLstm(65, width: 128, hiddenSize: 256, layers: 2);
        var (x, y) = (Tensor.RandInt(0, 65, [32, 64]), Tensor.RandInt(0, 65, [32 * 64]));
        return new("lstm", "v65 e128 h256x2 s64 b32 adam", 32 * 64, "tokens/s", new Adam(model.Parameters(), 1e-3),
            () => F.CrossEntropy(model.Forward(x).Reshape(-1, 65), y));
    }

    static TrainingRow Gpt(int layers, int heads, int width, int context, int batch)
    {
        var model = new CharGpt(new() { VocabularySize = 65, Layers = layers, Heads = heads, Width = width, ContextLength = context, TieWeights = false });
        var (x, y) = (Tensor.RandInt(0, 65, [batch, context]), Tensor.RandInt(0, 65, [batch * context]));
        return new("gpt", $"L{layers} H{heads} d{width} ctx{context} b{batch} adamw", batch * context, "tokens/s", new AdamW(model.Parameters(), 1e-3),
            () => F.CrossEntropy(model.Forward(x).Reshape(-1, 65), y));
    }

    /// <summary>The convolutional network that the peers train.</summary>
    internal static Module PeerCnn() => new Sequential(
        new Conv2d(1, 32, 3), new ReLU(), new Conv2d(32, 64, 3), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Linear(9216, 128), new ReLU(), new Linear(128, 10));

    static string Suffix(Report report) => report.Autocast ? " bf16" : "";

    /// <summary>A forward pass in the precision asked for.</summary>
    static Func<Tensor> Forward(Report report, Func<Tensor> pass) => () =>
    {
        using var region = report.Autocast ? Autocast.Enter(DType.BFloat16) : Autocast.Disable();
        return pass();
    };

    internal static Action Step(Module model, Optimizer optimizer, Func<Tensor> loss) => () =>
    {
        optimizer.ZeroGrad();
        loss().Backward();
        optimizer.Step();
    };

    internal static void Measure(Report report, string task, string config, string metric, int units, Action step, string unit = "images/s")
    {
        var (seconds, spread) = Stopwatches.Median(step, warm: 4, each: 1);
        report.Emit(task, config, metric, units / seconds, unit, spread);
    }
}
