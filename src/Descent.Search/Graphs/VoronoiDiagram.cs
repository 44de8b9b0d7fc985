using System.Collections.Immutable;

namespace Descent.Search;

/// <summary>The cells of points of the plane: what is nearer to a point than to every other one. The dual of the Delaunay triangulation.</summary>
/// <remarks>Which cells touch is exact; the corners are rounded.</remarks>
public sealed class VoronoiDiagram
{
    readonly DelaunayTriangulation _dual;

    /// <summary>The diagram that a triangulation is the dual of.</summary>
    public VoronoiDiagram(DelaunayTriangulation dual)
    {
        ArgumentNullException.ThrowIfNull(dual);
        _dual = dual;
        Vertices = [.. dual.Triangles.Select(Center)];
    }

    /// <summary>Where three cells meet: the centre of the circle around each triangle, in their order.</summary>
    public ImmutableArray<(double X, double Y)> Vertices { get; }

    /// <summary>The corners of a point's cell within a rectangle, counter-clockwise.</summary>
    public ImmutableArray<(double X, double Y)> Cell(int point, (double X, double Y) low, (double X, double Y) high)
    {
        List<(double X, double Y)> corners = [low, (high.X, low.Y), high, (low.X, high.Y)];
        var p = At(point);
        foreach (int neighbor in _dual.Graph.Neighbors(point)) corners = Clip(corners, p, At(neighbor));
        return [.. corners];
    }

    (double X, double Y) At(int point) => (_dual.Points.X(point), _dual.Points.Y(point));

    /// <summary>Keeps what is nearer to p than to q.</summary>
    static List<(double X, double Y)> Clip(List<(double X, double Y)> corners, (double X, double Y) p, (double X, double Y) q)
    {
        double nx = q.X - p.X, ny = q.Y - p.Y, mx = (p.X + q.X) / 2, my = (p.Y + q.Y) / 2;
        var kept = new List<(double X, double Y)>();
        for (int i = 0; i < corners.Count; i++)
        {
            var (a, b) = (corners[i], corners[(i + 1) % corners.Count]);
            double sideA = (a.X - mx) * nx + (a.Y - my) * ny, sideB = (b.X - mx) * nx + (b.Y - my) * ny;
            if (sideA <= 0) kept.Add(a);
            if (sideA < 0 != sideB < 0 && sideA != 0 && sideB != 0)
            {
                double t = sideA / (sideA - sideB);
                kept.Add((a.X + t * (b.X - a.X), a.Y + t * (b.Y - a.Y)));
            }
        }
        return kept;
    }

    (double X, double Y) Center((int A, int B, int C) triangle)
    {
        var ((ax, ay), (bx, by), (cx, cy)) = (At(triangle.A), At(triangle.B), At(triangle.C));
        (bx, by, cx, cy) = (bx - ax, by - ay, cx - ax, cy - ay);
        double b = bx * bx + by * by, c = cx * cx + cy * cy, twice = 2 * (bx * cy - by * cx);
        return (ax + (cy * b - by * c) / twice, ay + (bx * c - cx * b) / twice);
    }
}
