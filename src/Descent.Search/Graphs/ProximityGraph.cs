using System.Collections.Immutable;

namespace Descent.Search;

/// <summary>A directed graph over points; an undirected one has each edge both ways. Immutable.</summary>
public sealed class ProximityGraph
{
    readonly ImmutableArray<int>[] _neighbors;

    /// <summary>Takes for each point those that its edges lead to.</summary>
    /// <exception cref="ArgumentException">The lists are not as many as the points, name no point or the same twice, or lead from a point to itself.</exception>
    public ProximityGraph(PointSet points, IReadOnlyList<IEnumerable<int>> neighbors)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(neighbors);
        if (neighbors.Count != points.Count)
            throw new ArgumentException($"ProximityGraph: {neighbors.Count} lists of neighbours for {points.Count} points; expected one each.", nameof(neighbors));
        Points = points;
        _neighbors = [.. neighbors.Select(list => list.Order().ToImmutableArray())];
        for (int p = 0; p < points.Count; p++)
            for (int i = 0; i < _neighbors[p].Length; i++)
            {
                int q = _neighbors[p][i];
                if ((uint)q >= (uint)points.Count || q == p || (i > 0 && q == _neighbors[p][i - 1]))
                    throw new ArgumentException($"ProximityGraph: {q} among the neighbours of {p} is itself, twice there, or no point; " +
                        $"expected distinct other points from 0 to {points.Count - 1}.", nameof(neighbors));
            }
    }

    /// <summary>What the vertices are.</summary>
    public PointSet Points { get; }

    /// <summary>Directed edges; an undirected edge counts twice.</summary>
    public long Edges => _neighbors.Sum(list => (long)list.Length);

    /// <summary>The most edges that leave a point.</summary>
    public int MaxDegree => _neighbors.Length == 0 ? 0 : _neighbors.Max(list => list.Length);

    /// <summary>Edges per point.</summary>
    public double AverageDegree => Points.Count == 0 ? 0 : (double)Edges / Points.Count;

    /// <summary>Where the edges of a point lead, in the order of their numbers.</summary>
    public ImmutableArray<int> Neighbors(int point) => _neighbors[point];

    /// <summary>Whether there is an edge from one point to another.</summary>
    public bool Contains(int from, int to) => _neighbors[from].BinarySearch(to) >= 0;

    /// <summary>Whether every edge of this graph is one of the other.</summary>
    public bool IsSubgraphOf(ProximityGraph other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int p = 0; p < Points.Count; p++)
            foreach (int q in _neighbors[p])
                if (!other.Contains(p, q)) return false;
        return true;
    }
}
