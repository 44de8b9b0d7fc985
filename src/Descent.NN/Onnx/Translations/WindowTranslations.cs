using Descent.Tensors;

namespace Descent.NN;

/// <summary>Pooling, and patches under a window.</summary>
static class WindowTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["MaxPool"] = t => Pool(t, "MaxPool", "GlobalMaxPool"),
        ["AvgPool"] = t => Pool(t, "AveragePool", "GlobalAveragePool"),
        ["Unfold"] = t =>
        {
            if (t.Has<int[]>(0)) Columns(t);
            else Windows(t);
        },
        ["Fold"] = Image,
    };

    static void Pool(Translation t, string operation, string whole)
    {
        int[] kernel = t.Attribute<int[]>(0), stride = t.Attribute<int[]>(1), padding = t.Attribute<int[]>(2), dilation = t.Attribute<int[]>(3);
        var (x, y) = (t.In(0).Shape, t.Out().Shape);
        if (x.Rank - kernel.Length != 2) throw t.Unsupported("ONNX pools inputs with batch and channels");
        if (y.Elements == 0) throw t.Unsupported("there are no windows");
        int divisor = t.Attribute<int>(5);
        bool places = t.IsNeeded(1);
        if (!places && kernel.All(k => k == 0) && Enumerable.Range(2, kernel.Length).All(d => y[d] == 1))
        {
            t.Give(whole, [t[0]]);
            return;
        }
        bool hangs = false;
        for (int i = 0; i < kernel.Length; i++)
        {
            if (kernel[i] == 0)
            {
                if (x[i + 2] % y[i + 2] != 0)
                {
                    if (places) throw t.Unsupported($"{x[i + 2]} does not divide into {y[i + 2]} windows of one size, and ONNX gives no indices of others");
                    Uneven(t, operation == "MaxPool");
                    return;
                }
                // Sizes that divide give windows of one size.
                kernel[i] = stride[i] = x[i + 2] / y[i + 2];
            }
            hangs |= (y[i + 2] - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1 > x[i + 2] + 2 * padding[i];
        }
        string[] pooled = t.Graph.Add(operation, [t[0]], places ? 2 : 1,
        [
            ("kernel_shape", ShapeTranslations.Longs(kernel)), ("strides", ShapeTranslations.Longs(stride)),
            ("pads", ShapeTranslations.Longs([.. padding, .. padding])), ("ceil_mode", hangs ? 1L : 0L),
            operation == "MaxPool" ? ("dilations", ShapeTranslations.Longs(dilation)) : ("count_include_pad", divisor > 0 || t.Attribute<bool>(4) ? 1L : 0L),
        ]);
        if (divisor > 0 && hangs) throw t.Unsupported("a divisor of its own for windows that hang over the edge has no counterpart");
        t.Give(divisor == 0 ? pooled[0] : t.Add("Mul", [pooled[0], t.Number(kernel.Aggregate((a, b) => a * b) / (double)divisor)]));
        // ONNX counts from the front of the whole tensor, not of the channel.
        if (places) t.Give(t.Add("Mod", [pooled[1], t.Graph.Scalar((long)x[2..].Elements, DType.Int64)]), 1);
    }

    /// <summary>Windows of several sizes, one dimension after the other: shorter ones repeat their last element, which shares its weight.</summary>
    static void Uneven(Translation t, bool isMax)
    {
        var (x, y) = (t.In(0).Shape, t.Out().Shape);
        string pooled = t[0];
        for (int dim = 2; dim < x.Rank; dim++)
        {
            if (x[dim] == y[dim]) continue;
            var windows = Enumerable.Range(0, y[dim]).Select(i => (Start: (int)((long)i * x[dim] / y[dim]), End: (int)(((long)(i + 1) * x[dim] + y[dim] - 1) / y[dim]))).ToArray();
            int widest = windows.Max(w => w.End - w.Start);
            long[] places = [.. windows.SelectMany(w => Enumerable.Range(w.Start, widest).Select(i => (long)Math.Min(i, w.End - 1)))];
            pooled = t.Add("Gather", [pooled, t.Graph.Value(Tensor.From(places).Reshape(windows.Length, widest))], ("axis", (long)dim));
            if (isMax)
            {
                pooled = t.Add("ReduceMax", [pooled], ("axes", (long[])[dim + 1]), ("keepdims", 0L));
                continue;
            }
            double[] weights = [.. windows.SelectMany(w => Enumerable.Range(w.Start, widest).Select(i => 1.0 / (w.End - w.Start) / (i < w.End - 1 ? 1 : widest - (w.End - w.Start) + 1)))];
            int[] along = [windows.Length, widest, .. Enumerable.Repeat(1, x.Rank - 1 - dim)];
            pooled = t.Add("ReduceSum", [t.Add("Mul", [pooled, t.Graph.Value(Tensor.From(weights).Reshape(along).To(t.Out().DType))]), t.Graph.Integers(dim + 1)], ("keepdims", 0L));
        }
        t.Give(pooled);
    }

    /// <summary>Windows along one dimension, whose elements come last.</summary>
    static void Windows(Translation t)
    {
        int dim = t.Attribute<int>(1), step = t.Attribute<int>(2), rank = t.Out().Rank;
        if (t.Varies(dim)) throw t.Unsupported("it runs over the batch");
        string y = Taken(t, t[0], dim, t.Out().Shape[dim], step, t.Out().Shape[^1], 1);
        t.Give("Transpose", [y], ("perm", (long[])[.. Enumerable.Range(0, rank).Where(d => d != dim + 1).Select(d => (long)d), dim + 1]));
    }

    /// <summary>A dimension as two: element <c>i · outer + j · inner</c> at (i, j).</summary>
    static string Taken(Translation t, string x, int dim, int count, int outer, int size, int inner) => t.Add("Gather", [x,
        t.Graph.Value((Tensor.Arange(count, dtype: DType.Int64) * (long)outer).Unsqueeze(1) + Tensor.Arange(size, dtype: DType.Int64) * (long)inner)], ("axis", (long)dim));

    static void Columns(Translation t)
    {
        int[] kernel = t.Attribute<int[]>(0), stride = t.Attribute<int[]>(1), padding = t.Attribute<int[]>(2), dilation = t.Attribute<int[]>(3), windows = t.Attribute<int[]>(4);
        string x = padding.All(p => p == 0) ? t[0] : t.Add("Pad", [t[0], t.Graph.Integers(0, 0, padding[0], padding[1], 0, 0, padding[0], padding[1])]);
        string rows = Taken(t, x, 2, kernel[0], dilation[0], windows[0], stride[0]);
        string both = Taken(t, rows, 4, kernel[1], dilation[1], windows[1], stride[1]);
        t.Give("Reshape", [t.Add("Transpose", [both], ("perm", (long[])[0, 1, 2, 4, 3, 5])), t.ResultShape(free: true)]);
    }

    /// <summary>Columns added where they were taken: a transposed convolution that gives each element of a column its place.</summary>
    static void Image(Translation t)
    {
        int[] kernel = t.Attribute<int[]>(0), stride = t.Attribute<int[]>(1), padding = t.Attribute<int[]>(2), dilation = t.Attribute<int[]>(3), windows = t.Attribute<int[]>(4);
        int taps = kernel[0] * kernel[1], channels = t.Out().Shape[1];
        string images = t.Add("Reshape", [t[0], t.Graph.Integers(-1, channels * taps, windows[0], windows[1])]);
        var places = Tensor.Eye(taps, dtype: t.Out().DType).Repeat(channels, 1).Reshape(channels * taps, 1, kernel[0], kernel[1]);
        int[] full = [.. Enumerable.Range(0, 2).Select(i => (windows[i] - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1)];
        string y = t.Add("ConvTranspose", [images, t.Graph.Value(places)], ("kernel_shape", ShapeTranslations.Longs(kernel)), ("strides", ShapeTranslations.Longs(stride)),
            ("dilations", ShapeTranslations.Longs(dilation)), ("group", (long)channels));
        // The padding is cut off, and rows or columns that no window reaches are added.
        t.Give("Pad", [y, t.Graph.Integers(0, 0, -padding[0], -padding[1], 0, 0, t.Out().Shape[2] + padding[0] - full[0], t.Out().Shape[3] + padding[1] - full[1])]);
    }
}
