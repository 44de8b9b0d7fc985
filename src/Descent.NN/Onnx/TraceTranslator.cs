using Descent.Tensors;

namespace Descent.NN;

/// <summary>Makes one graph of two traces of the same function.</summary>
sealed class TraceTranslator
{
    readonly TracedGraph _a, _b;
    readonly int _batchA, _batchB;
    readonly string _batchInput = "";
    readonly int _batchDim;
    readonly IReadOnlyDictionary<Tensor, string> _parameters;
    readonly Dictionary<int, (int B, string Name)> _names = [];
    readonly Dictionary<(int, int), string> _constants = [];
    string? _batch;

    internal TraceTranslator(TracedGraph a, TracedGraph b, IReadOnlyList<string> inputs, int[] batchDims, IReadOnlyDictionary<Tensor, string> parameters, int opset)
    {
        (_a, _b, _parameters, Graph) = (a, b, parameters, new(opset));
        // Without a batch that varies nothing differs between the traces, and these are never asked for.
        if (Array.FindIndex(batchDims, d => d >= 0) is >= 0 and var i)
            (_batchInput, _batchDim, _batchA, _batchB) = (inputs[i], batchDims[i], a[a.Inputs[i]].Shape[batchDims[i]], b[b.Inputs[i]].Shape[batchDims[i]]);
        for (int k = 0; k < inputs.Count; k++) Bind(a.Inputs[k], b.Inputs[k], Graph.Name(inputs[k]));
    }

    internal GraphBuilder Graph { get; }

    internal OnnxGraph Run(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        foreach (string output in outputs) Graph.Name(output);
        for (int i = 0; i < Math.Max(_a.Steps.Count, _b.Steps.Count); i++)
        {
            var (stepA, stepB) = (_a.Steps.ElementAtOrDefault(i), _b.Steps.ElementAtOrDefault(i));
            if (stepA is null || stepB is null || stepA.Operation.Name != stepB.Operation.Name || stepA.Inputs.Length != stepB.Inputs.Length
                || stepA.Outputs.Length != stepB.Outputs.Length)
                throw new NotSupportedException($"Onnx.Export: step {i} of the forward pass is {stepA?.Operation.Name ?? "missing"} for one batch and " +
                    $"{stepB?.Operation.Name ?? "missing"} for another. The steps must not depend on the batch or on the values of the input.");
            Translations.Find(stepA.Operation.Name)(new(this, stepA, stepB));
        }
        for (int i = 0; i < outputs.Count; i++) Graph.Rename(NameOf(_a.Outputs[i], _b.Outputs[i], "the output"), outputs[i]);
        return Graph.Finish(Values(inputs, _a.Inputs, _b.Inputs), Values(outputs, _a.Outputs, _b.Outputs));
    }

    internal bool Needs(int a) => _a.Needed.Contains(a);

    internal void Bind(int a, int b, string name) => _names[a] = (b, name);

    internal string NameOf(int a, int b, string operation)
    {
        if (_names.TryGetValue(a, out var known) && known.B == b) return known.Name;
        if (_a.Depending.Contains(a) || _b.Depending.Contains(b))
            throw new NotSupportedException($"Onnx.Export: {operation} takes another tensor for one batch than for another.");
        if (!_constants.TryGetValue((a, b), out string? name)) _constants.Add((a, b), name = Constant(_a.Constant(a), _b.Constant(b), operation));
        return name;
    }

    /// <summary>
    /// A tensor that does not depend on the input. Where it is larger for a larger batch but only repeats itself, what
    /// repeats is kept and expanded.
    /// </summary>
    string Constant(Tensor a, Tensor b, string operation)
    {
        if (ReferenceEquals(a, b) || (a.Shape == b.Shape && Same(a, b)))
            return _parameters.TryGetValue(a, out string? key) ? Graph.Initializer(key, a) : a.Elements <= 16 ? Graph.Constant(a) : Graph.Value(a);
        if (a.Rank == b.Rank && a.DType == b.DType)
        {
            var (smallA, smallB) = (a.Detach(), b.Detach());
            for (int dim = 0; dim < a.Rank; dim++)
                if (a.Shape[dim] != b.Shape[dim]) (smallA, smallB) = (First(smallA, dim), First(smallB, dim));
            if (smallA.Shape == smallB.Shape && Same(smallA, smallB) && Same(smallA.Expand(a.Shape), a) && Same(smallB.Expand(b.Shape), b))
                return Graph.Add("Expand", [Graph.Constant(smallA), ShapeValue(a.Shape, b.Shape, free: false, operation)]);
        }
        throw new NotSupportedException($"Onnx.Export: {operation} takes a tensor of shape {a.Shape} that is another one for other inputs, but no traced operation made it from them. " +
            "It was drawn at random, or computed element by element outside of tensor operations.");

        static Tensor First(Tensor x, int dim) => x.Shape[dim] == 0 ? x : x.Narrow(dim, 0, 1);
    }

    static bool Same(Tensor a, Tensor b) => OnnxTypes.Bytes(a).AsSpan().SequenceEqual(OnnxTypes.Bytes(b));

    /// <summary>Sizes as a tensor of integers, where some follow the batch.</summary>
    internal string ShapeValue(Shape a, Shape b, bool free, string operation)
    {
        if (a.Rank != b.Rank) throw new NotSupportedException($"Onnx.Export: {operation} gives {a} for one batch and {b} for another.");
        int[] varying = [.. Enumerable.Range(0, a.Rank).Where(i => a[i] != b[i])];
        if (varying.Length == 0) return Graph.Integers([.. a.ToArray().Select(d => (long)d)]);
        if (free && varying.Length == 1 && !a.ToArray().Where((_, i) => i != varying[0]).Contains(0))
            return Graph.Integers([.. a.ToArray().Select((d, i) => i == varying[0] ? -1L : d)]);
        return Graph.Add("Concat", [.. Enumerable.Range(0, a.Rank).Select(i => a[i] == b[i] ? Graph.Integers(a[i]) : BatchTimes(Factor(a[i], b[i], operation)))], ("axis", 0L));
    }

    /// <summary>How many times the batch a size is that follows it.</summary>
    int Factor(int a, int b, string operation)
    {
        int factor = a / Math.Max(1, _batchA);
        return factor > 0 && factor * _batchA == a && factor * _batchB == b ? factor
            : throw new NotSupportedException($"Onnx.Export: {operation} has a size of {a} for a batch of {_batchA} and of {b} for one of {_batchB}; expected a multiple of the batch.");
    }

    string BatchTimes(int factor)
    {
        _batch ??= Graph.Add("Gather", [Graph.Add("Shape", [_batchInput]), Graph.Integers(_batchDim)], ("axis", 0L));
        return factor == 1 ? _batch : Graph.Add("Mul", [_batch, Graph.Integers(factor)]);
    }

    OnnxValue[] Values(IReadOnlyList<string> names, int[] a, int[] b) => [.. names.Select((name, i) =>
    {
        var (shapeA, shapeB) = (_a[a[i]].Shape, _b[b[i]].Shape);
        return new OnnxValue(name, _a[a[i]].DType, [.. Enumerable.Range(0, shapeA.Rank).Select(d => shapeA[d] == shapeB[d] ? (object)shapeA[d]
            : Factor(shapeA[d], shapeB[d], name) is var k && k == 1 ? "batch" : $"{k}*batch")]);
    })];
}
