using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>One operation of a trace.</summary>
/// <param name="Name">Its name: that of the method, such as <c>MatMul</c> or <c>Softmax</c>.</param>
/// <param name="Inputs">The tensors it was computed from.</param>
/// <param name="Outputs">The tensors it gave.</param>
/// <param name="Attributes">
/// What the operation keeps for its gradient besides tensors, in that order: dimensions, sizes, bounds, modes.
/// </param>
public sealed record TracedOperation(string Name, IReadOnlyList<Tensor> Inputs, IReadOnlyList<Tensor> Outputs, IReadOnlyList<object?> Attributes);

/// <summary>
/// The operations that this thread runs until the trace is disposed, in order. Where recorded operations pass through
/// anyway they are noted here too, so nothing differentiable can be missed; costs nothing while no trace is on.
/// </summary>
/// <remarks>All tensors stay alive as long as the trace. Only one can be on at a time on a thread.</remarks>
public sealed class OperationTrace : IDisposable
{
    /// <summary>Whether there ever was one: every operation asks, and what belongs to a thread is slow to look up.</summary>
    static bool s_used;

    [ThreadStatic] static OperationTrace? t_current;

    readonly List<TracedOperation> _operations = [];
    readonly Dictionary<Tensor, int> _versions = new(ReferenceEqualityComparer.Instance);
    (Tensor[]? Inputs, object?[] Attributes)? _description;
    int _paused;

    OperationTrace() { }

    /// <summary>Begins to note operations.</summary>
    /// <exception cref="InvalidOperationException">A trace is already on.</exception>
    public static OperationTrace Start()
    {
        if (t_current is not null) throw new InvalidOperationException("OperationTrace.Start: a trace is already on. Dispose it first.");
        s_used = true;
        return t_current = new();
    }

    /// <summary>What was run so far.</summary>
    public IReadOnlyList<TracedOperation> Operations => _operations;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ReferenceEquals(t_current, this)) t_current = null;
    }

    /// <summary>Whether a tensor that the operations read or gave still holds what it held then.</summary>
    public bool IsUnchanged(Tensor x) => !_versions.TryGetValue(x, out int version) || version == x.Version;

    /// <summary>Whether operations are to be noted.</summary>
    internal static bool IsOn => s_used && t_current is { _paused: 0 };

    /// <summary>Whether an operation read or gave this tensor.</summary>
    internal static bool Knows(Tensor? x) => s_used && x is not null && t_current is { _paused: 0 } trace && trace._versions.ContainsKey(x);

    /// <summary>
    /// What the next operation is to say of itself instead of what it keeps for its gradient: for operations that keep it in a
    /// form of their own, or whose gradient needs less. Ask <see cref="IsOn"/> first.
    /// </summary>
    internal static void Describe(Tensor[]? inputs, params object?[] attributes) => t_current!._description = (inputs, attributes);

    /// <summary>An operation that records no gradient, because its result has none.</summary>
    internal static Tensor Add(Tensor y, ReadOnlySpan<Tensor> inputs, object? attributes, [CallerMemberName] string operation = "")
    {
        Add([y], inputs, attributes, operation);
        return y;
    }

    /// <summary>An operation of several results, or one that stands for those that it is made of.</summary>
    internal static void Add(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, object? attributes, string operation) =>
        t_current?.Note(operation, outputs, inputs, attributes);

    /// <summary>An operation as it is recorded for its gradient.</summary>
    internal static void Record<S>(string operation, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, S saved) =>
        t_current!.Note(operation, outputs, inputs, saved);

    /// <summary><paramref name="y"/> holds what <paramref name="x"/> does, though no operation made it so.</summary>
    internal static void Alias(Tensor y, Tensor x) => t_current!.Note("Alias", [y], [x], null);

    /// <summary>Until disposed, nothing is noted: the operations inside are parts of one.</summary>
    internal static Pausing Pause()
    {
        var trace = t_current;
        if (trace is not null) trace._paused++;
        return new(trace);
    }

    internal readonly struct Pausing(OperationTrace? trace) : IDisposable
    {
        public void Dispose()
        {
            if (trace is not null) trace._paused--;
        }
    }

    void Note(string operation, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, object? state)
    {
        if (_paused > 0) return;
        var attributes = Plain(state);
        if (_description is { } description)
        {
            if (description.Inputs is { } told) inputs = told;
            attributes = description.Attributes;
            _description = null;
        }
        foreach (var x in inputs) CheckUnchanged(x, operation);
        _operations.Add(new(operation, inputs.ToArray(), outputs.ToArray(), attributes));
        foreach (var y in outputs) _versions[y] = y.Version;
    }

    void CheckUnchanged(Tensor x, string operation)
    {
        if (!_versions.TryAdd(x, x.Version) && _versions[x] != x.Version)
            throw new InvalidOperationException($"{operation}: its input of shape {x.Shape} was changed in place through another tensor that shares its memory, " +
                "which a trace cannot follow. Change it by assigning to the tensor itself, or out of place.");
    }

    static object?[] Plain(object? state) => state switch
    {
        null => [],
        Saved => [],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => tuple[i]).Where(value => value is not Saved)],
        _ => [state],
    };
}
