using Descent.Tensors;

namespace Descent.NN;

/// <summary>Pooling and its reverse, and patches added to images.</summary>
static class OnnxPooling
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["MaxPool"] = MaxPool,
        ["MaxUnpool"] = c => [MaxUnpool(c)],
        ["AveragePool"] = c => [AveragePool(c)],
        ["GlobalAveragePool"] = c => [c[0].Mean([.. Enumerable.Range(2, c[0].Rank - 2)], keepDim: true)],
        ["GlobalMaxPool"] = c => [c[0].Amax([.. Enumerable.Range(2, c[0].Rank - 2)], keepDim: true)],
        ["Col2Im"] = c => [Col2Im(c)],
    };

    /// <summary>The maxima, and if asked for their places, counted from the front of the whole tensor.</summary>
    static Tensor[] MaxPool(OnnxCall c)
    {
        var w = OnnxWindows.Of(c, c.Integers("kernel_shape") ?? []);
        var x = c[0];
        bool ceil = c.Flag("ceil_mode");
        if (c.Outputs > 1 && (!w.IsEven || c.Flag("storage_order"))) throw new NotSupportedException("indices are supported in row-major order and with even padding.");
        if (!w.IsEven) (x, w) = (w.Padded(x, double.NegativeInfinity), w.Unpadded);
        var (values, places) = w.Rank switch
        {
            1 => F.MaxPool1dWithIndices(x, w.Kernel[0], w.Stride[0], w.Before[0], w.Dilation[0], ceil),
            2 => F.MaxPool2dWithIndices(x, OnnxWindows.Two(w.Kernel), OnnxWindows.Two(w.Stride), OnnxWindows.Two(w.Before), OnnxWindows.Two(w.Dilation), ceil),
            3 => F.MaxPool3dWithIndices(x, OnnxWindows.Three(w.Kernel), OnnxWindows.Three(w.Stride), OnnxWindows.Three(w.Before), OnnxWindows.Three(w.Dilation), ceil),
            _ => throw new NotSupportedException($"{w.Rank} spatial dimensions are not supported."),
        };
        if (c.Outputs == 1) return [values];
        var planes = Tensor.Arange(x.Shape[..2].Elements, dtype: DType.Int64) * (long)x.Shape[2..].Elements;
        return [values, places + planes.Reshape([.. x.Shape[..2], .. Enumerable.Repeat(1, w.Rank)])];
    }

    static Tensor MaxUnpool(OnnxCall c)
    {
        var x = c[0];
        var w = OnnxWindows.Of(c, c.Integers("kernel_shape") ?? []);
        int[] sizes = [.. x.Shape[..2], .. Enumerable.Range(0, w.Rank).Select(i => (x.Shape[i + 2] - 1) * w.Stride[i] + w.Kernel[i] - w.Before[i] - w.After[i])];
        // Runtimes do not agree on what the indices count in other sizes.
        if (c.Values(2) is { } asked && !asked.AsSpan().SequenceEqual(sizes)) throw new NotSupportedException($"the sizes ({string.Join(", ", asked)}) instead of ({string.Join(", ", sizes)}) are not supported.");
        var shape = new Shape(sizes);
        return Tensor.Zeros([shape.Elements], x.DType).Scatter(0, c[1].Reshape(-1), x.Reshape(-1)).Reshape(shape);
    }

    static Tensor Col2Im(OnnxCall c)
    {
        if (c.Values(1) is not { Length: 2 } image || c.Values(2) is not { Length: 2 } block) throw new NotSupportedException("only patches of images are supported.");
        int[] ones = [1, 1], pads = c.Integers("pads") ?? [0, 0, 0, 0];
        if (pads is not [var top, var left, var bottom, var right] || top != bottom || left != right) throw new NotSupportedException("uneven padding is not supported.");
        return F.Fold(c[0], OnnxWindows.Two(image), OnnxWindows.Two(block), OnnxWindows.Two(c.Integers("dilations") ?? ones), (top, left), OnnxWindows.Two(c.Integers("strides") ?? ones));
    }

    static Tensor AveragePool(OnnxCall c)
    {
        var w = OnnxWindows.Of(c, c.Integers("kernel_shape") ?? []);
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
            2 => F.AvgPool2d(x, OnnxWindows.Two(w.Kernel), OnnxWindows.Two(w.Stride), OnnxWindows.Two(w.Before), ceil, counts),
            3 => F.AvgPool3d(x, OnnxWindows.Three(w.Kernel), OnnxWindows.Three(w.Stride), OnnxWindows.Three(w.Before), ceil, counts),
            _ => throw new NotSupportedException($"{w.Rank} spatial dimensions are not supported."),
        };
    }
}
