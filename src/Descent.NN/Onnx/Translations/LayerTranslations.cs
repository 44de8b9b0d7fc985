using Descent.Tensors;

namespace Descent.NN;

/// <summary>Pooling, normalisation, embeddings and recurrent layers.</summary>
static class LayerTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["MaxPool"] = t => Pool(t, "MaxPool", "GlobalMaxPool"),
        ["AvgPool"] = t => Pool(t, "AveragePool", "GlobalAveragePool"),
        ["BatchNorm"] = t => t.Give(t.Has<double>(0)
            ? t.Add("BatchNormalization", [t[0], t[1], t[2], t[3], t[4]], ("epsilon", (float)t.Attribute<double>(0)))
            : throw t.Unsupported("it takes the statistics of the batch")),
        ["InstanceNorm"] = t => t.Give("InstanceNormalization", [t[0], t[1], t[2]], ("epsilon", (float)t.Attribute<double>(2))),
        ["LayerNorm"] = LayerNorm,
        ["RmsNorm"] = RmsNorm,
        ["GroupNorm"] = GroupNorm,
        ["Interpolate"] = Interpolate,
        ["Embedding"] = t => t.Give("Gather", [t[0], t[1]], ("axis", 0L)),
        ["EmbeddingBag"] = EmbeddingBag,
        ["Lstm"] = t => Recurrent(t, "LSTM", states: 2, [0, 3, 1, 2]),
        ["Gru"] = t => Recurrent(t, "GRU", states: 1, [1, 0, 2], ("linear_before_reset", 1L)),
        ["Rnn"] = t => Recurrent(t, "RNN", states: 1, [0], ("activations", (string[])[t.Has<bool>(1) && t.Attribute<bool>(1) ? "Relu" : "Tanh"])),
    };

    static void Interpolate(Translation t)
    {
        if (t.Attribute<bool>(4)) throw t.Unsupported("operator set 17 has no antialiasing");
        var (mode, corners) = (t.Attribute<InterpolationMode>(0), t.Attribute<bool>(3));
        bool nearest = mode is InterpolationMode.Nearest or InterpolationMode.NearestExact;
        string places = corners ? "align_corners" : mode == InterpolationMode.Nearest ? "asymmetric" : "half_pixel";
        // Where a factor loses the size by becoming a float, it was the ratio of the sizes but for a rounding.
        float[] scales = [1, 1, .. t.Attribute<double[]>(2).Select(s => (float)s)];
        int[] sizes = t.Attribute<int[]>(1);
        bool exact = sizes.Select((n, i) => (int)Math.Floor(t.In(0).Shape[i + 2] * (double)scales[i + 2]) == n).All(same => same);
        string? wanted = exact ? null : t.Add("Concat", [t.Add("Slice", [t.Add("Shape", [t[0]]), t.Graph.Integers(0), t.Graph.Integers(2)]), t.Graph.Integers(ShapeTranslations.Longs(sizes))], ("axis", 0L));
        t.Give("Resize", [t[0], null, exact ? t.Graph.Constant(Tensor.From<float>(scales)) : null, wanted],
            ("mode", nearest ? "nearest" : mode == InterpolationMode.Bicubic ? "cubic" : "linear"), ("coordinate_transformation_mode", places),
            ("nearest_mode", mode == InterpolationMode.NearestExact ? "round_prefer_ceil" : "floor"), ("cubic_coeff_a", -0.75f));
    }

    /// <summary>The first of the last dimensions, which together have the channels of a normalisation.</summary>
    static int FirstNormalized(Translation t)
    {
        var shape = t.In(0).Shape;
        int axis = shape.Rank - 1;
        while (axis > 0 && shape[axis..].Elements < t.Attribute<int>(0)) axis--;
        return axis;
    }

    static string Scale(Translation t, int input, int axis) => t.In(input).Shape == t.In(0).Shape[axis..] ? t[input]
        : t.Add("Reshape", [t[input], t.Graph.Integers([.. t.In(0).Shape[axis..].Select(d => (long)d)])]);

    static void LayerNorm(Translation t)
    {
        int axis = FirstNormalized(t);
        t.Give("LayerNormalization", [t[0], Scale(t, 1, axis), Scale(t, 2, axis)], ("axis", (long)axis), ("epsilon", (float)t.Attribute<double>(2)));
    }

    static void RmsNorm(Translation t)
    {
        int axis = FirstNormalized(t);
        long[] axes = [.. Enumerable.Range(axis, t.In(0).Rank - axis).Select(d => (long)d)];
        string mean = t.Add("ReduceMean", [t.Add("Mul", [t[0], t[0]])], ("axes", axes), ("keepdims", 1L));
        string root = t.Add("Sqrt", [t.Add("Add", [mean, t.Number(t.Attribute<double>(2))])]);
        t.Give("Mul", [t.Add("Div", [t[0], root]), Scale(t, 1, axis)]);
    }

    /// <summary>Groups as the channels of an instance normalisation, then the scale and shift of each channel.</summary>
    static void GroupNorm(Translation t)
    {
        int groups = t.Attribute<int>(1);
        string wide = t.Add("Reshape", [t[0], t.Graph.Integers(0, groups, -1)]);
        string y = t.Add("InstanceNormalization", [wide, t.Graph.Constant(Tensor.Ones([groups], t.Out().DType)), t.Graph.Constant(Tensor.Zeros([groups], t.Out().DType))],
            ("epsilon", (float)t.Attribute<double>(2)));
        y = t.Add("Reshape", [y, t.ResultShape(free: true)]);
        string along = t.Graph.Integers([-1, .. Enumerable.Repeat(1L, t.In(0).Rank - 2)]);
        t.Give("Add", [t.Add("Mul", [y, t.Add("Reshape", [t[1], along])]), t.Add("Reshape", [t[2], along])]);
    }

    static void Pool(Translation t, string operation, string whole)
    {
        int[] kernel = t.Attribute<int[]>(0), stride = t.Attribute<int[]>(1), padding = t.Attribute<int[]>(2), dilation = t.Attribute<int[]>(3);
        var (x, y) = (t.In(0).Shape, t.Out().Shape);
        int first = x.Rank - kernel.Length;
        if (first != 2) throw t.Unsupported("ONNX pools inputs with batch and channels");
        int divisor = t.Attribute<int>(5);
        if (kernel.All(k => k == 0) && Enumerable.Range(2, kernel.Length).All(d => y[d] == 1))
        {
            t.Give(whole, [t[0]]);
            return;
        }
        bool hangs = false;
        for (int i = 0; i < kernel.Length; i++)
        {
            if (kernel[i] == 0)
            {
                // Sizes that divide give windows of one size.
                if (y[i + 2] == 0 || x[i + 2] % y[i + 2] != 0) throw t.Unsupported($"{x[i + 2]} does not divide into {y[i + 2]} windows of one size");
                kernel[i] = stride[i] = x[i + 2] / y[i + 2];
            }
            hangs |= (y[i + 2] - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1 > x[i + 2] + 2 * padding[i];
        }
        string pooled = t.Add(operation, [t[0]],
        [
            ("kernel_shape", ShapeTranslations.Longs(kernel)), ("strides", ShapeTranslations.Longs(stride)),
            ("pads", ShapeTranslations.Longs([.. padding, .. padding])), ("ceil_mode", hangs ? 1L : 0L),
            operation == "MaxPool" ? ("dilations", ShapeTranslations.Longs(dilation)) : ("count_include_pad", divisor > 0 || t.Attribute<bool>(4) ? 1L : 0L),
        ]);
        if (divisor > 0 && hangs) throw t.Unsupported("a divisor of its own for windows that hang over the edge has no counterpart");
        t.Give(divisor == 0 ? pooled : t.Add("Mul", [pooled, t.Number(kernel.Aggregate((a, b) => a * b) / (double)divisor)]));
    }

    static void EmbeddingBag(Translation t)
    {
        string rows = t.Add("Gather", [t[1], t[0]], ("axis", 0L));
        if (t.Inputs > 2) rows = t.Add("Mul", [rows, t.Add("Unsqueeze", [t.As(2, t.Out().DType), t.Graph.Integers(-1)])]);
        t.Give(t.Attribute<BagMode>(0) switch
        {
            BagMode.Sum => t.Add("ReduceSum", [rows, t.Graph.Integers(1)], ("keepdims", 0L)),
            BagMode.Mean => t.Add("ReduceMean", [rows], ("axes", (long[])[1]), ("keepdims", 0L)),
            _ => t.Add("ReduceMax", [rows], ("axes", (long[])[1]), ("keepdims", 0L)),
        });
    }

    /// <summary>A layer in one direction. The gates of its parameters are put in the order that ONNX has them in.</summary>
    static void Recurrent(Translation t, string operation, int states, int[] order, params (string, object)[] attributes)
    {
        if (!t.Has<bool>(0)) throw t.Unsupported("projections and packed sequences have no counterpart");
        int weight = 1 + states;
        string? bias = t.Inputs > weight + 2
            ? Leading(t.Add("Concat", [Ordered(t, t[weight + 2], order), Ordered(t, t[weight + 3], order)], ("axis", 0L))) : null;
        string?[] operands = [t[0], Leading(Ordered(t, t[weight], order)), Leading(Ordered(t, t[weight + 1], order)), bias, null, .. Enumerable.Range(1, states).Select(i => Leading(t[i]))];
        string[] made = t.Graph.Add(operation, operands, 1 + states,
            [("hidden_size", (long)t.In(1).Shape[1]), ("direction", t.Attribute<bool>(0) ? "reverse" : "forward"), .. attributes]);
        t.Give(t.Add("Squeeze", [made[0], t.Graph.Integers(1)]));
        for (int i = 1; i <= states; i++) t.Give(t.Add("Squeeze", [made[i], t.Graph.Integers(0)]), i);

        string Leading(string x) => t.Add("Unsqueeze", [x, t.Graph.Integers(0)]);
    }

    static string Ordered(Translation t, string x, int[] order)
    {
        if (order.Length == 1) return x;
        string[] gates = t.Graph.Add("Split", [x], order.Length, ("axis", 0L));
        return t.Add("Concat", [.. order.Select(i => gates[i])], ("axis", 0L));
    }
}
