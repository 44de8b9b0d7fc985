using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>
/// One walk over the tape, backwards, without recursion: a chain of any length is fine. First a walk down counts how
/// many gradients each node will receive; then nodes run as their last gradient arrives.
/// </summary>
/// <remarks>
/// Notes about a node are kept in the node itself, which costs no look-up, but only for nodes that belong to this graph.
/// Leaves are shared between graphs, and graphs may run on several threads or one within another (a checkpoint
/// recomputes inside a backward function), so a pass keeps nothing in leaves: it adds to them at once, or, where a hook or
/// the caller wants the total, gathers in a table of its own.
/// </remarks>
sealed class BackwardPass
{
    [ThreadStatic] static BackwardPass? t_current, t_spare;
    static int s_stamp;

    readonly List<Edge> _roots = [];
    readonly List<Tensor> _seeds = [];
    readonly Dictionary<Edge, Arrival> _arrivals = [];
    (Node Node, int NextEdge)[] _path = new (Node, int)[64];
    Node[] _ready = new Node[64];
    int _readyCount;
    Tensor?[] _gradients = new Tensor?[4], _made = new Tensor?[4], _results = [];

    BackwardPass? _outer;
    object? _segment;
    bool _retainGraph, _createGraph, _asksAll, _finished;
    int _stamp;

    /// <summary>Gathers the gradient of a place that the pass keeps no notes in.</summary>
    sealed class Arrival
    {
        internal Tensor? Sum;
        internal bool SumIsOwned;
        internal int Pending;
        internal int[] Results = [];
    }

    internal static BackwardPass Begin(bool retainGraph, bool createGraph, object? segment, bool asksAll)
    {
        var pass = t_spare ?? new();
        t_spare = null;
        pass._outer = t_current;
        t_current = pass;
        (pass._retainGraph, pass._createGraph, pass._segment, pass._asksAll) = (retainGraph, createGraph, segment, asksAll);
        pass._stamp = Interlocked.Increment(ref s_stamp);
        pass._finished = false;
        return pass;
    }

    internal void End()
    {
        t_current = _outer;
        _outer = null;
        // After an error it is full of what was under way, and not worth clearing.
        if (!_finished) return;
        _roots.Clear();
        _seeds.Clear();
        _arrivals.Clear();
        _results = [];
        _segment = null;
        if (_path.Length > 1 << 14) _path = new (Node, int)[64];
        t_spare = this;
    }

    /// <summary>Whether the pass of this thread wants the gradient that goes along <paramref name="edge"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Needs(in Edge edge) => edge.Target is not null && t_current!.Wants(edge);

    bool Wants(in Edge edge) => _asksAll || (Entered(edge.Target!) ? edge.Target!.Needed : _arrivals.ContainsKey(edge));

    internal void AddRoot(Edge root, Tensor seed)
    {
        _roots.Add(root);
        _seeds.Add(seed);
    }

    internal Tensor?[] Run(Edge[] asked)
    {
        _results = asked.Length == 0 ? [] : new Tensor?[asked.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            // What lies beyond a segment is never entered, and may carry the note of an outer pass.
            if (_segment is null) asked[i].Target!.AskedIn = _stamp;
            var arrival = ArrivalAt(asked[i]);
            arrival.Results = [.. arrival.Results, i];
        }

        foreach (var root in _roots) CountFrom(root.Target!);
        foreach (var root in _roots)
            if (!Entered(root.Target!) && Wants(root)) Expect(root);
        for (int i = 0; i < _roots.Count; i++)
        {
            if (!Wants(_roots[i])) continue;
            if (Entered(_roots[i].Target!)) Gather(_roots[i], _seeds[i], owned: false);
            else Reach(_roots[i], _seeds[i], owned: false);
        }
        // A root that another root leads to waits until that one has been done.
        foreach (var root in _roots)
            if (root.Target is { Pending: 0, Needed: true } node && Entered(node))
            {
                node.Pending = -1;
                Push(node);
            }

        while (_readyCount > 0)
        {
            var node = _ready[--_readyCount];
            _ready[_readyCount] = null!;
            Visit(node);
        }
        _finished = true;
        return _results;
    }

    bool Entered(Node node) => node.Stamp == _stamp;

