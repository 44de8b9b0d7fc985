using Descent.Tensors;

namespace Descent.Search;

/// <summary>
/// Proximity graphs by their definitions, exactly, in any dimension: for proof and teaching, up to a few thousand points.
/// Each takes memory of n² numbers.
/// </summary>
public static class ProximityGraphs
{
    /// <summary>The shortest tree that joins all points, each edge both ways; O(n²).</summary>
    /// <remarks>Prim, "Shortest connection networks and some generalizations", 1957. Of equally short edges the first found.</remarks>
    public static ProximityGraph MinimumSpanningTree(PointSet points)
    {
        var distances = Distances(points);
        int n = points.Count;
        List<int>[] edges = [.. Enumerable.Range(0, n).Select(_ => new List<int>())];
        // The point of the tree that is nearest to each point outside of it.
        int[] nearest = new int[n];
        bool[] isIn = new bool[n];
        if (n > 0) isIn[0] = true;
        for (int step = 1; step < n; step++)
        {
            int best = -1;
            for (int q = 0; q < n; q++)
                if (!isIn[q] && (best < 0 || distances.IsLess(nearest[q], q, nearest[best], best))) best = q;
            isIn[best] = true;
            edges[best].Add(nearest[best]);
            edges[nearest[best]].Add(best);
            for (int q = 0; q < n; q++)
                if (!isIn[q] && distances.IsLess(best, q, nearest[q], q)) nearest[q] = best;
        }
        return new(points, edges);
    }

    /// <summary>RNG: p and q are joined unless a third point is nearer to both than they are to each other; O(n³).</summary>
    /// <remarks>Toussaint, "The relative neighbourhood graph of a finite planar set", 1980.</remarks>
    public static ProximityGraph RelativeNeighborhood(PointSet points)
    {
        var distances = Distances(points);
        return Undirected(points, (p, q, r) => distances.IsLess(p, r, p, q) && distances.IsLess(r, q, p, q));
    }

    /// <summary>Gabriel graph: p and q are joined unless a third point lies in the closed ball with pq as its diameter; O(n³).</summary>
    /// <remarks>Gabriel and Sokal, "A new statistical approach to geographic variation analysis", 1969.</remarks>
    public static ProximityGraph Gabriel(PointSet points)
    {
        var distances = Distances(points);
        return Undirected(points, distances.IsInDiametralBall);
    }

    /// <summary>
    /// MRNG: an edge from p to q, unless one already leads from p to a point nearer to p than q is and nearer to q than p is;
    /// O(n² (log n + degree)).
    /// </summary>
    /// <remarks>
    /// Fu et al., "Fast Approximate Nearest Neighbor Search With The Navigating Spreading-out Graph", 2019, definition 5. The
    /// paper assumes that no two distances are equal; here the point of lower number counts as the nearer one then.
    /// </remarks>
    public static ProximityGraph MonotonicRelativeNeighborhood(PointSet points)
    {
        var distances = Distances(points);
        var edges = new List<int>[points.Count];
        WorkerPool.For(points.Count, p =>
        {
            edges[p] = [];
            foreach (int q in distances.Nearest(p))
                if (!edges[p].Exists(r => distances.IsLess(r, q, p, q))) edges[p].Add(q);
        });
        return new(points, edges);
    }

    /// <summary>
    /// A small MSNET: a graph from each of whose points a path leads to each other one, ever nearer to it, and which has no
    /// edge that this does not need; O(n³).
    /// </summary>
    /// <remarks>
    /// Dearholt et al., "Monotonic search networks for computer vision databases", 1988. A graph is one exactly if for all p
    /// and q some edge leads from p to a point nearer to q than p is, so the edges of p are a cover of all other points;
    /// the one that covers most of what is left is taken each time, and in the end those that the others replace are dropped.
    /// </remarks>
    public static ProximityGraph MonotonicSearchNetwork(PointSet points)
    {
        var distances = Distances(points);
        var edges = new List<int>[points.Count];
        WorkerPool.For(points.Count, p => edges[p] = new MonotonicCover(distances, points.Count, p).Choose());
        return new(points, edges);
    }

    static PointDistances Distances(PointSet points)
    {
        ArgumentNullException.ThrowIfNull(points);
        return new(points);
    }

    /// <summary>Joins all pairs but those that a third point separates.</summary>
    static ProximityGraph Undirected(PointSet points, Func<int, int, int, bool> separates)
    {
        int n = points.Count;
        var edges = new List<int>[n];
        WorkerPool.For(n, p =>
        {
            edges[p] = [];
            for (int q = 0; q < n; q++)
                if (q != p && !IsSeparated(p, q)) edges[p].Add(q);
        });
        return new(points, edges);

        bool IsSeparated(int p, int q)
        {
            for (int r = 0; r < n; r++)
                if (r != p && r != q && separates(p, q, r)) return true;
            return false;
        }
    }
}
