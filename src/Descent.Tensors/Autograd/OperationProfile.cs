using System.Diagnostics;

namespace Descent.Tensors;

/// <summary>What the operations of one thread cost, forward and backward, each with what it spends beside the operations within it.</summary>
/// <remarks>
/// An operation is told apart where it is recorded, at its end: it is charged with the time since the one before it ended, so
/// what lies between operations is charged to the next. <see cref="Mark"/> leaves out what has passed.
/// </remarks>
public sealed class OperationProfile : IDisposable
{
    /// <summary>Whether there ever was one: every operation asks, and what belongs to a thread is slow to look up.</summary>
    static bool s_used;

    [ThreadStatic] static OperationProfile? t_current;

    readonly Dictionary<(string Operation, bool IsBackward), (long Calls, long Ticks)> _costs = [];
    readonly OperationProfile? _outer;
    long _last = Stopwatch.GetTimestamp();
    bool _inBackward;

    OperationProfile()
    {
        _outer = t_current;
        t_current = this;
        s_used = true;
    }

    /// <summary>Measures the operations of this thread until it is disposed.</summary>
    public static OperationProfile Start() => new();

    /// <summary>The profile that is measuring on this thread, or null.</summary>
    internal static OperationProfile? Current => s_used ? t_current : null;

    /// <summary>What has been measured, the costliest first.</summary>
    public IReadOnlyList<OperationCost> Costs => [.. _costs.OrderByDescending(c => c.Value.Ticks)
        .Select(c => new OperationCost(c.Key.Operation, c.Key.IsBackward, c.Value.Calls, (double)c.Value.Ticks / Stopwatch.Frequency))];

    /// <summary>Charges no operation with the time up to now.</summary>
    public void Mark() => _last = Stopwatch.GetTimestamp();

    internal void Forward(string operation)
    {
        if (!_inBackward) Add(operation, isBackward: false);
    }

    /// <summary>Runs a node's gradient; operations within it are part of its cost.</summary>
    internal void Backward(Node node, ReadOnlySpan<Tensor?> gradients, Span<Tensor?> results)
    {
        bool outer = _inBackward;
        _inBackward = true;
        try
        {
            node.Backward(gradients, results);
        }
        finally
        {
            _inBackward = outer;
        }
        if (!outer) Add(node.Name, isBackward: true);
    }

    void Add(string operation, bool isBackward)
    {
        long now = Stopwatch.GetTimestamp();
        var (calls, ticks) = _costs.GetValueOrDefault((operation, isBackward));
        _costs[(operation, isBackward)] = (calls + 1, ticks + now - _last);
        _last = now;
    }

    /// <summary>Ends measuring; what has been measured stays.</summary>
    public void Dispose()
    {
        if (ReferenceEquals(t_current, this)) t_current = _outer;
    }
}

/// <summary>What one kind of operation cost.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="IsBackward">Whether these are its gradients.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Seconds">How long in all.</param>
public readonly record struct OperationCost(string Operation, bool IsBackward, long Calls, double Seconds);
