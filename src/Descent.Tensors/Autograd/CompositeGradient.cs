namespace Descent.Tensors;

/// <summary>
/// Gradients that can be differentiated in turn, for operations whose own gradient is a fused kernel: the operation is run
/// again as a composition of recorded ones, and the pass goes through those.
/// </summary>
static class CompositeGradient
{
    /// <param name="gradients">Gradients of the outputs; null is zero.</param>
    /// <param name="inputs">The inputs, as they were saved.</param>
    /// <param name="needed">Which inputs want a gradient.</param>
    /// <param name="results">One place per input.</param>
    /// <param name="composite">From the inputs to the outputs, by recorded operations.</param>
    internal static void Run(ReadOnlySpan<Tensor?> gradients, Tensor[] inputs, ReadOnlySpan<bool> needed, Span<Tensor?> results,
        Func<Tensor[], Tensor[]> composite)
    {
        var segment = new CheckpointSegment();
        Tensor? total = null;
        using (segment.Enter())
        {
            var outputs = composite(inputs);
            for (int i = 0; i < outputs.Length; i++)
                if (gradients[i] is { } dy)
                {
                    var part = (outputs[i] * dy).Sum();
                    total = total is null ? part : total + part;
                }
        }
        if (total?.Node is null) return;
        var (places, asked) = (new List<int>(), new List<Edge>());
        for (int i = 0; i < needed.Length; i++)
        {
            // A tensor that stands in two places gets its whole gradient in the first.
            if (!needed[i] || Autograd.EdgeOf(inputs[i]) is var edge && asked.Contains(edge)) continue;
            places.Add(i);
            asked.Add(edge);
        }
        var made = Engine.RunSegment(total, Tensor.Ones([], total.DType), [.. asked], segment, createGraph: true);
        for (int i = 0; i < made.Length; i++) results[places[i]] = made[i];
    }
}
