using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Layers, with the parameters of the case in place of their own.</summary>
static class LayerCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["Linear"] = c => Forward(c, new Linear(c.Int("in_features"), c.Int("out_features"), c.Flag("bias"))),
        ["Dropout"] = c => Forward(c, new Dropout(c.Double("p"))),
        ["BatchNorm2d"] = c => Normalized(c, new BatchNorm2d(c.Int("num_features"), c.Double("eps"), c.Has("momentum") ? c.Double("momentum") : null, c.Flag("affine"), c.Flag("track_running_stats"))),
    };

    internal static Tensor Forward(GoldenCall c, Module layer)
    {
        layer.Train(!c.Has("training") || c.Flag("training"));
        return layer.Call(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]), c["input"]);
    }

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
