using System.Collections.Immutable;

namespace Descent.Search;

/// <summary>A layer of a graph index as it was when it was copied.</summary>
/// <param name="Ids">The vectors in it.</param>
/// <param name="Edges">Where those of each lead, as places in <paramref name="Ids"/>.</param>
/// <param name="Start">The place in <paramref name="Ids"/> where searches of this layer begin if it is the topmost.</param>
public sealed record IndexLayer(ImmutableArray<long> Ids, ImmutableArray<ImmutableArray<int>> Edges, int Start)
{
    /// <summary>The layer as a graph over points; those that are not in it have no edges.</summary>
    /// <param name="points">Point i is the vector of the id i.</param>
    /// <exception cref="ArgumentException">An id is no point.</exception>
    public ProximityGraph Over(PointSet points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var edges = new IEnumerable<int>[points.Count];
        Array.Fill(edges, []);
        for (int i = 0; i < Ids.Length; i++)
        {
            if (Ids[i] < 0 || Ids[i] >= points.Count) throw new ArgumentException($"IndexLayer: the id {Ids[i]} is none of the {points.Count} points; expected those numbers as ids.", nameof(points));
            edges[Ids[i]] = Edges[i].Select(to => (int)Ids[to]);
        }
        return new(points, edges);
    }
}
