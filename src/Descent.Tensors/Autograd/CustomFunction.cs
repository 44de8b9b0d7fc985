namespace Descent.Tensors;

/// <summary>What the forward half of a function with a gradient of its own hands to the backward half.</summary>
public sealed class FunctionContext
{
    Saved[] _saved = [];
    readonly bool[] _needed;

    internal FunctionContext(bool[] needed) => _needed = needed;

    /// <summary>Keeps tensors, inputs or results, for backward; changing one in place before that is an error.</summary>
    public void Save(params ReadOnlySpan<Tensor> tensors)
    {
        _saved = new Saved[tensors.Length];
        for (int i = 0; i < tensors.Length; i++) _saved[i] = tensors[i].Saved;
    }

    /// <summary>A tensor that <see cref="Save"/> kept.</summary>
    /// <exception cref="InvalidOperationException">It was changed in place since.</exception>
    public Tensor Saved(int index) => _saved[index].Value;

    /// <summary>Anything else that backward needs.</summary>
    public object? State { get; set; }

    /// <summary>Whether the gradient of an input is wanted; backward may return null for others.</summary>
    public bool Needs(int input) => _needed[input];

    internal void SetNeeded(ReadOnlySpan<bool> needed) => needed.CopyTo(_needed);
}

/// <summary>Runs and records functions with gradients of their own.</summary>
static class CustomFunction
{
    internal static Tensor[] Apply(Tensor[] inputs, Func<FunctionContext, Tensor[], Tensor[]> forward,
        Func<FunctionContext, Tensor?[], Tensor?[]> backward, string name)
    {
        var context = new FunctionContext([.. inputs.Select(x => x.RequiresGrad)]);
        Tensor[] outputs;
        using (Autograd.NoGrad()) outputs = [.. forward(context, inputs)];
        // A result that is an input, or anybody's, must not get this node.
        for (int i = 0; i < outputs.Length; i++)
            if (outputs[i].RequiresGrad || inputs.Any(x => ReferenceEquals(x, outputs[i]))) outputs[i] = outputs[i].Detach();
        using var parts = OperationTrace.Pause(); // What forward was made of says more than the whole.
        Autograd.RecordJoint(outputs, (context, backward, shapes: Array.ConvertAll(inputs, x => x.Shape), name), inputs,
            static (gradients, s, needed, results) =>
            {
                s.context.SetNeeded(needed);
                var made = s.backward(s.context, gradients.ToArray());
                if (made.Length != results.Length)
                    throw new InvalidOperationException($"{s.name}: backward returned {made.Length} gradients; expected {results.Length}, " +
                        "one per input, null where none flows.");
                for (int i = 0; i < made.Length; i++)
                    results[i] = made[i] is null || made[i]!.Shape == s.shapes[i] ? made[i] : throw new ShapeException(
                        $"{s.name}: backward returned a gradient of shape {made[i]!.Shape} for input {i}; expected {s.shapes[i]}, the shape of the input.");
            }, keepsNoGradient: false, operation: name);
        return outputs;
    }
}
