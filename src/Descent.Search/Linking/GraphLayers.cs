using System.Collections;
using System.Runtime.InteropServices;

namespace Descent.Search;

/// <summary>The layers of a graph, that of all vectors first: what changes work on, and what searches see of it. They differ while layers are built aside.</summary>
/// <param name="create">A layer without nodes above another; above null, that of all vectors.</param>
sealed class GraphLayers(Func<GraphLayer?, GraphLayer> create) : IReadOnlyList<GraphLayer>, IDisposable
{
    List<GraphLayer> _layers = [];
    GraphLayer[] _shown = [];
    bool _isAside;

    public int Count => _layers.Count;

    public GraphLayer this[int level] => _layers[level];

    internal ReadOnlySpan<GraphLayer> Span => CollectionsMarshal.AsSpan(_layers);

    /// <summary>What searches see that begin now.</summary>
    internal GraphLayer[] Shown => Volatile.Read(ref _shown);

    public IEnumerator<GraphLayer> GetEnumerator() => _layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        foreach (var layer in _layers) layer.Dispose();
    }

    /// <summary>A new layer above all others.</summary>
    internal GraphLayer Add()
    {
        _layers.Add(create(_layers.LastOrDefault()));
        Show();
        return _layers[^1];
    }

    /// <summary>Takes the layers from one on away.</summary>
    internal void TakeDown(int from)
    {
        foreach (var layer in _layers.Skip(from)) layer.Dispose();
        _layers.RemoveRange(Math.Min(from, _layers.Count), Math.Max(0, _layers.Count - from));
        Show();
    }

    /// <summary>Takes away the upper layers that have no nodes left.</summary>
    internal void TakeDownEmpty()
    {
        int left = _layers.Count;
        while (left > 0 && _layers[left - 1].Count == 0) left--;
        TakeDown(left);
    }

    /// <summary>Builds layers from none on while searches see those that are; where it fails, these stay.</summary>
    internal void Rebuild(Action build) => Aside([], build);

    /// <summary>Changes copies of the layers while searches see those that are; where it fails, these stay.</summary>
    internal void ChangeCopies(Action change)
    {
        var copies = new List<GraphLayer>();
        foreach (var layer in _layers) copies.Add(layer.Clone(copies.LastOrDefault()));
        Aside(copies, change);
    }

    void Aside(List<GraphLayer> layers, Action work)
    {
        var before = _layers;
        (_layers, _isAside) = (layers, true);
        try
        {
            work();
        }
        catch
        {
            (_layers, before) = (before, _layers);
            throw;
        }
        finally
        {
            _isAside = false;
            Show();
            foreach (var layer in before) layer.Dispose();
        }
    }

    void Show()
    {
        if (!_isAside) Volatile.Write(ref _shown, [.. _layers]);
    }
}
