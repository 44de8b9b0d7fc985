using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>Whether a graph is a monotonic search network (MSNET), and greedy search on any graph.</summary>
public static class MonotonicSearch
{
    extension(ProximityGraph graph)
    {
        /// <summary>Whether from every point a path leads to every other one on which each step comes nearer to it.</summary>
        public bool IsMonotonic() => graph.FindBlockedPair() is null;

        /// <summary>
        /// The first two points of which the first has no edge to a point that is nearer to the second, so that no monotonic
        /// path joins them; null if there are none. O(n² · degree).
        /// </summary>
        /// <remarks>
        /// Where every pair has such an edge, following these edges is a monotonic path for every pair; so there being none
        /// is the definition of an MSNET.
        /// </remarks>
        public (int From, int To)? FindBlockedPair()
        {
            int n = graph.Points.Count;
            var distances = new PointDistances(graph.Points);
            int[] blocked = new int[n];
            WorkerPool.For(n, p =>
            {
                var neighbors = graph.Neighbors(p);
                blocked[p] = -1;
                for (int q = 0; q < n && blocked[p] < 0; q++)
                    if (q != p && !neighbors.Any(r => distances.IsLess(r, q, p, q))) blocked[p] = q;
            });
            int from = Array.FindIndex(blocked, q => q >= 0);
            return from < 0 ? null : (from, blocked[from]);
        }

        /// <summary>Goes from <paramref name="start"/> to the neighbour nearest to the query, as long as one is nearer than where it stands.</summary>
        /// <param name="start">The point to begin at.</param>
        /// <param name="query">Coordinates of what is searched for.</param>
        /// <exception cref="ArgumentException">There is no such point, or the query has another dimension.</exception>
        public SearchPath SearchGreedily(int start, ReadOnlySpan<double> query)
        {
            Check.Within(0, graph.Points.Count - 1, start, nameof(start));
            if (query.Length != graph.Points.Dimension)
                throw new ArgumentException($"SearchGreedily: the query has {query.Length} coordinates, the points have {graph.Points.Dimension}.", nameof(query));
            var path = ImmutableArray.CreateBuilder<int>();
            double best = Square(graph.Points[start], query);
            int computed = 1;
            for (int at = start, next; ; at = next)
            {
                path.Add(next = at);
                foreach (int r in graph.Neighbors(at))
                {
                    double square = Square(graph.Points[r], query);
                    if (square < best) (best, next) = (square, r);
                }
                computed += graph.Neighbors(at).Length;
                if (next == at) return new(path.ToImmutable(), computed);
            }
        }
    }

    static double Square(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
        return sum;
    }
}

/// <summary>Where a greedy search went.</summary>
/// <param name="Points">The points it stood at, from the start to the one with no nearer neighbour.</param>
/// <param name="Distances">Distances that it computed.</param>
public sealed record SearchPath(ImmutableArray<int> Points, int Distances)
{
    /// <summary>Edges that it followed.</summary>
    public int Hops => Points.Length - 1;

    /// <summary>Where it ended.</summary>
    public int Found => Points[^1];
}
