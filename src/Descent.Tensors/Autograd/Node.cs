using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>Where a gradient goes: a node and which of its outputs the gradient belongs to.</summary>
readonly record struct Edge(Node? Target, int Slot)
{
    /// <summary>Whether the running backward pass wants the gradient that goes here.</summary>
    internal bool IsNeeded => BackwardPass.Needs(this);
}

/// <summary>One recorded operation. Its edges lead to the nodes of its inputs.</summary>
abstract class Node
{
    internal abstract string Name { get; }

    internal abstract ReadOnlySpan<Edge> Edges { get; }

    /// <summary>How many tensors this node made.</summary>
    internal virtual int Outputs => 1;

    /// <summary>Where the operation was called, kept only while anomalies are being detected.</summary>
    internal string? CallSite { get; init; }

    /// <summary>Whether what it saved was given up by an earlier backward pass.</summary>
    internal bool Released { get; private protected set; }

    /// <summary>
    /// The engine may dispose gradients that it alone holds after this node has read them; not so for functions of
    /// users, which may keep them.
    /// </summary>
    internal virtual bool KeepsNoGradient => true;

    /// <summary>Gradients with respect to the inputs, in the order of <see cref="Edges"/>; null where none flows.</summary>
    /// <param name="gradients">Gradients of the outputs; null is zero.</param>
    /// <param name="results">One place per edge; edges without a target need not be computed.</param>
    internal abstract void Backward(ReadOnlySpan<Tensor?> gradients, Span<Tensor?> results);

    /// <summary>Gives up what was saved for backward.</summary>
    internal virtual void Release() { }

    // ---- Hooks on the outputs ------------------------------------------------------------------------------------

    /// <summary>Replaced, not changed, so that a hook may add and remove hooks; those that only watch come last.</summary>
    internal GradientHook[]? Hooks { get; private set; }

    internal void AddHook(GradientHook hook)
    {
        var old = Hooks ?? [];
        Hooks = hook.Retains ? [.. old, hook] : [.. old.Where(h => !h.Retains), hook, .. old.Where(h => h.Retains)];
    }

    internal void RemoveHook(GradientHook hook) => Hooks = Hooks is { Length: > 1 } old ? [.. old.Where(h => !ReferenceEquals(h, hook))] : null;

    // ---- The notes of one pass, valid where the stamp is the pass's ---------------------------------------------------

    internal int Stamp, AskedIn, Pending;
    internal bool Needed;
    internal GradientSlots Slots;

    /// <summary>The checkpointed function in which the operation was recorded, or null.</summary>
    internal readonly object? Segment = CheckpointSegment.Current;
}

/// <summary>Called with the gradient of one output; what it returns, if anything, replaces the gradient.</summary>
/// <param name="Slot">Which output.</param>
/// <param name="Call">The function.</param>
/// <param name="Retains">It stores the gradient after all others have had their say.</param>
sealed record GradientHook(int Slot, Func<Tensor, Tensor?> Call, bool Retains = false);

/// <summary>The gradients gathered for a node's outputs during one pass; almost every node has one output.</summary>
struct GradientSlots
{
    internal Tensor? First;
    /// <summary>Whether nobody but the engine holds the first gradient.</summary>
    internal bool FirstIsOwned;
    internal Tensor?[]? Rest;
}

/// <summary>The end of a path: adds the arriving gradient to a leaf.</summary>
sealed class AccumulateGrad(Tensor leaf) : Node
{
    internal Tensor Leaf => leaf;
    internal override string Name => "AccumulateGrad";
    internal override ReadOnlySpan<Edge> Edges => [];
    internal override void Backward(ReadOnlySpan<Tensor?> gradients, Span<Tensor?> results) =>
        throw new InvalidOperationException("A pass adds to leaves itself.");

    /// <summary>Adds to the gradient by a function that changes it, if there still is one.</summary>
    internal bool TryAdd<S>(S state, Action<Tensor, S> add)
    {
        lock (this)
        {
            if (leaf.Grad is not { } sum) return false;
            add(sum, state);
            sum.Storage.Changed();
            return true;
        }
    }

