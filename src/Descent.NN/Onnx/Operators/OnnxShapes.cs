using Descent.Tensors;

namespace Descent.NN;

/// <summary>Operators that give other shapes to elements, or make them.</summary>
static class OnnxShapes
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["Shape"] = Sizes,
        ["Size"] = c => [Tensor.Scalar((long)c[0].Elements, DType.Int64)],
        ["Reshape"] = c => [Reshape(c[0], c.IntegersOr(1, "shape") ?? [], c.Flag("allowzero"))],
        ["Flatten"] = Flatten,
        ["Transpose"] = c => [c[0].Permute(c.Integers("perm") ?? [.. Enumerable.Range(0, c[0].Rank).Reverse()])],
        ["Squeeze"] = Squeeze,
        ["Unsqueeze"] = Unsqueeze,
        ["Expand"] = c => [Expand(c[0], c.Values(1)!)],
        ["Tile"] = c => [c[0].Repeat(c.Values(1)!)],
        ["Concat"] = c => [Tensor.Cat(c.All, c.Integer("axis", 0))],
        ["Split"] = Split,
        ["Pad"] = c => [Pad(c)],
        ["DepthToSpace"] = c => [DepthToSpace(c[0], c.Integer("blocksize", 1), c.Text("mode", "DCR") == "CRD")],
        ["SpaceToDepth"] = c => [SpaceToDepth(c[0], c.Integer("blocksize", 1))],
        ["Constant"] = c => [Constant(c)],
        ["ConstantOfShape"] = c => [Expand(c.Tensor("value")?.Reshape() ?? Tensor.Zeros([], DType.Float32), c.Values(0)!)],
        ["Range"] = c => [Range(c[0], c[1], c[2])],
        ["EyeLike"] = c => [Eye(c)],
        ["Trilu"] = c => [c.Flag("upper", true) ? c[0].Triu(c.Values(1)?[0] ?? 0) : c[0].Tril(c.Values(1)?[0] ?? 0)],
    };

    static Tensor[] Sizes(OnnxCall c)
    {
        var shape = c[0].Shape;
        int start = Cut(c.Integer("start", 0)), end = Cut(c.Integer("end", shape.Rank));
        return [Tensor.From<long>([.. shape.ToArray().Skip(start).Take(Math.Max(0, end - start)).Select(d => (long)d)])];

        int Cut(int at) => Math.Clamp(at < 0 ? at + shape.Rank : at, 0, shape.Rank);
    }

    /// <summary>A size of 0 keeps that of the input, unless zeros are allowed.</summary>
    internal static Tensor Reshape(Tensor x, int[] sizes, bool allowZero)
    {
        var dims = (int[])sizes.Clone();
        for (int i = 0; i < dims.Length; i++)
            if (dims[i] == 0 && !allowZero) dims[i] = i < x.Rank ? x.Shape[i] : throw new ArgumentException($"size {i} is 0, but {x.Shape} has no such dimension.");
        return x.Reshape(dims);
    }

    static Tensor[] Flatten(OnnxCall c)
    {
        int axis = c.Integer("axis", 1);
        if (axis < 0) axis += c[0].Rank;
        if (axis < 0 || axis > c[0].Rank) throw new ArgumentException($"the axis {axis} is outside of {c[0].Shape}.");
        return [c[0].Reshape(c[0].Shape[..axis].Elements, c[0].Shape[axis..].Elements)];
    }

    static Tensor[] Squeeze(OnnxCall c)
    {
        if (c.IntegersOr(1, "axes") is not { } axes) return [c[0].Squeeze()];
        var x = c[0];
        foreach (int axis in axes.Select(a => OnnxCall.Axis(x.Shape, a)).Distinct().OrderDescending())
            x = x.Shape[axis] == 1 ? x.Squeeze(axis) : throw new ArgumentException($"dimension {axis} of {c[0].Shape} is not 1.");
        return [x];
    }

    static Tensor[] Unsqueeze(OnnxCall c)
    {
        int[] axes = c.IntegersOr(1, "axes") ?? throw new ArgumentException("there are no axes.");
        int rank = c[0].Rank + axes.Length;
        var x = c[0];
        foreach (int axis in axes.Select(a => a < 0 ? a + rank : a).Order()) x = x.Unsqueeze(axis);
        return [x];
    }

    /// <summary>Broadcast both ways: a size of 1 in the shape keeps the input's.</summary>
    internal static Tensor Expand(Tensor x, int[] sizes)
    {
        var dims = (int[])sizes.Clone();
        int lead = dims.Length - x.Rank;
        if (lead < 0)
        {
            dims = [.. Enumerable.Repeat(1, -lead), .. dims];
            lead = 0;
        }
        for (int i = 0; i < x.Rank; i++)
            if (dims[lead + i] == 1) dims[lead + i] = x.Shape[i];
        return x.Expand(dims);
    }

    static Tensor[] Split(OnnxCall c)
    {
        int axis = OnnxCall.Axis(c[0].Shape, c.Integer("axis", 0));
        if (c.IntegersOr(1, "split") is { } sizes) return c[0].Split(sizes, axis);
        int parts = c.Integer("num_outputs", c.Outputs), size = (c[0].Shape[axis] + parts - 1) / Math.Max(1, parts);
        return c[0].Split(Math.Max(1, size), axis);
    }

    static Tensor Pad(OnnxCall c)
    {
        var x = c[0];
        int[] pads = c.IntegersOr(1, "pads") ?? [];
        int[] axes = c.Values(3) is { } given ? [.. given.Select(a => OnnxCall.Axis(x.Shape, a))] : [.. Enumerable.Range(0, x.Rank)];
        if (pads.Length != 2 * axes.Length) throw new ArgumentException($"{pads.Length} pads are given for {axes.Length} dimensions.");
        var around = new int[2 * x.Rank];
        for (int i = 0; i < axes.Length; i++)
            (around[2 * (x.Rank - 1 - axes[i])], around[2 * (x.Rank - 1 - axes[i]) + 1]) = (pads[i], pads[i + axes.Length]);
        var mode = c.Text("mode", "constant") switch
        {
            "constant" => PaddingMode.Constant,
            "reflect" => PaddingMode.Reflect,
            "edge" => PaddingMode.Replicate,
            "wrap" => PaddingMode.Circular,
            var other => throw new ArgumentException($"the mode {OnnxReader.Quoted(other)} is not known."),
        };
        return x.Pad(around, mode, c.Optional(2)?.Item() ?? c.Float("value", 0));
    }

    static Tensor DepthToSpace(Tensor x, int block, bool channelsFirst)
    {
        if (x.Shape is not [var n, var c, var h, var w] || block < 1 || c % (block * block) != 0) throw new ArgumentException($"{x.Shape} does not divide into blocks of {block}.");
        int channels = c / (block * block);
        return (channelsFirst ? x.Reshape(n, channels, block, block, h, w).Permute(0, 1, 4, 2, 5, 3) : x.Reshape(n, block, block, channels, h, w).Permute(0, 3, 4, 1, 5, 2))
            .Reshape(n, channels, h * block, w * block);
    }

    static Tensor SpaceToDepth(Tensor x, int block)
    {
        if (x.Shape is not [var n, var c, var h, var w] || block < 1 || h % block != 0 || w % block != 0) throw new ArgumentException($"{x.Shape} does not divide into blocks of {block}.");
        return x.Reshape(n, c, h / block, block, w / block, block).Permute(0, 3, 5, 1, 2, 4).Reshape(n, c * block * block, h / block, w / block);
    }

    static Tensor Constant(OnnxCall c) =>
        c.Tensor("value") ?? (c.Has("value_float") ? Tensor.Scalar(c.Float("value_float", 0), DType.Float32)
            : c.Has("value_int") ? Tensor.Scalar((long)c.Integer("value_int", 0), DType.Int64)
            : c.Integers("value_ints") is { } integers ? Tensor.From<int>(integers).To(DType.Int64)
            : throw new NotSupportedException("constants of this kind are not supported."));

    static Tensor Range(Tensor start, Tensor limit, Tensor delta) => start.DType.IsFloatingPoint
        ? Tensor.Arange(start.Item(), limit.Item(), delta.Item(), start.DType)
        : Tensor.Arange(start.Item<long>(), limit.Item<long>(), delta.Item<long>(), start.DType);

    static Tensor Eye(OnnxCall c)
    {
        if (c[0].Shape is not [var rows, var columns] || c.Integer("k", 0) != 0) throw new NotSupportedException("only the main diagonal of a matrix is supported.");
        return Tensor.Eye(rows, columns, c.Has("dtype") ? OnnxTypes.Find(c.Integer("dtype", 1)) : c[0].DType);
    }
}
