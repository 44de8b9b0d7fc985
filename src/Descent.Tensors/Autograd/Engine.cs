namespace Descent.Tensors;

/// <summary>Walks the tape backwards, without recursion: a chain of any length is fine.</summary>
static class Engine
{
    static int s_pass;

    /// <summary>
    /// Carries gradients from the outputs; adds them to leaves, or, where inputs are named, returns theirs instead.
    /// </summary>
    internal static Tensor?[] Run(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor?> gradOutputs, ReadOnlySpan<Tensor> inputs,
        bool retainGraph, bool createGraph)
    {
        int pass = Interlocked.Increment(ref s_pass);
        var roots = new Edge[outputs.Length];
        for (int i = 0; i < outputs.Length; i++) roots[i] = Root(outputs[i]);

        Dictionary<Edge, int[]>? captures = null;
        if (!inputs.IsEmpty)
        {
            captures = [];
            for (int i = 0; i < inputs.Length; i++)
            {
                var edge = Autograd.EdgeOf(inputs[i]);
                if (edge.Target is null)
                    throw new InvalidOperationException($"Autograd.Grad: input {i} of shape {inputs[i].Shape} does not require gradients.");
                captures[edge] = captures.TryGetValue(edge, out var seen) ? [.. seen, i] : [i];
            }
        }

        Count(roots, pass, captures);
        var results = new Tensor?[inputs.Length];
        var ready = new Stack<Node>();
        for (int i = 0; i < outputs.Length; i++)
        {
            var seed = Seed(outputs[i], gradOutputs.IsEmpty ? null : gradOutputs[i]);
            Deliver(roots[i], seed, owned: false, createGraph);
        }
        // A root that another root leads to waits until that one has been done.
        foreach (var root in roots)
            if (root.Target!.Pending == 0 && !ready.Contains(root.Target)) ready.Push(root.Target);

        using var mode = createGraph ? Autograd.EnableGrad() : Autograd.NoGrad();
        var gradients = new Tensor?[1];
        var carried = new Tensor?[4];
        while (ready.TryPop(out var node))
            Visit(node, ref gradients, ref carried, results, captures, ready, retainGraph, createGraph);
        return results;
    }

    static void Visit(Node node, ref Tensor?[] gradients, ref Tensor?[] carried, Tensor?[] results, Dictionary<Edge, int[]>? captures,
        Stack<Node> ready, bool retainGraph, bool createGraph)
    {
        int count = node.Outputs;
        if (gradients.Length < count) Array.Resize(ref gradients, count);
        bool owned = node.Slots.FirstIsOwned && node.KeepsNoGradient;
        gradients[0] = node.Slots.First;
        for (int i = 1; i < count; i++) gradients[i] = node.Slots.Rest?[i - 1];
        node.Slots = default;

        if (node.Hooks is { } hooks)
        {
            owned = false;
            foreach (var hook in hooks)
                if (gradients[hook.Slot] is { } g && hook.Call(g) is { } replaced)
                    gradients[hook.Slot] = replaced.Shape == g.Shape ? replaced : throw new ShapeException(
                        $"A gradient hook returned shape {replaced.Shape}; expected {g.Shape}, the shape it was given.");
        }
        if (captures is not null)
            for (int slot = 0; slot < count; slot++)
                if (captures.TryGetValue(new(node, slot), out var places))
                {
                    owned = false;
                    foreach (int place in places) results[place] = gradients[slot];
                }

        if (node is AccumulateGrad accumulator)
        {
            if (captures is null && gradients[0] is { } g) Accumulate(accumulator.Leaf, g, owned, createGraph);
            gradients.AsSpan(0, count).Clear();
            return;
        }
        if (node.Released)
            throw new InvalidOperationException($"Backward through {node.Name} a second time: what it saved was given up after the " +
                "first pass. Pass retainGraph: true to the first backward.");

        var edges = node.Edges;
        if (carried.Length < edges.Length) Array.Resize(ref carried, edges.Length);
        var made = carried.AsSpan(0, edges.Length);
        made.Clear();
        long before = Storage.LastSerial;
        node.Backward(gradients.AsSpan(0, count), made);
        if (!retainGraph) node.Release();

        for (int i = 0; i < edges.Length; i++)
        {
            if (edges[i].Target is not { Needed: true } target) continue;
            if (made[i] is { } g)
            {
                if (Anomaly.IsDetecting) Anomaly.CheckBackward(g, node);
                bool fresh = !createGraph && g.Storage.Serial > before && g.Storage.Shares == 1;
                for (int j = 0; fresh && j < edges.Length; j++) fresh = j == i || !ReferenceEquals(made[j], g);
                for (int j = 0; j < count; j++)
                    if (ReferenceEquals(gradients[j], g)) owned = false;
                Deliver(edges[i], g, fresh, createGraph);
            }
            if (--target.Pending == 0) ready.Push(target);
        }
        if (owned && !createGraph) gradients[0]?.Dispose();
        gradients.AsSpan(0, count).Clear();
    }

