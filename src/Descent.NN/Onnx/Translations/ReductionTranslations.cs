using Descent.Tensors;

namespace Descent.NN;

/// <summary>Sums, means, extremes and norms along dimensions.</summary>
static class ReductionTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["Sum"] = t => t.Give(Reduced(t, "ReduceSum", t.As(0, t.Out().DType), t.Attribute<bool[]>(1))),
        ["SumTo"] = t => t.Give(Reduced(t, "ReduceSum", t[0], t.Attribute<bool[]>(1))),
        ["Mean"] = t => t.Give(Reduced(t, "ReduceMean", t[0], t.Attribute<bool[]>(1))),
        ["Amax"] = t => t.Give(Reduced(t, "ReduceMax", t[0], t.Attribute<bool[]>(0))),
        ["Amin"] = t => t.Give(Reduced(t, "ReduceMin", t[0], t.Attribute<bool[]>(0))),
        ["Max"] = t => t.Give(Reduced(t, "ReduceMax", t[0], t.Attribute<bool[]>(0))),
        ["Min"] = t => t.Give(Reduced(t, "ReduceMin", t[0], t.Attribute<bool[]>(0))),
        ["LogSumExp"] = t => t.Give(Reduced(t, "ReduceLogSumExp", t[0], t.Attribute<bool[]>(0))),
        ["Norm"] = Norm,
        ["All"] = t => t.Give(Truth(t, "ReduceMin")),
        ["Any"] = t => t.Give(Truth(t, "ReduceMax")),
        ["Var"] = t => t.Give(Variance(t)),
        ["Std"] = t => t.Give("Sqrt", [Variance(t)]),
        ["Argmax"] = t => Position(t, "ArgMax"),
        ["Argmin"] = t => Position(t, "ArgMin"),
        ["Cumsum"] = t => t.Give("CumSum", [t[0], t.Graph.Scalar((long)t.Attribute<int>(0), DType.Int64)]),
    };

    /// <summary>An operator that reduces the marked dimensions, dropped or kept as the result's rank says.</summary>
    internal static string Reduced(Translation t, string operation, string x, bool[] reduced)
    {
        long[] axes = [.. Enumerable.Range(0, reduced.Length).Where(d => reduced[d]).Select(d => (long)d)];
        // Broadcast gradients are summed to shapes of any form; there the operator keeps, and a Reshape drops.
        long kept = t.Out().Rank == reduced.Length ? 1 : 0;
        if (axes.Length == 0) return x;
        return operation == "ReduceSum"
            ? t.Add(operation, [x, t.Graph.Integers(axes)], ("keepdims", kept))
            : t.Add(operation, [x], ("axes", axes), ("keepdims", kept));
    }

    static void Norm(Translation t)
    {
        bool[] reduced = t.Attribute<bool[]>(0);
        double order = t.Attribute<double>(1);
        t.Give(order == 2 ? Reduced(t, "ReduceL2", t[0], reduced)
            : t.Add("Pow", [Reduced(t, "ReduceSum", t.Add("Pow", [t.Add("Abs", [t[0]]), t.Number(order)]), reduced), t.Number(1 / order)]));
    }

    static string Truth(Translation t, string operation) =>
        t.Cast(Reduced(t, operation, t.Cast(t.As(0, DType.Bool), DType.Bool, DType.Int32), t.Attribute<bool[]>(1)), DType.Int32, DType.Bool);

    static string Variance(Translation t)
    {
        bool[] reduced = t.Attribute<bool[]>(0);
        if (Enumerable.Range(0, reduced.Length).Any(d => reduced[d] && t.InputVaries(0, d))) throw t.Unsupported("it runs over the batch");
        long[] axes = [.. Enumerable.Range(0, reduced.Length).Where(d => reduced[d]).Select(d => (long)d)];
        string centred = t.Add("Sub", [t[0], t.Add("ReduceMean", [t[0]], ("axes", axes), ("keepdims", 1L))]);
        return t.Add("Div", [Reduced(t, "ReduceSum", t.Add("Mul", [centred, centred]), reduced), t.Number(t.Attribute<double>(1))]);
    }

    static void Position(Translation t, string operation) =>
        t.Give(operation, [t[0]], ("axis", (long)t.Attribute<int>(0)), ("keepdims", t.Attribute<bool>(1) ? 1L : 0L), ("select_last_index", 0L));
}
