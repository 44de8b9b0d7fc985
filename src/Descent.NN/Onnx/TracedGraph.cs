using Descent.Tensors;

namespace Descent.NN;

/// <summary>One operation with its operands numbered: a tensor that is changed in place has a new number afterwards.</summary>
sealed record TracedStep(TracedOperation Operation, int[] Inputs, int[] Outputs);

/// <summary>
/// A trace as a graph from the inputs to the outputs: what does not lead from one to the other is left out, and what does
/// not depend on an input is a constant.
/// </summary>
sealed class TracedGraph
{
    readonly List<Tensor> _values = [];
    readonly Dictionary<Tensor, int> _current = new(ReferenceEqualityComparer.Instance);
    readonly OperationTrace _trace;

    internal TracedGraph(OperationTrace trace, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs)
    {
        _trace = trace;
        Inputs = [.. inputs.Select(Define)];
        var depends = new HashSet<int>(Inputs);
        var steps = new List<TracedStep>();
        foreach (var operation in trace.Operations)
        {
            int[] from = [.. operation.Inputs.Select(Use)];
            if (operation.Name is "Alias" or "Clone" && operation.Outputs[0].DType == operation.Inputs[0].DType)
            {
                _current[operation.Outputs[0]] = from[0];
                continue;
            }
            int[] to = [.. operation.Outputs.Select(Define)];
            if (!from.Any(depends.Contains)) continue;
            depends.UnionWith(to);
            steps.Add(new(operation, from, to));
        }
        Outputs = [.. outputs.Select(Use)];
        Depending = depends;

        var needed = new HashSet<int>(Outputs);
        Needed = needed;
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            var step = steps[i];
            if (!step.Outputs.Any(needed.Contains)) continue;
            needed.UnionWith(step.Inputs);
            Steps.Add(step);
        }
        Steps.Reverse();
    }

    internal int[] Inputs { get; }

    internal int[] Outputs { get; }

    internal List<TracedStep> Steps { get; } = [];

    /// <summary>The values that depend on an input.</summary>
    internal IReadOnlySet<int> Depending { get; }

    /// <summary>The values that the outputs are made of.</summary>
    internal IReadOnlySet<int> Needed { get; }

    /// <summary>The tensor of a value that depends on no input.</summary>
    internal Tensor Constant(int value) => _trace.IsUnchanged(_values[value]) ? _values[value] : throw new NotSupportedException(
        $"Onnx.Export: a tensor of shape {_values[value].Shape} that does not depend on the input is changed in place in the forward pass. Make it out of place.");

    internal Tensor this[int value] => _values[value];

    int Define(Tensor x)
    {
        _values.Add(x);
        return _current[x] = _values.Count - 1;
    }

    int Use(Tensor x) => _current.TryGetValue(x, out int value) ? value : Define(x);
}
