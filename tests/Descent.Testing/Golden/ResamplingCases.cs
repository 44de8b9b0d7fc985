using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Interpolation, sampling at places, and elements moved between channels and places.</summary>
static class ResamplingCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["interpolate"] = c => F.Interpolate(c["input"], c.MaybeInts("size"), c.Doubles("scale_factor"), Mode(c),
            c.Has("align_corners") ? c.Flag("align_corners") : null, c.Flag("recompute_scale_factor"), c.Flag("antialias")),
        ["grid_sample"] = c => F.GridSample(c["input"], c["grid"], Mode(c), c.Text("padding_mode") switch
        {
            "zeros" => PaddingMode.Constant,
            "border" => PaddingMode.Replicate,
            _ => PaddingMode.Reflect,
        }, c.Flag("align_corners")),
        ["affine_grid"] = c => F.AffineGrid(c["theta"], c.Ints("size"), c.Flag("align_corners")),
        ["PixelShuffle"] = c => c["input"].PixelShuffle(c.Int("upscale_factor")),
        ["PixelUnshuffle"] = c => c["input"].PixelUnshuffle(c.Int("downscale_factor")),
        ["ChannelShuffle"] = c => c["input"].ChannelShuffle(c.Int("groups")),
    };

    static InterpolationMode Mode(GoldenCall c) => Enum.Parse<InterpolationMode>(c.Text("mode").Replace("-", ""), ignoreCase: true);
}
