using System.Text.Json;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Convolutions and transposed convolutions.</summary>
static class ConvolutionCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["Conv1d"] = c => LayerCases.Forward(c, new Conv1d(c.Int("in_channels"), c.Int("out_channels"), c.Ints("kernel_size")[0], c.Ints("stride", 1)[0], Padding(c), c.Ints("dilation", 1)[0], c.Int("groups", 1), c.Flag("bias", true), Mode(c))),
        ["Conv2d"] = c => LayerCases.Forward(c, new Conv2d(c.Int("in_channels"), c.Int("out_channels"), c.Pair("kernel_size"), c.Pair("stride", 1), Padding(c), c.Pair("dilation", 1), c.Int("groups", 1), c.Flag("bias", true), Mode(c))),
        ["Conv3d"] = c => LayerCases.Forward(c, new Conv3d(c.Int("in_channels"), c.Int("out_channels"), c.Triple("kernel_size"), c.Triple("stride", 1), Padding(c), c.Triple("dilation", 1), c.Int("groups", 1), c.Flag("bias", true), Mode(c))),
        ["ConvTranspose1d"] = c => LayerCases.Forward(c, new ConvTranspose1d(c.Int("in_channels"), c.Int("out_channels"), c.Ints("kernel_size")[0], c.Ints("stride", 1)[0], c.Ints("padding", 0)[0], c.Ints("output_padding", 0)[0], c.Int("groups", 1), c.Flag("bias", true), c.Ints("dilation", 1)[0])),
        ["ConvTranspose2d"] = c => LayerCases.Forward(c, new ConvTranspose2d(c.Int("in_channels"), c.Int("out_channels"), c.Pair("kernel_size"), c.Pair("stride", 1), c.Pair("padding", 0), c.Pair("output_padding", 0), c.Int("groups", 1), c.Flag("bias", true), c.Pair("dilation", 1))),
        ["ConvTranspose3d"] = c => LayerCases.Forward(c, new ConvTranspose3d(c.Int("in_channels"), c.Int("out_channels"), c.Triple("kernel_size"), c.Triple("stride", 1), c.Triple("padding", 0), c.Triple("output_padding", 0), c.Int("groups", 1), c.Flag("bias", true), c.Triple("dilation", 1))),
    };

    static ConvolutionPadding Padding(GoldenCall c) => c.Has("padding") && c.Arg("padding").ValueKind == JsonValueKind.String ? c.Text("padding") : c.Ints("padding", 0) switch
    {
        [var all] => all,
        [var height, var width] => (height, width),
        var all => (all[0], all[1], all[2]),
    };

    static PaddingMode Mode(GoldenCall c) => c.MaybeText("padding_mode") is null or "zeros" ? PaddingMode.Constant : Enum.Parse<PaddingMode>(c.Text("padding_mode"), ignoreCase: true);
}