    bool TryEnter(Node node)
    {
        if (node.Stamp == _stamp || node is AccumulateGrad || (_segment is not null && node.Segment != _segment)) return false;
        (node.Stamp, node.Pending, node.Needed, node.Slots) = (_stamp, 0, _asksAll, default);
        return true;
    }

    /// <summary>Depth first, so that whether a node leads to what is asked for is known of all it leads to before itself.</summary>
    void CountFrom(Node root)
    {
        if (!TryEnter(root)) return;
        int depth = 1;
        _path[0] = (root, 0);
        while (depth > 0)
        {
            var (node, next) = _path[depth - 1];
            var edges = node.Edges;
            while (next < edges.Length && (edges[next].Target is not { } target || !TryEnter(target))) next++;
            if (next < edges.Length)
            {
                _path[depth - 1].NextEdge = next + 1;
                if (depth == _path.Length) Array.Resize(ref _path, 2 * depth);
                _path[depth++] = (edges[next].Target!, 0);
                continue;
            }
            _path[--depth] = default;
            if (!_asksAll) node.Needed = node.AskedIn == _stamp || LeadsOn(edges);
            if (node.Needed)
                foreach (ref readonly var edge in edges)
                    if (edge.Target is not null && Wants(edge)) Expect(edge);
        }
    }

    bool LeadsOn(ReadOnlySpan<Edge> edges)
    {
        if (_asksAll) return true;
        foreach (ref readonly var edge in edges)
            if (edge.Target is not null && Wants(edge)) return true;
        return false;
    }

    void Expect(in Edge edge)
    {
        if (Entered(edge.Target!)) edge.Target!.Pending++;
        else if (edge.Target!.Hooks is not null || !_asksAll) ArrivalAt(edge).Pending++;
    }

    Arrival ArrivalAt(in Edge edge)
    {
        if (!_arrivals.TryGetValue(edge, out var arrival)) _arrivals.Add(edge, arrival = new());
        return arrival;
    }

    void Push(Node node)
    {
        if (_readyCount == _ready.Length) Array.Resize(ref _ready, 2 * _readyCount);
        _ready[_readyCount++] = node;
    }

    void Visit(Node node)
    {
        int count = node.Outputs;
        if (_gradients.Length < count) Array.Resize(ref _gradients, count);
        var gradients = _gradients.AsSpan(0, count);
        bool owned = node.Slots.FirstIsOwned && node.KeepsNoGradient;
        gradients[0] = node.Slots.First;
        for (int i = 1; i < count; i++) gradients[i] = node.Slots.Rest?[i - 1];
        node.Slots = default;

        if (node.Hooks is { } hooks)
        {
            owned = false;
            for (int slot = 0; slot < count; slot++) gradients[slot] = CallHooks(hooks, slot, gradients[slot]);
        }
        if (node.AskedIn == _stamp)
            for (int slot = 0; slot < count; slot++)
                if (_arrivals.TryGetValue(new(node, slot), out var arrival))
                {
                    owned = false;
                    foreach (int place in arrival.Results) _results[place] = gradients[slot];
                }

        var edges = node.Edges;
        if (LeadsOn(edges)) Carry(node, edges, gradients, owned);
        gradients.Clear();
    }

    void Carry(Node node, ReadOnlySpan<Edge> edges, Span<Tensor?> gradients, bool owned)
    {
        if (node.Released)
            throw new InvalidOperationException($"Backward through {node.Name} a second time: what it saved was given up after the " +
                "first pass. Pass retainGraph: true to the first backward.");
        if (_made.Length < edges.Length) Array.Resize(ref _made, edges.Length);
        var made = _made.AsSpan(0, edges.Length);
        made.Clear();
        long before = Storage.LastSerial;
        if (Anomaly.IsDetecting) Anomaly.Backward(node, gradients, made);
        else if (OperationProfile.Current is { } profile) profile.Backward(node, gradients, made);
        else node.Backward(gradients, made);
        if (!_retainGraph) node.Release();

        for (int i = 0; i < edges.Length; i++)
        {
            if (edges[i].Target is null || !Wants(edges[i])) continue;
            bool fresh = false;
            if (made[i] is { } g)
            {
                fresh = !_createGraph && node.KeepsNoGradient && g.Storage.Serial > before && g.Storage.Shares == 1;
                for (int j = 0; fresh && j < made.Length; j++) fresh = j == i || !ReferenceEquals(made[j], g);
                foreach (var dy in gradients)
                    if (ReferenceEquals(dy, g)) owned = false;
            }
            Deliver(edges[i], made[i], fresh);
        }
        made.Clear();
        if (owned && !_createGraph) gradients[0]?.Dispose();
    }

