using Descent.Tensors;

namespace Descent.NN;

/// <summary>Products, convolutions, pooling and normalisation.</summary>
static class OnnxLayers
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["MatMul"] = c => [c[0].MatMul(c[1])],
        ["Gemm"] = c => [Gemm(c)],
        ["Einsum"] = c => [Tensor.Einsum(c.Text("equation", ""), c.All)],
        ["Conv"] = c => [Conv(c)],
        ["ConvTranspose"] = c => [ConvTranspose(c)],
        ["MaxPool"] = c => [MaxPool(c)],
        ["AveragePool"] = c => [AveragePool(c)],
        ["GlobalAveragePool"] = c => [c[0].Mean([.. Enumerable.Range(2, c[0].Rank - 2)], keepDim: true)],
        ["GlobalMaxPool"] = c => [c[0].Amax([.. Enumerable.Range(2, c[0].Rank - 2)], keepDim: true)],
        ["BatchNormalization"] = c => [BatchNormalization(c)],
        ["InstanceNormalization"] = c => [F.GroupNorm(c[0], c[0].Shape[1], c[1], c[2], c.Float("epsilon", 1e-5f))],
        ["LayerNormalization"] = c => [LayerNormalization(c)],
        ["GroupNormalization"] = c => [GroupNormalization(c)],
        ["RMSNormalization"] = c => [F.RmsNorm(c[0], c[0].Shape[OnnxCall.Axis(c[0].Shape, c.Integer("axis", -1))..], c[1], c.Float("epsilon", 1e-5f))],
        ["Resize"] = c => [Resize(c)],
        ["LRN"] = c => [F.LocalResponseNorm(c[0], c.Integer("size", 1), c.Float("alpha", 1e-4f), c.Float("beta", 0.75f), c.Float("bias", 1))],
    };

    static Tensor Gemm(OnnxCall c)
    {
        var a = c.Flag("transA") ? c[0].T : c[0];
        var b = c.Flag("transB") ? c[1] : c[1].T;
        float alpha = c.Float("alpha", 1), beta = c.Float("beta", 1);
        var bias = c.Optional(2) is { } given ? beta == 1 ? given : given.Mul(beta) : null;
        if (alpha == 1 && bias is { Rank: 1 } && bias.Shape[0] == b.Shape[0]) return F.Linear(a, b, bias);
        var y = F.Linear(a, b);
        if (alpha != 1) y = y.Mul(alpha);
        return bias is null ? y : y + bias;
    }

    /// <summary>Windows over the spatial dimensions of a call; what the padding modes ask for is told before and after each.</summary>
    sealed record Windows(int Rank, int[] Kernel, int[] Stride, int[] Dilation, int[] Before, int[] After)
    {
        internal static Windows Of(OnnxCall c, int[] kernel)
        {
            int rank = c[0].Rank - 2;
            if (rank < 1 || kernel.Length != rank) throw new ArgumentException($"windows of ({string.Join(", ", kernel)}) do not fit an input of {c[0].Shape}.");
            int[] ones = [.. Enumerable.Repeat(1, rank)], pads = c.Integers("pads") ?? new int[2 * rank];
            int[] stride = c.Integers("strides") ?? ones, dilation = c.Integers("dilations") ?? ones;
            if (stride.Length != rank || dilation.Length != rank || pads.Length != 2 * rank || stride.Any(s => s < 1)) throw new ArgumentException("strides, dilations or pads do not fit the windows.");
            var w = new Windows(rank, kernel, stride, dilation, pads[..rank], pads[rank..]);
            string mode = c.Text("auto_pad", "NOTSET");
            if (mode == "VALID") return w with { Before = new int[rank], After = new int[rank] };
            return mode is "SAME_UPPER" or "SAME_LOWER" ? w.Same(c[0].Shape, mode == "SAME_UPPER") : w;
        }

        /// <summary>As much as makes the result size/stride, rounded up.</summary>
        Windows Same(Shape x, bool upper)
        {
            int[] all = [.. Enumerable.Range(0, Rank).Select(i => Math.Max(0, ((x[i + 2] + Stride[i] - 1) / Stride[i] - 1) * Stride[i] + Dilation[i] * (Kernel[i] - 1) + 1 - x[i + 2]))];
            int[] less = Array.ConvertAll(all, n => n / 2), more = Array.ConvertAll(all, n => n - n / 2);
            return upper ? this with { Before = less, After = more } : this with { Before = more, After = less };
        }

        internal bool IsEven => Before.AsSpan().SequenceEqual(After) && Before.All(n => n >= 0);

        /// <summary>The input with its padding made explicit.</summary>
        internal Tensor Padded(Tensor x, double value)
        {
            var around = new int[2 * Rank];
            for (int i = 0; i < Rank; i++) (around[2 * (Rank - 1 - i)], around[2 * (Rank - 1 - i) + 1]) = (Before[i], After[i]);
            return x.Pad(around, PaddingMode.Constant, value);
        }

        internal Windows Unpadded => this with { Before = new int[Rank], After = new int[Rank] };
    }

    static Tensor Conv(OnnxCall c)
    {
        Tensor x = c[0], weight = c[1];
        var w = Windows.Of(c, [.. weight.Shape[2..].ToArray()]);
        if (!w.IsEven) (x, w) = (w.Padded(x, 0), w.Unpadded);
        int groups = c.Integer("group", 1);
        var bias = c.Optional(2);
        return w switch
        {
            { Rank: 1 } => F.Conv1d(x, weight, bias, w.Stride[0], w.Before[0], w.Dilation[0], groups),
            { Rank: 2 } => F.Conv2d(x, weight, bias, Two(w.Stride), Two(w.Before), Two(w.Dilation), groups),
            { Rank: 3 } => F.Conv3d(x, weight, bias, Three(w.Stride), Three(w.Before), Three(w.Dilation), groups),
            _ => throw new NotSupportedException($"{w.Rank} spatial dimensions are not supported."),
        };
    }

    /// <summary>Uneven padding cuts off what even padding leaves too much of.</summary>
    static Tensor ConvTranspose(OnnxCall c)
    {
        Tensor x = c[0], weight = c[1];
        if (c.Text("auto_pad", "NOTSET") != "NOTSET" || c.Has("output_shape")) throw new NotSupportedException("auto_pad and output_shape are not supported.");
        var w = Windows.Of(c, [.. weight.Shape[2..].ToArray()]);
        int[] added = c.Integers("output_padding") ?? new int[w.Rank];
        int groups = c.Integer("group", 1);
        var bias = c.Optional(2);
        var none = new int[w.Rank];
        var even = w.IsEven ? w : w.Unpadded;
        int[] extra = w.IsEven ? added : none;
        var y = w.Rank switch
        {
            1 => F.ConvTranspose1d(x, weight, bias, even.Stride[0], even.Before[0], extra[0], groups, even.Dilation[0]),
            2 => F.ConvTranspose2d(x, weight, bias, Two(even.Stride), Two(even.Before), Two(extra), groups, Two(even.Dilation)),
            3 => F.ConvTranspose3d(x, weight, bias, Three(even.Stride), Three(even.Before), Three(extra), groups, Three(even.Dilation)),
            _ => throw new NotSupportedException($"{w.Rank} spatial dimensions are not supported."),
        };
        for (int i = 0; i < w.Rank && !w.IsEven; i++)
        {
            int cut = w.After[i] - added[i];
            if (cut < 0) throw new NotSupportedException("an output padding above the padding is not supported where the padding is uneven.");
            y = y.Narrow(i + 2, w.Before[i], y.Shape[i + 2] - w.Before[i] - cut);
        }
        return y;
    }

    static Tensor MaxPool(OnnxCall c)
    {
        var w = Windows.Of(c, c.Integers("kernel_shape") ?? []);
        var x = c[0];
        bool ceil = c.Flag("ceil_mode");
        if (!w.IsEven) (x, w) = (w.Padded(x, double.NegativeInfinity), w.Unpadded);
        return w.Rank switch
        {
            1 => F.MaxPool1d(x, w.Kernel[0], w.Stride[0], w.Before[0], w.Dilation[0], ceil),
            2 => F.MaxPool2d(x, Two(w.Kernel), Two(w.Stride), Two(w.Before), Two(w.Dilation), ceil),
            3 => F.MaxPool3d(x, Three(w.Kernel), Three(w.Stride), Three(w.Before), Three(w.Dilation), ceil),
            _ => throw new NotSupportedException($"{w.Rank} spatial dimensions are not supported."),
        };
    }

    static Tensor AveragePool(OnnxCall c)
    {
        var w = Windows.Of(c, c.Integers("kernel_shape") ?? []);
        var x = c[0];
        bool ceil = c.Flag("ceil_mode"), counts = c.Flag("count_include_pad");
        if (w.Dilation.Any(d => d != 1)) throw new NotSupportedException("dilations are not supported.");
        if (!w.IsEven)
        {
            if (!counts && w.Before.Concat(w.After).Any(n => n > 0)) throw new NotSupportedException("uneven padding that does not count is not supported.");
            (x, w) = (w.Padded(x, 0), w.Unpadded);
        }
        return w.Rank switch
        {
            1 => F.AvgPool1d(x, w.Kernel[0], w.Stride[0], w.Before[0], ceil, counts),
            2 => F.AvgPool2d(x, Two(w.Kernel), Two(w.Stride), Two(w.Before), ceil, counts),
            3 => F.AvgPool3d(x, Three(w.Kernel), Three(w.Stride), Three(w.Before), ceil, counts),
            _ => throw new NotSupportedException($"{w.Rank} spatial dimensions are not supported."),
        };
    }

    static Pair Two(int[] n) => (n[0], n[1]);

    static Triple Three(int[] n) => (n[0], n[1], n[2]);

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

    static Tensor BatchNormalization(OnnxCall c)
    {
        if (c.Flag("training_mode")) throw new NotSupportedException("the statistics of a batch are not supported; export the model for inference.");
        return F.BatchNorm(c[0], c[3], c[4], c[1], c[2], epsilon: c.Float("epsilon", 1e-5f));
    }

    static Tensor LayerNormalization(OnnxCall c)
    {
        var normalized = c[0].Shape[OnnxCall.Axis(c[0].Shape, c.Integer("axis", -1))..];
        return F.LayerNorm(c[0], normalized, Wide(c[1]), c.Optional(2) is { } bias ? Wide(bias) : null, c.Float("epsilon", 1e-5f));

        Tensor Wide(Tensor x) => x.Shape == normalized ? x : x.Expand(normalized.AsSpan());
    }

    /// <summary>From operator set 21 on there is a scale per channel, before one per group.</summary>
    static Tensor GroupNormalization(OnnxCall c)
    {
        int groups = c.Integer("num_groups", 1), channels = c[0].Shape[1];
        return F.GroupNorm(c[0], groups, Each(c[1]), Each(c[2]), c.Float("epsilon", 1e-5f));

        Tensor Each(Tensor x) => x.Elements == channels ? x : x.RepeatInterleave(channels / groups, 0);
    }
}
