namespace Descent.Search;

/// <summary>Edges of a subdivision of the plane; edge e has its reverse and its two dual edges beside it.</summary>
/// <remarks>Guibas and Stolfi, "Primitives for the manipulation of general subdivisions", 1985.</remarks>
sealed class QuadEdges
{
    readonly List<int> _next = [], _origin = [];

    /// <summary>Numbers of the edges, dual and deleted ones included.</summary>
    internal int Count => _next.Count;

    /// <summary>The point from which an edge leads; −1 for a deleted or a dual one.</summary>
    internal int Origin(int e) => _origin[e];

    internal int Destination(int e) => _origin[e ^ 2];

    /// <summary>The next edge counter-clockwise from the same origin.</summary>
    internal int OriginNext(int e) => _next[e];

    internal int OriginPrevious(int e) => Rotated(_next[Rotated(e)]);

    /// <summary>The next edge counter-clockwise around the face to the left.</summary>
    internal int LeftNext(int e) => Rotated(_next[RotatedBack(e)]);

    /// <summary>The edge before, around the face to the right.</summary>
    internal int RightPrevious(int e) => _next[Reverse(e)];

    internal static int Reverse(int e) => e ^ 2;

    internal int Make(int origin, int destination)
    {
        int e = _next.Count;
        _next.AddRange([e, e + 3, e + 2, e + 1]);
        _origin.AddRange([origin, -1, destination, -1]);
        return e;
    }

    /// <summary>Joins or parts the rings of edges around two origins.</summary>
    internal void Splice(int a, int b)
    {
        int alpha = Rotated(_next[a]), beta = Rotated(_next[b]);
        (_next[a], _next[b]) = (_next[b], _next[a]);
        (_next[alpha], _next[beta]) = (_next[beta], _next[alpha]);
    }

    /// <summary>A new edge from the end of a to the start of b, which share their left face.</summary>
    internal int Connect(int a, int b)
    {
        int e = Make(Destination(a), Origin(b));
        Splice(e, LeftNext(a));
        Splice(Reverse(e), b);
        return e;
    }

    internal void Delete(int e)
    {
        Splice(e, OriginPrevious(e));
        Splice(Reverse(e), OriginPrevious(Reverse(e)));
        _origin[e] = _origin[e ^ 2] = -1;
    }

    static int Rotated(int e) => e & ~3 | e + 1 & 3;

    static int RotatedBack(int e) => e & ~3 | e + 3 & 3;
}