    /// <param name="gradient">What to add.</param>
    /// <param name="owned">Nobody else holds it: it may become the gradient, or be disposed.</param>
    /// <param name="createGraph">The addition is recorded too.</param>
    internal void Accumulate(Tensor gradient, bool owned, bool createGraph)
    {
        if (gradient.Shape != leaf.Shape)
            throw new ShapeException($"Backward: a gradient of shape {gradient.Shape} arrived at a leaf of shape {leaf.Shape}. " +
                "This is an error in the operation's gradient.");
        // Graphs on several threads may share the leaf.
        lock (this)
        {
            if (leaf.Grad is null)
            {
                bool takes = owned && gradient.IsContiguous && gradient.DType == leaf.DType;
                leaf.Grad = takes ? gradient : gradient.DType == leaf.DType ? gradient.Clone() : gradient.To(leaf.DType);
                return;
            }
            if (createGraph) leaf.Grad += gradient;
            else leaf.Grad.Add_(gradient);
        }
        if (owned) gradient.Dispose();
    }
}

/// <summary>The function that carries a gradient from the output to one input.</summary>
/// <typeparam name="S">What the operation saved.</typeparam>
delegate Tensor? GradientFunction<in S>(Tensor dy, S saved);

/// <summary>An operation of one output whose inputs each have a gradient function of their own.</summary>
sealed class FunctionNode<S> : Node
{
    readonly string _name;
    readonly EdgeBuffer _edges;
    readonly int _count;
    readonly GradientFunction<S> _first;
    readonly GradientFunction<S>? _second, _third;
    S? _saved;
    Tensor? _owned;

    internal FunctionNode(string name, S saved, Tensor? owned, Edge e0, GradientFunction<S> f0,
        Edge e1 = default, GradientFunction<S>? f1 = null, Edge e2 = default, GradientFunction<S>? f2 = null)
    {
        (_name, _saved, _owned) = (name, saved, owned);
        (_first, _second, _third) = (f0, f1, f2);
        _edges[0] = e0;
        _edges[1] = e1;
        _edges[2] = e2;
        _count = f2 is not null ? 3 : f1 is not null ? 2 : 1;
    }

    internal override string Name => _name;

    internal override ReadOnlySpan<Edge> Edges => ((ReadOnlySpan<Edge>)_edges)[.._count];

    internal override void Backward(ReadOnlySpan<Tensor?> gradients, Span<Tensor?> results)
    {
        if (gradients[0] is not { } dy) return;
        if (_edges[0].IsNeeded) results[0] = _first(dy, _saved!);
        if (_count > 1 && _edges[1].IsNeeded) results[1] = _second!(dy, _saved!);
        if (_count > 2 && _edges[2].IsNeeded) results[2] = _third!(dy, _saved!);
    }

    internal override void Release()
    {
        // What saved nothing can be gone through again.
        if (!RuntimeHelpers.IsReferenceOrContainsReferences<S>() && _owned is null) return;
        Released = true;
        _saved = default;
        _owned?.Dispose();
        _owned = null;
    }

    [InlineArray(3)]
    struct EdgeBuffer
    {
        Edge _first;
    }
}

/// <summary>What a joint gradient function is told, and where it puts its results.</summary>
/// <typeparam name="S">What the operation saved.</typeparam>
/// <param name="gradients">Gradients of the outputs; null is zero.</param>
/// <param name="saved">What the operation saved.</param>
/// <param name="needed">Which inputs want a gradient.</param>
/// <param name="results">One place per input.</param>
delegate void JointGradient<in S>(ReadOnlySpan<Tensor?> gradients, S saved, ReadOnlySpan<bool> needed, Span<Tensor?> results);

/// <summary>An operation of any number of inputs and outputs whose gradients are computed together.</summary>
sealed class JointNode<S>(string name, S saved, Edge[] edges, int outputs, JointGradient<S> gradient, bool keepsNoGradient, Tensor? owned = null) : Node
{
    S? _saved = saved;
    Tensor? _owned = owned;

    internal override string Name => name;
    internal override ReadOnlySpan<Edge> Edges => edges;
    internal override int Outputs => outputs;
    internal override bool KeepsNoGradient => keepsNoGradient;

    internal override void Backward(ReadOnlySpan<Tensor?> gradients, Span<Tensor?> results)
    {
        Span<bool> needed = edges.Length <= 64 ? stackalloc bool[edges.Length] : new bool[edges.Length];
        for (int i = 0; i < edges.Length; i++) needed[i] = edges[i].IsNeeded;
        gradient(gradients, _saved!, needed, results);
    }

    internal override void Release()
    {
        Released = true;
        _saved = default;
        _owned?.Dispose();
        _owned = null;
    }
}
