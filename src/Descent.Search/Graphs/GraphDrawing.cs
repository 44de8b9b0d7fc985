namespace Descent.Search;

/// <summary>A picture of a graph over points of the plane.</summary>
public sealed record GraphDrawing
{
    /// <summary>What is drawn; an edge that has no edge back gets an arrowhead.</summary>
    /// <exception cref="ArgumentException">The dimension is not 2.</exception>
    public required ProximityGraph Graph
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Points.RequirePlane(nameof(GraphDrawing));
            field = value;
        }
    }

    /// <summary>Cells to draw behind it.</summary>
    public VoronoiDiagram? Cells { get; init; }

    /// <summary>A search to draw over it.</summary>
    public SearchPath? Path { get; init; }

    /// <summary>What the search looked for.</summary>
    public (double X, double Y)? Query { get; init; }

    /// <summary>Pixels of the longer side.</summary>
    public int Size { get; init => field = Check.AtLeast(50, value); } = 480;

    /// <summary>The picture as SVG.</summary>
    public string ToSvg()
    {
        var frame = new PlaneFrame(Graph.Points, Query);
        double scale = Size / Math.Max(frame.Width, frame.Height);
        var canvas = new DrawingCanvas(frame.Width * scale, frame.Height * scale);
        (double, double) Map(double x, double y) => ((x - frame.Low.X) * scale, (frame.High.Y - y) * scale);
        (double, double) At(int p) => Map(Graph.Points.X(p), Graph.Points.Y(p));

        for (int p = 0; p < Graph.Points.Count && Cells is not null; p++)
            canvas.Area(Cells.Cell(p, frame.Low, frame.High).Select(c => Map(c.X, c.Y)), $"fill=\"none\" stroke=\"{DrawingCanvas.Cell}\"");
        canvas.Edges(Graph, At);
        if (Path is not null) canvas.Path(Path, At);
        for (int p = 0; p < Graph.Points.Count; p++) canvas.Dot(At(p), 3, DrawingCanvas.Point);
        if (Path is not null) canvas.Dot(At(Path.Points[0]), 4.5, DrawingCanvas.Start);
        if (Query is { } query) canvas.Dot(Map(query.X, query.Y), 4.5, DrawingCanvas.Way);
        return canvas.ToString();
    }
}
