using System.Collections.Immutable;

namespace Descent.Search;

/// <summary>The triangulation of points of the plane in which no circle around a triangle holds a point; points on one line form a chain.</summary>
/// <remarks>
/// Guibas and Stolfi 1985, by division and merging, O(n log n), with predicates that are never wrong. Where four points lie
/// on one circle, one of the triangulations that are possible.
/// </remarks>
public sealed class DelaunayTriangulation
{
    readonly QuadEdges _edges = new();

    /// <summary>Triangulates points of the plane, in O(n log n).</summary>
    /// <exception cref="ArgumentException">The dimension is not 2.</exception>
    public DelaunayTriangulation(PointSet points)
    {
        ArgumentNullException.ThrowIfNull(points);
        points.RequirePlane(nameof(DelaunayTriangulation));
        Points = points;
        if (points.Count > 1) Triangulate(points.Sorted());
        (Graph, Triangles) = (CollectEdges(), CollectTriangles());
    }

    /// <summary>What was triangulated.</summary>
    public PointSet Points { get; }

    /// <summary>The edges of the triangles, each both ways.</summary>
    public ProximityGraph Graph { get; }

    /// <summary>The corners of each triangle, counter-clockwise, the one of the lowest number first.</summary>
    public ImmutableArray<(int A, int B, int C)> Triangles { get; }

    /// <returns>The edge of the hull that leaves the leftmost point counter-clockwise, and the one that leaves the rightmost clockwise.</returns>
    (int Left, int Right) Triangulate(ReadOnlySpan<int> s)
    {
        if (s.Length == 2)
        {
            int a = _edges.Make(s[0], s[1]);
            return (a, QuadEdges.Reverse(a));
        }
        if (s.Length == 3)
        {
            int a = _edges.Make(s[0], s[1]), b = _edges.Make(s[1], s[2]);
            _edges.Splice(QuadEdges.Reverse(a), b);
            int turn = Predicates.Orientation(Points, s[0], s[1], s[2]);
            if (turn == 0) return (a, QuadEdges.Reverse(b));
            int c = _edges.Connect(b, a);
            return turn > 0 ? (a, QuadEdges.Reverse(b)) : (QuadEdges.Reverse(c), c);
        }
        var left = Triangulate(s[..(s.Length / 2)]);
        return Merge(left, Triangulate(s[(s.Length / 2)..]));
    }

    (int Left, int Right) Merge((int Outer, int Inner) left, (int Inner, int Outer) right)
    {
        // The lower common tangent.
        while (true)
        {
            if (IsLeftOf(_edges.Origin(right.Inner), left.Inner)) left.Inner = _edges.LeftNext(left.Inner);
            else if (IsRightOf(_edges.Origin(left.Inner), right.Inner)) right.Inner = _edges.RightPrevious(right.Inner);
            else break;
        }
        int across = _edges.Connect(QuadEdges.Reverse(right.Inner), left.Inner);
        if (_edges.Origin(left.Inner) == _edges.Origin(left.Outer)) left.Outer = QuadEdges.Reverse(across);
        if (_edges.Origin(right.Inner) == _edges.Origin(right.Outer)) right.Outer = across;

        while (true)
        {
            int leftNext = Climb(across, _edges.OriginNext(QuadEdges.Reverse(across)), _edges.OriginNext);
            int rightNext = Climb(across, _edges.OriginPrevious(across), _edges.OriginPrevious);
            bool isLeft = IsAbove(leftNext, across), isRight = IsAbove(rightNext, across);
            if (!isLeft && !isRight) return (left.Outer, right.Outer);
            across = !isLeft || (isRight && IsInCircle(_edges.Destination(leftNext), _edges.Origin(leftNext), _edges.Origin(rightNext), _edges.Destination(rightNext)))
                ? _edges.Connect(rightNext, QuadEdges.Reverse(across))
                : _edges.Connect(QuadEdges.Reverse(across), QuadEdges.Reverse(leftNext));
        }
    }

    /// <summary>Deletes the edges of one side that are no longer Delaunay and gives the first that is.</summary>
    int Climb(int across, int candidate, Func<int, int> next)
    {
        if (!IsAbove(candidate, across)) return candidate;
        while (IsInCircle(_edges.Destination(across), _edges.Origin(across), _edges.Destination(candidate), _edges.Destination(next(candidate))))
        {
            int after = next(candidate);
            _edges.Delete(candidate);
            candidate = after;
        }
        return candidate;
    }

    bool IsAbove(int e, int across) => IsRightOf(_edges.Destination(e), across);

    bool IsLeftOf(int p, int e) => Predicates.Orientation(Points, p, _edges.Origin(e), _edges.Destination(e)) > 0;

    bool IsRightOf(int p, int e) => Predicates.Orientation(Points, p, _edges.Destination(e), _edges.Origin(e)) > 0;

    bool IsInCircle(int a, int b, int c, int d) => Predicates.InCircle(Points, a, b, c, d) > 0;

    IEnumerable<int> Edges()
    {
        for (int e = 0; e < _edges.Count; e += 2)
            if (_edges.Origin(e) >= 0) yield return e;
    }

    ProximityGraph CollectEdges()
    {
        List<int>[] neighbors = [.. Enumerable.Range(0, Points.Count).Select(_ => new List<int>())];
        foreach (int e in Edges()) neighbors[_edges.Origin(e)].Add(_edges.Destination(e));
        return new(Points, neighbors);
    }

    ImmutableArray<(int, int, int)> CollectTriangles()
    {
        var triangles = ImmutableArray.CreateBuilder<(int, int, int)>();
        foreach (int e in Edges())
        {
            int second = _edges.LeftNext(e), third = _edges.LeftNext(second);
            int a = _edges.Origin(e), b = _edges.Origin(second), c = _edges.Origin(third);
            // The face around all of them may have three edges too, but is passed clockwise.
            if (_edges.LeftNext(third) == e && a < b && a < c && Predicates.Orientation(Points, a, b, c) > 0) triangles.Add((a, b, c));
        }
        return triangles.ToImmutable();
    }
}