    void Deliver(in Edge edge, Tensor? gradient, bool owned)
    {
        var target = edge.Target!;
        if (!Entered(target))
        {
            Reach(edge, gradient, owned);
            return;
        }
        if (gradient is not null) Gather(edge, gradient, owned);
        if (--target.Pending == 0) Push(target);
    }

    /// <summary>Adds a gradient to what a node has received so far.</summary>
    void Gather(in Edge edge, Tensor gradient, bool owned)
    {
        ref var slots = ref edge.Target!.Slots;
        if (edge.Slot == 0)
        {
            Sum(ref slots.First, ref slots.FirstIsOwned, gradient, owned);
            return;
        }
        slots.Rest ??= new Tensor?[edge.Target.Outputs - 1];
        bool never = false;
        Sum(ref slots.Rest[edge.Slot - 1], ref never, gradient, owned: false);
    }

    void Sum(ref Tensor? sum, ref bool sumIsOwned, Tensor gradient, bool owned)
    {
        if (sum is null)
        {
            (sum, sumIsOwned) = (gradient, owned);
            return;
        }
        if (sum.Shape != gradient.Shape)
            throw new ShapeException($"Backward: gradients of shapes {sum.Shape} and {gradient.Shape} arrived at one tensor. " +
                "This is an error in an operation's gradient.");
        if (sumIsOwned && sum.IsContiguous && sum.DType == gradient.DType)
            sum.Add_(gradient);
        else if (owned && gradient.IsContiguous && sum.DType == gradient.DType)
        {
            (sum, sumIsOwned) = (gradient.Add_(sum), true);
            return;
        }
        else
            (sum, sumIsOwned) = (sum + gradient, !_createGraph);
        if (owned) gradient.Dispose();
    }

    /// <summary>A gradient arrives at a leaf, or at the border of a segment.</summary>
    void Reach(in Edge edge, Tensor? gradient, bool owned)
    {
        if (_arrivals.Count == 0 || !_arrivals.TryGetValue(edge, out var arrival))
        {
            if (gradient is not null) ((AccumulateGrad)edge.Target!).Accumulate(gradient, owned, _createGraph);
            return;
        }
        if (gradient is not null) Sum(ref arrival.Sum, ref arrival.SumIsOwned, gradient, owned);
        if (--arrival.Pending > 0) return;

        bool isHooked = edge.Target!.Hooks is not null && _segment is null;
        if (isHooked) arrival.Sum = CallHooks(edge.Target.Hooks!, edge.Slot, arrival.Sum);
        if (arrival.Results.Length == 0 && arrival.Sum is { } total)
            ((AccumulateGrad)edge.Target).Accumulate(total, arrival.SumIsOwned && !isHooked, _createGraph);
        foreach (int place in arrival.Results) _results[place] = arrival.Sum;
    }

    /// <summary>
    /// The node of a leaf to whose gradient the running pass adds what it finds, so that a product may do the adding itself;
    /// null where there is no gradient of that form yet, or somebody wants to see what is added.
    /// </summary>
    internal static AccumulateGrad? OpenSum(Tensor leaf)
    {
        if (t_current is not { _createGraph: false } pass || Anomaly.IsDetecting || !leaf.IsLeaf || !leaf.RequiresGrad) return null;
        var edge = Autograd.EdgeOf(leaf);
        return edge.Target is AccumulateGrad { Leaf.Grad: { IsContiguous: true } sum } node && sum.DType == leaf.DType && sum.Shape == leaf.Shape
            && (pass._arrivals.Count == 0 || !pass._arrivals.ContainsKey(edge)) ? node : null;
    }

    static Tensor? CallHooks(GradientHook[] hooks, int slot, Tensor? gradient)
    {
        foreach (var hook in hooks)
            if (hook.Slot == slot && gradient is { } g && hook.Call(g) is { } replaced)
                gradient = replaced.Shape == g.Shape ? replaced : throw new ShapeException(
                    $"A gradient hook returned shape {replaced.Shape}; expected {g.Shape}, the shape it was given.");
        return gradient;
    }
}
