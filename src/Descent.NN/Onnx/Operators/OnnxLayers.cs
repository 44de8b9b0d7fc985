using Descent.Tensors;

namespace Descent.NN;

/// <summary>Products, convolutions and normalisation.</summary>
static class OnnxLayers
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["MatMul"] = c => [c[0].MatMul(c[1])],
        ["Gemm"] = c => [Gemm(c)],
        ["Einsum"] = c => [Tensor.Einsum(c.Text("equation", ""), c.All)],
        ["Conv"] = c => [Conv(c)],
        ["ConvTranspose"] = c => [ConvTranspose(c)],
        ["BatchNormalization"] = c => [BatchNormalization(c)],
        ["InstanceNormalization"] = c => [F.GroupNorm(c[0], c[0].Shape[1], c[1], c[2], c.Float("epsilon", 1e-5f))],
        ["LayerNormalization"] = c => [LayerNormalization(c)],
        ["GroupNormalization"] = c => [GroupNormalization(c)],
        ["RMSNormalization"] = c => [F.RmsNorm(c[0], c[0].Shape[OnnxCall.Axis(c[0].Shape, c.Integer("axis", -1))..], c[1], c.Float("epsilon", 1e-5f))],
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

    static Tensor Conv(OnnxCall c)
    {
        Tensor x = c[0], weight = c[1];
        var w = OnnxWindows.Of(c, [.. weight.Shape[2..].ToArray()]);
        if (!w.IsEven) (x, w) = (w.Padded(x, 0), w.Unpadded);
        int groups = c.Integer("group", 1);
        var bias = c.Optional(2);
        return w switch
        {
            { Rank: 1 } => F.Conv1d(x, weight, bias, w.Stride[0], w.Before[0], w.Dilation[0], groups),
            { Rank: 2 } => F.Conv2d(x, weight, bias, OnnxWindows.Two(w.Stride), OnnxWindows.Two(w.Before), OnnxWindows.Two(w.Dilation), groups),
            { Rank: 3 } => F.Conv3d(x, weight, bias, OnnxWindows.Three(w.Stride), OnnxWindows.Three(w.Before), OnnxWindows.Three(w.Dilation), groups),
            _ => throw new NotSupportedException($"{w.Rank} spatial dimensions are not supported."),
        };
    }

    /// <summary>Uneven padding cuts off what even padding leaves too much of.</summary>
    static Tensor ConvTranspose(OnnxCall c)
    {
        Tensor x = c[0], weight = c[1];
        if (c.Text("auto_pad", "NOTSET") != "NOTSET" || c.Has("output_shape")) throw new NotSupportedException("auto_pad and output_shape are not supported.");
        var w = OnnxWindows.Of(c, [.. weight.Shape[2..].ToArray()]);
        int[] added = c.Integers("output_padding") ?? new int[w.Rank];
        int groups = c.Integer("group", 1);
        var bias = c.Optional(2);
        var none = new int[w.Rank];
        var even = w.IsEven ? w : w.Unpadded;
        int[] extra = w.IsEven ? added : none;
        var y = w.Rank switch
        {
            1 => F.ConvTranspose1d(x, weight, bias, even.Stride[0], even.Before[0], extra[0], groups, even.Dilation[0]),
            2 => F.ConvTranspose2d(x, weight, bias, OnnxWindows.Two(even.Stride), OnnxWindows.Two(even.Before), OnnxWindows.Two(extra), groups, OnnxWindows.Two(even.Dilation)),
            3 => F.ConvTranspose3d(x, weight, bias, OnnxWindows.Three(even.Stride), OnnxWindows.Three(even.Before), OnnxWindows.Three(extra), groups, OnnxWindows.Three(even.Dilation)),
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
