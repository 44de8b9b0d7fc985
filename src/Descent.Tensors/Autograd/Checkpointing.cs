namespace Descent.Tensors;

/// <summary>Marks the nodes that a checkpointed function records.</summary>
sealed class CheckpointSegment
{
    [ThreadStatic] static CheckpointSegment? t_current;

    internal static CheckpointSegment? Current => t_current;

    internal Scope Enter() => new(this);

    internal readonly struct Scope : IDisposable
    {
        readonly CheckpointSegment? _outer;
        internal Scope(CheckpointSegment segment) => (_outer, t_current) = (t_current, segment);
        public void Dispose() => t_current = _outer;
    }

    /// <summary>The edges that lead out of the segment, each once, in the order of a walk from its result.</summary>
    internal Edge[] Border(Node result)
    {
        var (border, seen, stack) = (new List<Edge>(), new HashSet<object> { result }, new Stack<Node>([result]));
        while (stack.TryPop(out var node))
            foreach (var edge in node.Edges)
                if (edge.Target is not { } target) continue;
                else if (target.Segment == this && target is not AccumulateGrad)
                {
                    if (seen.Add(target)) stack.Push(target);
                }
                else if (seen.Add(edge)) border.Add(edge);
        return [.. border];
    }
}

/// <summary>Trades time for memory: what a function saves is given up after the forward pass, and made again for backward.</summary>
/// <remarks>Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016, arXiv:1604.06174.</remarks>
static class Checkpointing
{
    internal static Tensor Run(Func<Tensor[], Tensor> f, Tensor[] inputs)
    {
        if (!Autograd.IsEnabled) return f(inputs);
        var state = Generator.Default.GetState();
        var segment = new CheckpointSegment();
        Tensor y;
        using (segment.Enter())
        using (Autocast.Renew()) y = f(inputs);
        if (y.Node is not { } node || node.Segment != segment) return y;

        // Recorded once to learn what it depends on, parameters that it closes over included; then that graph is dropped.
        var border = segment.Border(node);
        var result = y.Detach();
        result.Node = new JointNode<Recipe>("Checkpoint", new(f, inputs, [.. inputs.Select(x => x.Saved)], border, state, Autocast.Current), border, 1,
            Recompute, keepsNoGradient: false) { CallSite = Anomaly.CallSite() };
        return result;
    }

    sealed record Recipe(Func<Tensor[], Tensor> Function, Tensor[] Inputs, Saved[] Versions, Edge[] Border, GeneratorState State, DType? Type);

    static void Recompute(ReadOnlySpan<Tensor?> gradients, Recipe s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        if (gradients[0] is not { } dy) return;
        foreach (var input in s.Versions) _ = input.Value;
        bool createGraph = Autograd.IsEnabled;
        var segment = new CheckpointSegment();
        var now = Generator.Default.GetState();
        Tensor y;
        try
        {
            Generator.Default.SetState(s.State);
            using (segment.Enter())
            using (s.Type is { } type ? Autocast.Enter(type) : Autocast.Disable())
            using (Autograd.EnableGrad()) y = s.Function(s.Inputs);
        }
        finally
        {
            Generator.Default.SetState(now);
        }
        if (y.Shape != dy.Shape || y.Node is not { } node || !segment.Border(node).SequenceEqual(s.Border))
            throw new InvalidOperationException("Checkpoint: the function did something else when it was run again for backward. " +
                "It must depend on its inputs, on tensors it closes over and on Generator.Default alone.");
        List<int> places = [];
        for (int i = 0; i < needed.Length; i++)
            if (needed[i]) places.Add(i);
        var made = Engine.RunSegment(y, dy, [.. places.Select(i => s.Border[i])], segment, createGraph);
        for (int i = 0; i < made.Length; i++) results[places[i]] = made[i];
    }
}
