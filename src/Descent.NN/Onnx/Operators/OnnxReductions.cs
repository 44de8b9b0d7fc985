using Descent.Tensors;

namespace Descent.NN;

/// <summary>Operators that reduce or run along dimensions.</summary>
static class OnnxReductions
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["ReduceSum"] = c => Reduced(c, static (x, dims, keep) => x.Sum(dims, keep).To(x.DType)),
        ["ReduceMean"] = c => Reduced(c, static (x, dims, keep) => x.Mean(dims, keep)),
        ["ReduceMax"] = c => Reduced(c, static (x, dims, keep) => x.Amax(dims, keep)),
        ["ReduceMin"] = c => Reduced(c, static (x, dims, keep) => x.Amin(dims, keep)),
        ["ReduceProd"] = c => Reduced(c, Product),
        ["ReduceL1"] = c => Reduced(c, static (x, dims, keep) => x.Abs().Sum(dims, keep)),
        ["ReduceL2"] = c => Reduced(c, static (x, dims, keep) => x.Square().Sum(dims, keep).Sqrt()),
        ["ReduceSumSquare"] = c => Reduced(c, static (x, dims, keep) => x.Square().Sum(dims, keep)),
        ["ReduceLogSum"] = c => Reduced(c, static (x, dims, keep) => x.Sum(dims, keep).Log()),
        ["ReduceLogSumExp"] = c => Reduced(c, static (x, dims, keep) => x.LogSumExp(dims, keep)),
        ["ArgMax"] = c => [Position(c, greatest: true)],
        ["ArgMin"] = c => [Position(c, greatest: false)],
        ["CumSum"] = c => [CumSum(c)],
        ["Softmax"] = c => [Softmax(c, static (x, dim) => x.Softmax(dim))],
        ["LogSoftmax"] = c => [Softmax(c, static (x, dim) => x.LogSoftmax(dim))],
        ["LpNormalization"] = c => [F.Normalize(c[0], c.Integer("p", 2), c.Integer("axis", -1), 0)],
    };

    /// <summary>The axes are an attribute first, then an input; none means all of them, or on demand that nothing is done.</summary>
    static Tensor[] Reduced(OnnxCall c, Func<Tensor, int[], bool, Tensor> reduce)
    {
        int[] axes = c.IntegersOr(1, "axes") ?? [];
        if (axes.Length == 0 && c.Flag("noop_with_empty_axes")) return [c[0]];
        return [reduce(c[0], axes, c.Flag("keepdims", true))];
    }

    static Tensor Product(Tensor x, int[] dims, bool keepDim)
    {
        if (dims.Length == 0) dims = [.. Enumerable.Range(0, x.Rank)];
        foreach (int dim in dims.Select(d => OnnxCall.Axis(x.Shape, d)).OrderDescending()) x = x.Prod(dim, keepDim);
        return x;
    }

    static Tensor Position(OnnxCall c, bool greatest)
    {
        var x = c[0];
        int axis = OnnxCall.Axis(x.Shape, c.Integer("axis", 0));
        bool last = c.Flag("select_last_index"), keep = c.Flag("keepdims", true);
        if (last) x = x.Flip(axis);
        var at = greatest ? x.Argmax(axis, keep) : x.Argmin(axis, keep);
        return last ? at.RSub((long)x.Shape[axis] - 1) : at;
    }

    static Tensor CumSum(OnnxCall c)
    {
        int axis = OnnxCall.Axis(c[0].Shape, c[1].Reshape(1).Item<int>());
        var x = c.Flag("reverse") ? c[0].Flip(axis) : c[0];
        var sum = x.Cumsum(axis).To(x.DType);
        if (c.Flag("exclusive")) sum -= x;
        return c.Flag("reverse") ? sum.Flip(axis) : sum;
    }

    /// <summary>Before operator set 13 all dimensions from the axis on were one.</summary>
    static Tensor Softmax(OnnxCall c, Func<Tensor, int, Tensor> softmax)
    {
        if (c.Opset >= 13) return softmax(c[0], c.Integer("axis", -1));
        int axis = OnnxCall.Axis(c[0].Shape, c.Integer("axis", 1));
        return softmax(c[0].Reshape(c[0].Shape[..axis].Elements, c[0].Shape[axis..].Elements), 1).Reshape(c[0].Shape.AsSpan());
    }
}
