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

    static readonly Dictionary<string, Func<JsonElement, Module>> s_layers = new()
    {
        ["Linear"] = a => new Linear(a[1].GetInt32(), a[2].GetInt32()),
        ["Conv2d"] = a => new Conv2d(a[1].GetInt32(), a[2].GetInt32(), a[3].GetInt32(), a[4].GetInt32(), a[5].GetInt32(), bias: a[6].GetBoolean()),
        ["BatchNorm2d"] = a => new BatchNorm2d(a[1].GetInt32()),
        ["MaxPool2d"] = a => new MaxPool2d(a[1].GetInt32()),
        ["ReLU"] = _ => new ReLU(),
        ["Tanh"] = _ => new Function(x => x.Tanh()),
        ["AdaptiveAvgPool2d"] = a => a[1].GetInt32() == 1 ? new Function(x => x.Mean([2, 3], keepDim: true)) : throw new NotSupportedException("Only the mean of the whole plane."),
        ["Flatten"] = _ => new Flatten(),
    };

    static readonly Dictionary<string, Func<IEnumerable<Parameter>, Func<string, double, double>, Optimizer>> s_optimizers = new()
    {
        ["SGD"] = (p, arg) => new SGD(p, arg("lr", 0), arg("momentum", 0), weightDecay: arg("weight_decay", 0)),
        ["Adam"] = (p, arg) => new Adam(p, arg("lr", 1e-3), weightDecay: arg("weight_decay", 0)),
        ["AdamW"] = (p, arg) => new AdamW(p, arg("lr", 1e-3), weightDecay: arg("weight_decay", 1e-2)),
    };

    static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> s_losses = new()
    {
        ["cross_entropy"] = (y, target) => F.CrossEntropy(y, target),
        ["mse_loss"] = (y, target) => F.MseLoss(y, target),
    };

    /// <summary>Why a case cannot be run yet, or null.</summary>
    internal static string? Missing(GoldenCase golden) =>
        golden.Args.GetProperty("layers").EnumerateArray().Select(layer => layer[0].GetString()!).FirstOrDefault(name => !s_layers.ContainsKey(name)) is { } name
            ? $"the layer '{name}' is not built yet" : null;

    /// <summary>A layer without parameters, as a user would write one.</summary>
    sealed class Function(Func<Tensor, Tensor> f) : Module
    {
        public override Tensor Forward(Tensor x) => f(x);
    }

    static GoldenOutputs Train(GoldenCall c)
    {
        var model = new Sequential(c.Arg("layers").EnumerateArray().Select(layer => s_layers[layer[0].GetString()!](layer)));
        model.LoadStateDict(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]));
        var options = c.Arg("optimizer_args");
        var optimizer = s_optimizers[c.Text("optimizer")](model.Parameters(),
            (name, missing) => options.TryGetProperty(name, out var value) ? value.GetDouble() : missing);

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
