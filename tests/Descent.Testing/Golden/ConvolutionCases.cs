using System.Text.Json;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Convolutions and transposed convolutions.</summary>
static class ConvolutionCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["Conv1d"] = c => LayerCases.Forward(c, new Conv1d(c.Int("in_channels"), c.Int("out_channels"), c.Ints("kernel_size")[0], c.Ints("stride")[0], Padding(c), c.Ints("dilation")[0], c.Int("groups"), c.Flag("bias"), Mode(c))),
        ["Conv2d"] = c => LayerCases.Forward(c, new Conv2d(c.Int("in_channels"), c.Int("out_channels"), c.Pair("kernel_size"), c.Pair("stride"), Padding(c), c.Pair("dilation"), c.Int("groups"), c.Flag("bias"), Mode(c))),
        ["Conv3d"] = c => LayerCases.Forward(c, new Conv3d(c.Int("in_channels"), c.Int("out_channels"), c.Triple("kernel_size"), c.Triple("stride"), Padding(c), c.Triple("dilation"), c.Int("groups"), c.Flag("bias"), Mode(c))),
        ["ConvTranspose1d"] = c => LayerCases.Forward(c, new ConvTranspose1d(c.Int("in_channels"), c.Int("out_channels"), c.Ints("kernel_size")[0], c.Ints("stride")[0], c.Ints("padding")[0], c.Ints("output_padding")[0], c.Int("groups"), c.Flag("bias"), c.Ints("dilation")[0])),
        ["ConvTranspose2d"] = c => LayerCases.Forward(c, new ConvTranspose2d(c.Int("in_channels"), c.Int("out_channels"), c.Pair("kernel_size"), c.Pair("stride"), c.Pair("padding"), c.Pair("output_padding"), c.Int("groups"), c.Flag("bias"), c.Pair("dilation"))),
        ["ConvTranspose3d"] = c => LayerCases.Forward(c, new ConvTranspose3d(c.Int("in_channels"), c.Int("out_channels"), c.Triple("kernel_size"), c.Triple("stride"), c.Triple("padding"), c.Triple("output_padding"), c.Int("groups"), c.Flag("bias"), c.Triple("dilation"))),
    };

    static ConvolutionPadding Padding(GoldenCall c) => c.Arg("padding").ValueKind == JsonValueKind.String ? c.Text("padding") : c.Ints("padding") switch
    {
        [var all] => all,
        [var height, var width] => (height, width),
        var all => (all[0], all[1], all[2]),
    };

    static PaddingMode Mode(GoldenCall c) => c.Text("padding_mode") is "zeros" ? PaddingMode.Constant : Enum.Parse<PaddingMode>(c.Text("padding_mode"), ignoreCase: true);
}
