using System.Text.Json;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Short trainings of a sequence of layers.</summary>
static class TrainingCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["train_mlp"] = Train,
        ["train_cnn"] = Train,
    };

    /// <summary>Layers by PyTorch's names, from its constructors' arguments in their order; those of convolutions end with the bias.</summary>
    static readonly Dictionary<string, Func<JsonElement, Module>> s_layers = new()
    {
        ["Linear"] = a => new Linear(Int(a, 1), Int(a, 2), Flag(a, 3)),
        ["Conv1d"] = a => new Conv1d(Int(a, 1), Int(a, 2), Int(a, 3), Int(a, 4, 1), Int(a, 5, 0), bias: Flag(a, 6)),
        ["Conv2d"] = a => new Conv2d(Int(a, 1), Int(a, 2), Size(a, 3), Size(a, 4, 1), Padding(a, 5), bias: Flag(a, 6)),
        ["BatchNorm1d"] = a => new BatchNorm1d(Int(a, 1), Number(a, 2, 1e-5), Number(a, 3, 0.1)),
        ["BatchNorm2d"] = a => new BatchNorm2d(Int(a, 1), Number(a, 2, 1e-5), Number(a, 3, 0.1)),
        ["InstanceNorm2d"] = a => new InstanceNorm2d(Int(a, 1), Number(a, 2, 1e-5)),
        ["GroupNorm"] = a => new GroupNorm(Int(a, 1), Int(a, 2), Number(a, 3, 1e-5)),
        ["LayerNorm"] = a => new LayerNorm(a[1].ValueKind == JsonValueKind.Array ? new Shape([.. a[1].EnumerateArray().Select(n => n.GetInt32())]) : new Shape(Int(a, 1)), Number(a, 2, 1e-5)),
        ["MaxPool1d"] = a => new MaxPool1d(Int(a, 1), Int(a, 2, Int(a, 1)), Int(a, 3, 0)),
        ["MaxPool2d"] = a => new MaxPool2d(Size(a, 1), Given(a, 2) ? Size(a, 2) : null, Size(a, 3, 0)),
        ["AvgPool2d"] = a => new AvgPool2d(Size(a, 1), Given(a, 2) ? Size(a, 2) : null, Size(a, 3, 0)),
        ["AdaptiveAvgPool2d"] = a => Size(a, 1) is var size ? new AdaptiveAvgPool2d(size.Height, size.Width) : null!,
        ["AdaptiveMaxPool2d"] = a => Size(a, 1) is var size ? new AdaptiveMaxPool2d(size.Height, size.Width) : null!,
        ["Dropout"] = a => new Dropout(Number(a, 1, 0.5)),
        ["Flatten"] = a => new Flatten(Int(a, 1, 1), Int(a, 2, -1)),
        ["Identity"] = _ => new Identity(),
        ["ReLU"] = _ => new ReLU(),
        ["ReLU6"] = _ => new ReLU6(),
        ["LeakyReLU"] = a => new LeakyReLU(Number(a, 1, 0.01)),
        ["PReLU"] = a => new PReLU(Int(a, 1, 1), Number(a, 2, 0.25)),
        ["ELU"] = a => new ELU(Number(a, 1, 1)),
        ["CELU"] = a => new CELU(Number(a, 1, 1)),
        ["SELU"] = _ => new SELU(),
        ["GELU"] = a => new GELU(Given(a, 1) && a[1].GetString() == "tanh" ? GeluApproximation.Tanh : GeluApproximation.None),
        ["SiLU"] = _ => new SiLU(),
        ["Mish"] = _ => new Mish(),
        ["Sigmoid"] = _ => new Sigmoid(),
        ["LogSigmoid"] = _ => new LogSigmoid(),
        ["Tanh"] = _ => new Tanh(),
        ["Softplus"] = a => new Softplus(Number(a, 1, 1), Number(a, 2, 20)),
        ["Softsign"] = _ => new Softsign(),
        ["Hardtanh"] = a => new Hardtanh(Number(a, 1, -1), Number(a, 2, 1)),
        ["Hardswish"] = _ => new Hardswish(),
        ["Hardsigmoid"] = _ => new Hardsigmoid(),
        ["Softmax"] = a => new Softmax(Int(a, 1, -1)),
        ["LogSoftmax"] = a => new LogSoftmax(Int(a, 1, -1)),
    };

    static bool Given(JsonElement a, int at) => at < a.GetArrayLength() && a[at].ValueKind != JsonValueKind.Null;

    static int Int(JsonElement a, int at, int? missing = null) => Given(a, at) || missing is null ? a[at].GetInt32() : missing.Value;

    static double Number(JsonElement a, int at, double missing) => Given(a, at) ? a[at].GetDouble() : missing;

    static bool Flag(JsonElement a, int at) => !Given(a, at) || a[at].GetBoolean();

    static (int Height, int Width) Size(JsonElement a, int at, int? missing = null) => Given(a, at) && a[at].ValueKind == JsonValueKind.Array
        ? (a[at][0].GetInt32(), a[at][1].GetInt32()) : (Int(a, at, missing), Int(a, at, missing));

    static ConvolutionPadding Padding(JsonElement a, int at) => Given(a, at) && a[at].ValueKind == JsonValueKind.String ? a[at].GetString()! : Size(a, at, 0);

    /// <summary>Optimizers with PyTorch's defaults, from the options that are given.</summary>
    static readonly Dictionary<string, Func<IEnumerable<Tensor>, Options, Optimizer>> s_optimizers = new()
    {
        ["SGD"] = (p, o) => new SGD(p, o["lr", 0], o["momentum", 0], o["dampening", 0], o["weight_decay", 0], o.Flag("nesterov")),
        ["Adam"] = (p, o) => new Adam(p, o["lr", 1e-3], o.Betas, o["eps", 1e-8], o["weight_decay", 0], o.Flag("amsgrad")),
        ["AdamW"] = (p, o) => new AdamW(p, o["lr", 1e-3], o.Betas, o["eps", 1e-8], o["weight_decay", 1e-2], o.Flag("amsgrad")),
        ["NAdam"] = (p, o) => new NAdam(p, o["lr", 2e-3], o.Betas, o["eps", 1e-8], o["weight_decay", 0], o["momentum_decay", 4e-3]),
        ["RAdam"] = (p, o) => new RAdam(p, o["lr", 1e-3], o.Betas, o["eps", 1e-8], o["weight_decay", 0]),
        ["Adamax"] = (p, o) => new Adamax(p, o["lr", 2e-3], o.Betas, o["eps", 1e-8], o["weight_decay", 0]),
        ["Adagrad"] = (p, o) => new Adagrad(p, o["lr", 1e-2], o["lr_decay", 0], o["weight_decay", 0], o["initial_accumulator_value", 0], o["eps", 1e-10]),
        ["Adadelta"] = (p, o) => new Adadelta(p, o["lr", 1], o["rho", 0.9], o["eps", 1e-6], o["weight_decay", 0]),
        ["RMSprop"] = (p, o) => new RMSprop(p, o["lr", 1e-2], o["alpha", 0.99], o["eps", 1e-8], o["weight_decay", 0], o["momentum", 0], o.Flag("centered")),
    };

    /// <summary>An optimizer's options by name.</summary>
    sealed record Options(JsonElement Json)
    {
        internal double this[string name, double missing] => Json.TryGetProperty(name, out var value) ? value.GetDouble() : missing;

        internal (double, double)? Betas => Json.TryGetProperty("betas", out var betas) ? (betas[0].GetDouble(), betas[1].GetDouble()) : null;

        internal bool Flag(string name) => Json.TryGetProperty(name, out var value) && value.GetBoolean();
    }

    static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> s_losses = new()
    {
        ["cross_entropy"] = (y, target) => F.CrossEntropy(y, target),
        ["nll_loss"] = (y, target) => F.NllLoss(y, target),
        ["mse_loss"] = (y, target) => F.MseLoss(y, target),
        ["l1_loss"] = (y, target) => F.L1Loss(y, target),
        ["smooth_l1_loss"] = (y, target) => F.SmoothL1Loss(y, target),
        ["huber_loss"] = (y, target) => F.HuberLoss(y, target),
        ["binary_cross_entropy"] = (y, target) => F.BinaryCrossEntropy(y, target),
        ["binary_cross_entropy_with_logits"] = (y, target) => F.BinaryCrossEntropyWithLogits(y, target),
    };

    /// <summary>Why a case cannot be run yet, or null.</summary>
    internal static string? Missing(GoldenCase golden) =>
        golden.Args.GetProperty("layers").EnumerateArray().Select(layer => layer[0].GetString()!).FirstOrDefault(name => !s_layers.ContainsKey(name)) is { } name
            ? $"the layer '{name}' is not built yet" : null;

    static GoldenOutputs Train(GoldenCall c)
    {
        var model = new Sequential(c.Arg("layers").EnumerateArray().Select(layer => s_layers[layer[0].GetString()!](layer)));
        model.LoadStateDict(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]));
        var optimizer = s_optimizers[c.Text("optimizer")](model.Parameters(), new(c.Arg("optimizer_args")));

        var (x, y) = (c["x"], c["y"]);
        var losses = new List<Tensor>();
        for (int step = 0; step < c.Int("steps"); step++)
        {
            var loss = s_losses[c.Text("loss")](model.Forward(x.Select(0, step)), y.Select(0, step));
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
            losses.Add(loss.Detach());
        }
        model.Eval();
        var outputs = new GoldenOutputs { ["loss"] = Tensor.Stack([.. losses]), ["eval_output"] = model.Forward(x.Select(0, 0)) };
        foreach (var (name, value) in model.StateDict()) outputs.Add($"final.{name}", value);
        return outputs;
    }
}
