using Descent.Tensors;

namespace Descent.NN;

/// <summary>Normalisation, resampling, embeddings and recurrent layers.</summary>
static class LayerTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["BatchNorm"] = BatchNorm,
        ["InstanceNorm"] = t => t.Give("InstanceNormalization", [t[0], t[1], t[2]], ("epsilon", (float)t.Attribute<double>(2))),
        ["LayerNorm"] = LayerNorm,
        ["RmsNorm"] = RmsNorm,
        ["GroupNorm"] = GroupNorm,
        ["Interpolate"] = Interpolate,
        ["GridSample"] = GridSample,
        ["Embedding"] = t => t.Give("Gather", [t[0], t[1]], ("axis", 0L)),
        ["EmbeddingBag"] = EmbeddingBag,
        ["Lstm"] = t => Recurrent(t, "LSTM", states: 2, [0, 3, 1, 2]),
        ["Gru"] = t => Recurrent(t, "GRU", states: 1, [1, 0, 2], ("linear_before_reset", 1L)),
        ["Rnn"] = t => Recurrent(t, "RNN", states: 1, [0], ("activations", (string[])[t.Has<bool>(1) && t.Attribute<bool>(1) ? "Relu" : "Tanh"])),
    };

    /// <summary>With running statistics one operator; without, the moments of the batch as the runtime has it.</summary>
    static void BatchNorm(Translation t)
    {
        if (!t.Has<double>(0)) throw t.Unsupported("it updates its running statistics by those of the batch");
        double epsilon = t.Attribute<double>(0);
        if (t.Inputs == 5)
        {
            t.Give("BatchNormalization", [t[0], t[1], t[2], t[3], t[4]], ("epsilon", (float)epsilon));
            return;
        }
        long[] axes = [0, .. Enumerable.Range(2, t.In(0).Rank - 2).Select(d => (long)d)];
        string centred = t.Add("Sub", [t[0], Mean(t[0])]);
        string deviation = t.Add("Sqrt", [t.Add("Add", [Mean(t.Add("Mul", [centred, centred])), t.Number(epsilon)])]);
        t.Give(ScaledChannels(t, t.Add("Div", [centred, deviation])));

        string Mean(string x) => t.Add("ReduceMean", [x], ("axes", axes), ("keepdims", 1L));
    }

    static void GridSample(Translation t)
    {
        var (mode, padding) = (t.Attribute<InterpolationMode>(0), t.Attribute<PaddingMode>(1));
        t.Give("GridSample", [t[0], t[1]],
            ("mode", mode switch { InterpolationMode.Nearest => "nearest", InterpolationMode.Bicubic => "bicubic", _ => "bilinear" }),
            ("padding_mode", padding switch { PaddingMode.Replicate => "border", PaddingMode.Reflect => "reflection", _ => "zeros" }),
            ("align_corners", t.Attribute<bool>(2) ? 1L : 0L));
    }

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
        t.Give(ScaledChannels(t, y));
    }

    /// <summary>The scale and shift of each channel, the second and third input.</summary>
    static string ScaledChannels(Translation t, string x)
    {
        string along = t.Graph.Integers([-1, .. Enumerable.Repeat(1L, t.In(0).Rank - 2)]);
        return t.Add("Add", [t.Add("Mul", [x, t.Add("Reshape", [t[1], along])]), t.Add("Reshape", [t[2], along])]);
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
