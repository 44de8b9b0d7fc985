namespace Descent.Search;

/// <summary>The part of the plane that a drawing shows: all that is in it, with a margin.</summary>
sealed class PlaneFrame
{
    const double Margin = 0.06;

    internal PlaneFrame(PointSet points, (double X, double Y)? also)
    {
        List<(double X, double Y)> shown = [.. Enumerable.Range(0, points.Count).Select(p => (points.X(p), points.Y(p)))];
        if (also is { } more) shown.Add(more);
        if (shown.Count == 0) shown.Add((0, 0));
        var (low, high) = ((X: shown.Min(s => s.X), Y: shown.Min(s => s.Y)), (X: shown.Max(s => s.X), Y: shown.Max(s => s.Y)));
        double side = Math.Max(high.X - low.X, high.Y - low.Y), margin = side > 0 ? side * Margin : 1;
        (Low, High) = ((low.X - margin, low.Y - margin), (high.X + margin, high.Y + margin));
    }

    internal (double X, double Y) Low { get; }

    internal (double X, double Y) High { get; }

    internal double Width => High.X - Low.X;

    internal double Height => High.Y - Low.Y;
}
