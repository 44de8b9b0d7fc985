using System.Text.Json;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Layers that are a function and little else: activations, margins, rearrangement and distances, by their <c>torch.nn</c> names.</summary>
static class FunctionLayerCases
{
    /// <summary>Layers by the functions that take the same arguments.</summary>
    static readonly Dictionary<string, string> s_activations = new()
    {
        ["ReLU"] = "relu", ["ReLU6"] = "relu6", ["LeakyReLU"] = "leaky_relu", ["PReLU"] = "prelu", ["ELU"] = "elu", ["CELU"] = "celu", ["SELU"] = "selu",
        ["GELU"] = "gelu", ["SiLU"] = "silu", ["Mish"] = "mish", ["Sigmoid"] = "sigmoid", ["LogSigmoid"] = "logsigmoid", ["Tanh"] = "tanh",
        ["Tanhshrink"] = "tanhshrink", ["Softplus"] = "softplus", ["Softsign"] = "softsign", ["Hardswish"] = "hardswish", ["Hardsigmoid"] = "hardsigmoid",
        ["Hardtanh"] = "hardtanh", ["Softshrink"] = "softshrink", ["Hardshrink"] = "hardshrink", ["Threshold"] = "threshold",
        ["Softmax"] = "softmax", ["LogSoftmax"] = "log_softmax", ["Softmin"] = "softmin", ["GLU"] = "glu",
    };

    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new(
        s_activations.Select(a => KeyValuePair.Create(a.Key, ActivationCases.Table[a.Value])).Concat(Margins()))
    {
        ["Softmax2d"] = c => LayerCases.Forward(c, new Softmax2d()),
        ["Identity"] = c => LayerCases.Forward(c, new Identity()),
        ["Flatten"] = c => LayerCases.Forward(c, new Flatten(c.Int("start_dim", 1), c.Int("end_dim", -1))),
        ["Unflatten"] = c => c["input"].Unflatten(c.Int("dim"), c.Ints("unflattened_size")),
        ["Fold"] = c => F.Fold(c["input"], c.Pair("output_size"), c.Pair("kernel_size"), c.Pair("dilation", 1), c.Pair("padding", 0), c.Pair("stride", 1)),
        ["Unfold"] = c => F.Unfold(c["input"], c.Pair("kernel_size"), c.Pair("dilation", 1), c.Pair("padding", 0), c.Pair("stride", 1)),
        ["Upsample"] = c => ResamplingCases.Interpolated(c, c.MaybeText("mode") ?? "nearest", c.Has("align_corners") ? c.Flag("align_corners") : null),
        ["UpsamplingNearest2d"] = c => ResamplingCases.Interpolated(c, "nearest", null),
        ["UpsamplingBilinear2d"] = c => ResamplingCases.Interpolated(c, "bilinear", true),
        ["CosineSimilarity"] = c => F.CosineSimilarity(c["x1"], c["x2"], c.Int("dim", 1), c.Double("eps", 1e-8)),
        ["PairwiseDistance"] = c => F.PairwiseDistance(c["x1"], c["x2"], c.Double("p", 2), c.Double("eps", 1e-6), c.Flag("keepdim")),
    };

    /// <summary>The layers that pad one, two or three dimensions.</summary>
    static IEnumerable<KeyValuePair<string, Func<GoldenCall, GoldenOutputs>>> Margins()
    {
        foreach (var (name, mode) in new[] { ("Reflection", PaddingMode.Reflect), ("Replication", PaddingMode.Replicate), ("Circular", PaddingMode.Circular), ("Constant", PaddingMode.Constant), ("Zero", PaddingMode.Constant) })
            for (int rank = 1; rank <= 3; rank++)
            {
                int ends = 2 * rank;
                yield return new($"{name}Pad{rank}d", c => c["input"].Pad(
                    c.Arg("padding").ValueKind == JsonValueKind.Array ? c.Ints("padding", 0) : [.. Enumerable.Repeat(c.Int("padding"), ends)], mode, c.Double("value", 0)));
            }
    }
}
