namespace Descent.Tensors;

/// <summary>The doors to a <see cref="BackwardPass"/>.</summary>
static class Engine
{
    /// <summary>
    /// Carries gradients from the outputs; adds them to leaves, or, where inputs are named, returns theirs instead.
    /// </summary>
    internal static Tensor?[] Run(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor?> gradOutputs, ReadOnlySpan<Tensor> inputs,
        bool retainGraph, bool createGraph)
    {
        var asked = inputs.IsEmpty ? [] : new Edge[inputs.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            asked[i] = Autograd.EdgeOf(inputs[i]);
            if (asked[i].Target is null)
                throw new InvalidOperationException($"Autograd.Grad: input {i} of shape {inputs[i].Shape} does not require gradients.");
        }
        var results = Run(outputs, gradOutputs, asked, asksAll: inputs.IsEmpty, segment: null, retainGraph, createGraph);
        if (inputs.IsEmpty && !retainGraph) BlockCache.EndOfPass();
        return results;
    }

    /// <summary>
    /// Carries a gradient from the result of a recomputed segment to the edges that lead out of it, and no further: what
    /// lies beyond may be in the middle of a pass of its own.
    /// </summary>
    internal static Tensor?[] RunSegment(Tensor output, Tensor gradient, Edge[] asked, object segment, bool createGraph) =>
        Run([output], [gradient], asked, asksAll: false, segment, retainGraph: createGraph, createGraph);

    static Tensor?[] Run(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor?> gradOutputs, Edge[] asked, bool asksAll, object? segment,
        bool retainGraph, bool createGraph)
    {
        if (!gradOutputs.IsEmpty && gradOutputs.Length != outputs.Length)
            throw new ArgumentException($"Autograd.Grad: {gradOutputs.Length} gradients were given for {outputs.Length} outputs. Expected one each.", nameof(gradOutputs));
        var pass = BackwardPass.Begin(retainGraph, createGraph, segment, asksAll);
        try
        {
            for (int i = 0; i < outputs.Length; i++)
                pass.AddRoot(Root(outputs[i]), Seed(outputs[i], gradOutputs.IsEmpty ? null : gradOutputs[i]));
            using var types = Autocast.Disable();
            using var mode = createGraph ? Autograd.EnableGrad() : Autograd.NoGrad();
            return pass.Run(asked);
        }
        finally
        {
            pass.End();
        }
    }

    static Edge Root(Tensor output)
    {
        var edge = Autograd.EdgeOf(output);
        return edge.Target is not null ? edge : throw new InvalidOperationException(
            $"Backward: the tensor of shape {output.Shape} does not require gradients: no input of its computation does, or it was " +
            "computed under NoGrad().");
    }

    static Tensor Seed(Tensor output, Tensor? gradient)
    {
        if (gradient is null)
            return output.Elements == 1 ? Tensor.Ones(output.Shape, output.DType) : throw new InvalidOperationException(
                $"Backward: the output has shape {output.Shape}; only that of a single number has a gradient by default. " +
                "Reduce it (Sum, Mean) or pass the gradient of its shape.");
        return gradient.Shape == output.Shape ? gradient : throw new ShapeException(
            $"Backward: the gradient has shape {gradient.Shape}, but the output {output.Shape}.");
    }
}
