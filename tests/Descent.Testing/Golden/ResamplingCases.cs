using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Interpolation, sampling at places, and elements moved between channels and places.</summary>
static class ResamplingCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["interpolate"] = c => Interpolated(c, c.MaybeText("mode") ?? "nearest", c.Has("align_corners") ? c.Flag("align_corners") : null),
        ["grid_sample"] = c => F.GridSample(c["input"], c["grid"], Mode(c.MaybeText("mode") ?? "bilinear"), c.MaybeText("padding_mode") switch
        {
            null or "zeros" => PaddingMode.Constant,
            "border" => PaddingMode.Replicate,
            _ => PaddingMode.Reflect,
        }, c.Flag("align_corners")),
        ["affine_grid"] = c => F.AffineGrid(c["theta"], c.Ints("size"), c.Flag("align_corners")),
        ["PixelShuffle"] = c => c["input"].PixelShuffle(c.Int("upscale_factor")),
        ["PixelUnshuffle"] = c => c["input"].PixelUnshuffle(c.Int("downscale_factor")),
        ["ChannelShuffle"] = c => c["input"].ChannelShuffle(c.Int("groups")),
    };

    internal static Tensor Interpolated(GoldenCall c, string mode, bool? alignCorners) => F.Interpolate(c["input"], c.MaybeInts("size"), c.Doubles("scale_factor"),
        Mode(mode), alignCorners, c.Flag("recompute_scale_factor"), c.Flag("antialias"));

    static InterpolationMode Mode(string name) => Enum.Parse<InterpolationMode>(name.Replace("-", ""), ignoreCase: true);
}
