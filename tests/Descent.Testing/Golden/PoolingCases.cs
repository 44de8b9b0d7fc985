using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Pooling and its reverse.</summary>
static class PoolingCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["MaxPool1d"] = c => Indexed(F.MaxPool1dWithIndices(c["input"], c.Ints("kernel_size")[0], Stride1(c), c.Ints("padding", 0)[0], c.Ints("dilation", 1)[0], c.Flag("ceil_mode"))),
        ["MaxPool2d"] = c => Indexed(F.MaxPool2dWithIndices(c["input"], c.Pair("kernel_size"), Stride2(c), c.Pair("padding", 0), c.Pair("dilation", 1), c.Flag("ceil_mode"))),
        ["MaxPool3d"] = c => Indexed(F.MaxPool3dWithIndices(c["input"], c.Triple("kernel_size"), Stride3(c), c.Triple("padding", 0), c.Triple("dilation", 1), c.Flag("ceil_mode"))),
        ["AvgPool1d"] = c => F.AvgPool1d(c["input"], c.Ints("kernel_size")[0], Stride1(c), c.Ints("padding", 0)[0], c.Flag("ceil_mode"), c.Flag("count_include_pad", true)),
        ["AvgPool2d"] = c => F.AvgPool2d(c["input"], c.Pair("kernel_size"), Stride2(c), c.Pair("padding", 0), c.Flag("ceil_mode"), c.Flag("count_include_pad", true), c.MaybeInt("divisor_override")),
        ["AvgPool3d"] = c => F.AvgPool3d(c["input"], c.Triple("kernel_size"), Stride3(c), c.Triple("padding", 0), c.Flag("ceil_mode"), c.Flag("count_include_pad", true), c.MaybeInt("divisor_override")),
        ["LPPool1d"] = c => F.LPPool1d(c["input"], c.Double("norm_type"), c.Ints("kernel_size")[0], Stride1(c), c.Flag("ceil_mode")),
        ["LPPool2d"] = c => F.LPPool2d(c["input"], c.Double("norm_type"), c.Pair("kernel_size"), Stride2(c), c.Flag("ceil_mode")),
        ["AdaptiveAvgPool1d"] = c => F.AdaptiveAvgPool1d(c["input"], c.Ints("output_size")[0]),
        ["AdaptiveAvgPool2d"] = c => { var n = Windows(c, 2); return F.AdaptiveAvgPool2d(c["input"], n[0], n[1]); },
        ["AdaptiveAvgPool3d"] = c => { var n = Windows(c, 3); return F.AdaptiveAvgPool3d(c["input"], n[0], n[1], n[2]); },
        ["AdaptiveMaxPool1d"] = c => Indexed(F.AdaptiveMaxPool1dWithIndices(c["input"], c.Ints("output_size")[0])),
        ["AdaptiveMaxPool2d"] = c => { var n = Windows(c, 2); return Indexed(F.AdaptiveMaxPool2dWithIndices(c["input"], n[0], n[1])); },
        ["AdaptiveMaxPool3d"] = c => { var n = Windows(c, 3); return Indexed(F.AdaptiveMaxPool3dWithIndices(c["input"], n[0], n[1], n[2])); },
        ["MaxUnpool1d"] = c => F.MaxUnpool1d(c["input"], c["indices"], c.Ints("kernel_size")[0], Stride1(c), c.Ints("padding", 0)[0], c.MaybeInts("output_size")),
        ["MaxUnpool2d"] = c => F.MaxUnpool2d(c["input"], c["indices"], c.Pair("kernel_size"), Stride2(c), c.Pair("padding", 0), c.MaybeInts("output_size")),
        ["MaxUnpool3d"] = c => F.MaxUnpool3d(c["input"], c["indices"], c.Triple("kernel_size"), Stride3(c), c.Triple("padding", 0), c.MaybeInts("output_size")),
    };

    static int? Stride1(GoldenCall c) => c.MaybeInts("stride")?[0];

    static Pair? Stride2(GoldenCall c) => c.Has("stride") ? c.Pair("stride") : null;

    static Triple? Stride3(GoldenCall c) => c.Has("stride") ? c.Triple("stride") : null;

    /// <summary>Numbers of windows, of which some may be None.</summary>
    static int?[] Windows(GoldenCall c, int rank) => c.Arg("output_size") is { ValueKind: System.Text.Json.JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(GoldenCall.MaybeInt)] : [.. Enumerable.Repeat((int?)c.Int("output_size"), rank)];

    static GoldenOutputs Indexed((Tensor Values, Tensor Indices) pooled) => new() { ["output"] = pooled.Values, ["indices"] = pooled.Indices };
}