    /// <summary>Adds a gradient to what its target has received so far.</summary>
    static void Deliver(Edge edge, Tensor gradient, bool owned, bool createGraph)
    {
        ref var slots = ref edge.Target!.Slots;
        if (edge.Slot > 0)
        {
            slots.Rest ??= new Tensor?[edge.Target.Outputs - 1];
            ref var place = ref slots.Rest[edge.Slot - 1];
            place = place is null ? gradient : place + gradient;
            return;
        }
        if (slots.First is not { } sum)
        {
            (slots.First, slots.FirstIsOwned) = (gradient, owned);
            return;
        }
        if (slots.FirstIsOwned && !createGraph && sum.IsContiguous && sum.Shape == gradient.Shape && sum.DType == gradient.DType)
        {
            sum.Add_(gradient);
            if (owned) gradient.Dispose();
            return;
        }
        slots.First = sum + gradient;
        slots.FirstIsOwned = !createGraph;
        if (owned) gradient.Dispose();
    }

    static void Accumulate(Tensor leaf, Tensor gradient, bool owned, bool createGraph)
    {
        if (gradient.Shape != leaf.Shape)
            throw new ShapeException($"Backward: a gradient of shape {gradient.Shape} arrived at a leaf of shape {leaf.Shape}. " +
                "This is an error in the operation's gradient.");
        if (leaf.Grad is null)
            leaf.Grad = createGraph || (owned && gradient.IsContiguous && gradient.DType == leaf.DType) ? gradient
                : gradient.DType == leaf.DType ? gradient.Clone() : gradient.To(leaf.DType);
        else if (createGraph)
            leaf.Grad += gradient;
        else
        {
            leaf.Grad.Add_(gradient);
            if (owned) gradient.Dispose();
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

    /// <summary>Counts for every node how many gradients it will receive, and marks those that lead to what is asked for.</summary>
    static void Count(Edge[] roots, int pass, Dictionary<Edge, int[]>? captures)
    {
        HashSet<Node>? asked = captures is null ? null : [.. captures.Keys.Select(e => e.Target!)];
        var order = new List<Node>();
        var stack = new Stack<Node>();
        foreach (var root in roots)
            if (Enter(root.Target!, pass)) stack.Push(root.Target!);
        while (stack.TryPop(out var node))
        {
            order.Add(node);
            foreach (var edge in node.Edges)
                if (edge.Target is { } target)
                {
                    if (Enter(target, pass)) stack.Push(target);
                    target.Pending++;
                }
        }
        if (asked is null) return;

        // A node is needed if it is asked for or leads to one that is: settle from the far end by counting again.
        foreach (var node in order) node.Needed = false;
        var waiting = new Dictionary<Node, List<Node>>();
        foreach (var node in order)
            foreach (var edge in node.Edges)
                if (edge.Target is { } target)
                    (waiting.TryGetValue(target, out var list) ? list : waiting[target] = []).Add(node);
        foreach (var node in asked)
            if (node.Pass == pass) stack.Push(node);
        while (stack.TryPop(out var node))
        {
            if (node.Needed) continue;
            node.Needed = true;
            if (waiting.TryGetValue(node, out var users))
                foreach (var user in users) stack.Push(user);
        }
        foreach (var node in order) node.Pending = 0;
        foreach (var node in order)
            if (node.Needed)
                foreach (var edge in node.Edges)
                    if (edge.Target is { Needed: true } target) target.Pending++;
    }

    static bool Enter(Node node, int pass)
    {
        if (node.Pass == pass) return false;
        (node.Pass, node.Pending, node.Needed, node.Slots) = (pass, 0, true, default);
        return true;
    }
}
