using Descent.Tensors;

namespace Descent.NN;

/// <summary>Operators that take elements by their places.</summary>
static class OnnxIndexing
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["Slice"] = Slice,
        ["Gather"] = c => [Gather(c[0], c[1], c.Integer("axis", 0))],
        ["GatherElements"] = c => [c[0].Gather(c.Integer("axis", 0), Wrapped(c[1], c[0].Shape, c.Integer("axis", 0)))],
        ["ScatterElements"] = Scatter,
        ["GatherND"] = GatherNd,
        ["ScatterND"] = ScatterNd,
        ["OneHot"] = OneHot,
        ["NonZero"] = c => [c[0].Nonzero().T.Contiguous()],
        ["TopK"] = TopK,
    };

    static Tensor[] Slice(OnnxCall c)
    {
        var x = c[0];
        int[] starts = c.IntegersOr(1, "starts") ?? [], ends = c.IntegersOr(2, "ends") ?? [];
        int[] axes = c.IntegersOr(3, "axes") ?? [.. Enumerable.Range(0, starts.Length)], steps = c.Values(4) ?? [.. starts.Select(_ => 1)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw new ArgumentException($"{starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps are given.");
        for (int i = 0; i < starts.Length; i++)
            // The least number there is stands for the end of a walk to the front.
            x = x.Slice(axes[i], starts[i], ends[i] == int.MinValue ? null : ends[i], steps[i]);
        return [x];
    }

    /// <summary>Entries along an axis; the indices' dimensions take the place of the axis.</summary>
    static Tensor Gather(Tensor x, Tensor index, int axis)
    {
        axis = OnnxCall.Axis(x.Shape, axis);
        var rows = x.IndexSelect(axis, Wrapped(index, x.Shape, axis).Reshape(-1));
        return rows.Reshape([.. x.Shape[..axis], .. index.Shape, .. x.Shape[(axis + 1)..]]);
    }

    /// <summary>Negative indices count from the end.</summary>
    static Tensor Wrapped(Tensor index, Shape shape, int axis)
    {
        var at = index.To(DType.Int64);
        return Tensor.Where(at.Lt(0), at.Add((long)shape[OnnxCall.Axis(shape, axis)]), at);
    }

    static Tensor[] Scatter(OnnxCall c)
    {
        int axis = c.Integer("axis", 0);
        var index = Wrapped(c[1], c[0].Shape, axis);
        return [c.Text("reduction", "none") switch
        {
            "none" => c[0].Scatter(axis, index, c[2]),
            "add" => c[0].ScatterAdd(axis, index, c[2]),
            "mul" => c[0].ScatterReduce(axis, index, c[2], ScatterReduction.Prod),
            "max" => c[0].ScatterReduce(axis, index, c[2], ScatterReduction.Amax),
            "min" => c[0].ScatterReduce(axis, index, c[2], ScatterReduction.Amin),
            var other => throw new NotSupportedException($"the reduction {OnnxReader.Quoted(other)} is not supported."),
        }];
    }

    static Tensor[] GatherNd(OnnxCall c)
    {
        if (c.Integer("batch_dims", 0) != 0) throw new NotSupportedException("batch_dims is not supported.");
        return [c[0][Coordinates(c[1])]];
    }

    static Tensor[] ScatterNd(OnnxCall c)
    {
        string reduction = c.Text("reduction", "none");
        if (reduction is not ("none" or "add")) throw new NotSupportedException($"the reduction {OnnxReader.Quoted(reduction)} is not supported.");
        return [c[0].IndexPut(Coordinates(c[1]), c[2], accumulate: reduction == "add")];
    }

    /// <summary>The last dimension of the indices counts the dimensions that they point into.</summary>
    static TensorIndex[] Coordinates(Tensor index)
    {
        if (index.Rank == 0) throw new ArgumentException("the indices have no dimension.");
        return [.. Enumerable.Range(0, index.Shape[^1]).Select(i => (TensorIndex)index.Select(-1, i).To(DType.Int64))];
    }

    static Tensor[] OneHot(OnnxCall c)
    {
        int depth = c[1].Reshape(1).Item<int>();
        var (off, on) = (c[2].Select(0, 0), c[2].Select(0, 1));
        var at = c[0].To(DType.Int64);
        at = Tensor.Where(at.Lt(0), at.Add((long)depth), at);
        var places = at.Unsqueeze(-1).Eq(Tensor.Arange(depth, dtype: DType.Int64));
        var y = Tensor.Where(places, on, off);
        int axis = c.Integer("axis", -1);
        return [axis == -1 ? y : y.Movedim(-1, axis)];
    }

    static Tensor[] TopK(OnnxCall c)
    {
        var (values, indices) = c[0].Topk((c.IntegersOr(1, "k") is [var k, ..] ? k : c.Integer("k", 1)), c.Integer("axis", -1), c.Flag("largest", true));
        return [values, indices];
    }
}
