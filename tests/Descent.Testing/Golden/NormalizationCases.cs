using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Normalisation layers.</summary>
static class NormalizationCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["BatchNorm1d"] = c => Passes(c, new BatchNorm1d(c.Int("num_features"), Epsilon(c), Momentum(c), c.Flag("affine", true), c.Flag("track_running_stats", true))),
        ["BatchNorm2d"] = c => Passes(c, new BatchNorm2d(c.Int("num_features"), Epsilon(c), Momentum(c), c.Flag("affine", true), c.Flag("track_running_stats", true))),
        ["BatchNorm3d"] = c => Passes(c, new BatchNorm3d(c.Int("num_features"), Epsilon(c), Momentum(c), c.Flag("affine", true), c.Flag("track_running_stats", true))),
        ["InstanceNorm1d"] = c => Passes(c, new InstanceNorm1d(c.Int("num_features"), Epsilon(c), Momentum(c), c.Flag("affine"), c.Flag("track_running_stats"))),
        ["InstanceNorm2d"] = c => Passes(c, new InstanceNorm2d(c.Int("num_features"), Epsilon(c), Momentum(c), c.Flag("affine"), c.Flag("track_running_stats"))),
        ["InstanceNorm3d"] = c => Passes(c, new InstanceNorm3d(c.Int("num_features"), Epsilon(c), Momentum(c), c.Flag("affine"), c.Flag("track_running_stats"))),
        ["LayerNorm"] = c => LayerCases.Forward(c, new LayerNorm(new Shape(c.Ints("normalized_shape")), Epsilon(c), c.Flag("elementwise_affine", true), c.Flag("bias", true))),
        ["RMSNorm"] = c => LayerCases.Forward(c, new RMSNorm(new Shape(c.Ints("normalized_shape")), c.Has("eps") ? c.Double("eps") : null, c.Flag("elementwise_affine", true))),
        ["GroupNorm"] = c => LayerCases.Forward(c, new GroupNorm(c.Int("num_groups"), c.Int("num_channels"), Epsilon(c), c.Flag("affine", true))),
        ["LocalResponseNorm"] = c => LayerCases.Forward(c, new LocalResponseNorm(c.Int("size"), c.Double("alpha", 1e-4), c.Double("beta", 0.75), c.Double("k", 1))),
        ["weight_norm"] = c => F.WeightNorm(c["v"], c["g"], c.MaybeInt("dim")),
    };

    static double Epsilon(GoldenCall c) => c.Double("eps", 1e-5);

    static double? Momentum(GoldenCall c) => !c.Case.Args.TryGetProperty("momentum", out _) ? 0.1 : c.Has("momentum") ? c.Double("momentum") : null;

    /// <summary>One pass over the only input, or one over each of several, and the statistics that they leave.</summary>
    static GoldenOutputs Passes(GoldenCall c, Module layer)
    {
        if (c.Case.Params.Keys.FirstOrDefault() is { } first) layer.To(c[first].DType);
        layer.LoadStateDict(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]));
        foreach (var (name, parameter) in layer.NamedParameters()) c.Replace(name, parameter);
        layer.Train(c.Flag("training", true));
        var outputs = new GoldenOutputs();
        if (c.Find("input") is { } input) outputs.Add("output", layer.Forward(input));
        foreach (var (i, each) in c.List("input").Index()) outputs.Add($"output.{i}", layer.Forward(each));
        foreach (var (name, buffer) in layer.NamedBuffers()) outputs.Add(name, buffer);
        return outputs;
    }
}
