using System.Text.Json;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Layers, with the parameters of the case in place of their own.</summary>
static class LayerCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["Linear"] = c => Forward(c, new Linear(c.Int("in_features"), c.Int("out_features"), c.Flag("bias"))),
        ["Conv2d"] = c => Forward(c, new Conv2d(c.Int("in_channels"), c.Int("out_channels"), Pair(c, "kernel_size"), Pair(c, "stride"), Padding(c), Pair(c, "dilation"), c.Int("groups"), c.Flag("bias"), Mode(c))),
        ["Dropout"] = c => Forward(c, new Dropout(c.Double("p"))),
        ["MaxPool2d"] = c => Indexed(F.MaxPool2dWithIndices(c["input"], Pair(c, "kernel_size"), c.Has("stride") ? Pair(c, "stride") : null, Pair(c, "padding"), Pair(c, "dilation"), c.Flag("ceil_mode"))),
        ["BatchNorm2d"] = c => Normalized(c, new BatchNorm2d(c.Int("num_features"), c.Double("eps"), c.Has("momentum") ? c.Double("momentum") : null, c.Flag("affine"), c.Flag("track_running_stats"))),
    };

    static Pair Pair(GoldenCall c, string name)
    {
        var (height, width) = c.Pair(name);
        return new(height, width);
    }

    static Padding2d Padding(GoldenCall c) => c.Arg("padding").ValueKind == JsonValueKind.String ? c.Text("padding") : Pair(c, "padding");

    static PaddingMode Mode(GoldenCall c) => c.Text("padding_mode") is "zeros" ? PaddingMode.Constant : Enum.Parse<PaddingMode>(c.Text("padding_mode"), ignoreCase: true);

    static Tensor Forward(GoldenCall c, Module layer)
    {
        layer.Train(!c.Has("training") || c.Flag("training"));
        return layer.Call(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]), c["input"]);
    }

    static GoldenOutputs Indexed((Tensor Values, Tensor Indices) pooled) => new() { ["output"] = pooled.Values, ["indices"] = pooled.Indices };

    /// <summary>One pass in evaluation, or two in training with the statistics that they leave.</summary>
    static GoldenOutputs Normalized(GoldenCall c, Module layer)
    {
        layer.LoadStateDict(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]));
        foreach (var (name, parameter) in layer.NamedParameters()) c.Replace(name, parameter);
        layer.Train(c.Flag("training"));
        var outputs = new GoldenOutputs();
        if (c.Find("input") is { } input) outputs.Add("output", layer.Forward(input));
        foreach (var (i, each) in c.List("input").Index()) outputs.Add($"output.{i}", layer.Forward(each));
        foreach (var (name, buffer) in layer.NamedBuffers()) outputs.Add(name, buffer);
        return outputs;
    }
}
