namespace Descent.NN;

/// <summary>Matrix products and convolutions.</summary>
static class LinearTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["MatMul"] = MatMul,
        ["Linear"] = t => t.Give("Gemm", [t[0], t[1], t[2]], ("transB", 1L)),
        ["Convolution"] = t => t.Give("Conv", Operands(t), [.. Windows(t)]),
        ["TransposedConvolution"] = Transposed,
    };

    static void MatMul(Translation t)
    {
        bool transposeA = t.Has<bool>(0) && t.Attribute<bool>(0), transposeB = t.Has<bool>(1) && t.Attribute<bool>(1);
        if (transposeA || transposeB) t.Give("Gemm", [t[0], t[1]], ("transA", transposeA ? 1L : 0L), ("transB", transposeB ? 1L : 0L));
        else t.Give("MatMul", [t[0], t[1]]);
    }

    /// <summary>
    /// Runtimes want less added to the output than the stride: the rest is taken off the padding behind it, or, where no
    /// window reaches, appended as zeros before the bias.
    /// </summary>
    static void Transposed(Translation t)
    {
        int[] stride = t.Attribute<int[]>(0), padding = t.Attribute<int[]>(1), added = t.Attribute<int[]>(4);
        int[] behind = [.. padding.Zip(added, (p, a) => p - Math.Min(p, a))], rest = [.. padding.Zip(added, (p, a) => a - Math.Min(p, a))];
        string[] operands = Operands(t);
        if (rest.Zip(stride).All(d => d.First < d.Second))
        {
            t.Give("ConvTranspose", operands, [.. Windows(t, behind), ("output_padding", ShapeTranslations.Longs(rest))]);
            return;
        }
        string y = t.Add("ConvTranspose", operands[..2], [.. Windows(t, behind)]);
        y = t.Add("Pad", [y, t.Graph.Integers([.. new long[stride.Length + 4], .. ShapeTranslations.Longs(rest)])]);
        t.Give(operands.Length < 3 ? y : t.Add("Add", [y, t.Add("Reshape", [operands[2], t.Graph.Integers([1, -1, .. Enumerable.Repeat(1L, stride.Length)])])]));
    }

    static string[] Operands(Translation t) => [.. Enumerable.Range(0, t.Inputs).Select(i => t.As(i, t.Out().DType))];

    static (string, object)[] Windows(Translation t, int[]? behind = null)
    {
        int[] padding = t.Attribute<int[]>(1);
        return
        [
            ("kernel_shape", ShapeTranslations.Longs(t.In(1).Shape[2..].ToArray())), ("strides", ShapeTranslations.Longs(t.Attribute<int[]>(0))),
            ("pads", ShapeTranslations.Longs([.. padding, .. behind ?? padding])), ("dilations", ShapeTranslations.Longs(t.Attribute<int[]>(2))), ("group", (long)t.Attribute<int>(3)),
        ];
    }
}
