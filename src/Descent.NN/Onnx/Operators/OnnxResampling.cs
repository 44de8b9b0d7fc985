using Descent.Tensors;

namespace Descent.NN;

/// <summary>Images at other sizes and places.</summary>
static class OnnxResampling
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["Resize"] = c => [Resize(c)],
        ["GridSample"] = c => [GridSample(c)],
        ["AffineGrid"] = c => [F.AffineGrid(c[0], c.Values(1) ?? [], c.Flag("align_corners"))],
    };

    static Tensor GridSample(OnnxCall c)
    {
        string mode = c.Text("mode", "linear"), padding = c.Text("padding_mode", "zeros");
        return F.GridSample(c[0], c[1], mode switch
        {
            "linear" or "bilinear" => InterpolationMode.Bilinear,
            "nearest" => InterpolationMode.Nearest,
            "cubic" or "bicubic" => InterpolationMode.Bicubic,
            _ => throw new NotSupportedException($"the mode {OnnxReader.Quoted(mode)} is not supported."),
        }, padding switch
        {
            "zeros" => PaddingMode.Constant,
            "border" => PaddingMode.Replicate,
            "reflection" => PaddingMode.Reflect,
            _ => throw new NotSupportedException($"the padding {OnnxReader.Quoted(padding)} is not supported."),
        }, c.Flag("align_corners"));
    }

    /// <summary>Images, sequences or volumes at other sizes, in the conventions that the library has too.</summary>
    static Tensor Resize(OnnxCall c)
    {
        var x = c[0];
        int rank = x.Rank - 2;
        string mode = c.Text("mode", "nearest"), places = c.Text("coordinate_transformation_mode", c.Opset < 11 ? "asymmetric" : "half_pixel");
        // Before operator set 11 the factors were the second input.
        var factors = c.Opset < 11 ? c.Optional(1) : c.Optional(2);
        int[]? sizes = c.Values(3);
        if (rank is < 1 or > 3 || c.Has("axes") || c.Flag("antialias") || c.Flag("exclude_outside")) throw new NotSupportedException("axes, antialias and exclude_outside are not supported.");
        var way = (mode, places, c.Text("nearest_mode", "round_prefer_floor")) switch
        {
            ("nearest", "asymmetric", "floor") => InterpolationMode.Nearest,
            ("nearest", "asymmetric", _) when c.Opset < 11 => InterpolationMode.Nearest,
            ("nearest", "half_pixel", "round_prefer_ceil") => InterpolationMode.NearestExact,
            ("linear", "half_pixel" or "pytorch_half_pixel" or "align_corners", _) => rank == 1 ? InterpolationMode.Linear : rank == 2 ? InterpolationMode.Bilinear : InterpolationMode.Trilinear,
            ("cubic", "half_pixel" or "pytorch_half_pixel" or "align_corners", _) when c.Float("cubic_coeff_a", -0.75f) == -0.75f => InterpolationMode.Bicubic,
            _ => throw new NotSupportedException($"the mode {mode} with {places} is not supported."),
        };
        bool? corners = mode == "nearest" ? null : places == "align_corners";
        if (sizes is { Length: > 0 })
        {
            if (sizes.Length != x.Rank || sizes[0] != x.Shape[0] || sizes[1] != x.Shape[1]) throw new NotSupportedException($"sizes ({string.Join(", ", sizes)}) for an input of {x.Shape}: only spatial sizes can change.");
            return F.Interpolate(x, size: sizes.AsSpan(2), mode: way, alignCorners: corners);
        }
        double[] scales = [.. (factors ?? throw new ArgumentException("neither factors nor sizes are given.")).To(DType.Float64).ToArray<double>()];
        if (scales.Length != x.Rank || scales[0] != 1 || scales[1] != 1) throw new NotSupportedException("only spatial sizes can change.");
        return F.Interpolate(x, scaleFactor: scales.AsSpan(2), mode: way, alignCorners: corners);
    }
}
