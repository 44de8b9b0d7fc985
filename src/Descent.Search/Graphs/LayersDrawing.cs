using System.Collections.Immutable;

namespace Descent.Search;

/// <summary>A picture of the layers of a graph index of points of the plane, one above the other, and of a search down through them.</summary>
public sealed class LayersDrawing
{
    // A layer is seen from the side: so much of its height is left, and so much is its far edge shifted.
    const double Flat = 0.42, Shift = 0.32, Gap = 0.12;

    readonly PointSet _points;
    readonly ImmutableArray<IndexLayer> _layers;
    readonly List<ProximityGraph> _graphs = [];
    readonly (double X, double Y)? _query;

    /// <summary>Takes the layers, the lowest first, and searches them.</summary>
    /// <param name="points">Point i has the id i in the layers.</param>
    /// <param name="layers">Of <see cref="GraphIndex.CopyLayers"/>.</param>
    /// <param name="query">What to search for; null for nothing.</param>
    /// <exception cref="ArgumentException">The points are not of the plane, or an id is none of them.</exception>
    public LayersDrawing(PointSet points, ImmutableArray<IndexLayer> layers, (double X, double Y)? query = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        points.RequirePlane(nameof(LayersDrawing));
        (_points, _layers, _query) = (points, layers, query);
        foreach (var layer in layers) _graphs.Add(layer.Over(points));
        if (query is { } q) Paths = Search([q.X, q.Y]);
    }

    /// <summary>The way of the search through each layer, the lowest first: numbers are those of the points.</summary>
    public ImmutableArray<SearchPath> Paths { get; } = [];

    /// <summary>The picture as SVG.</summary>
    /// <param name="width">Pixels.</param>
    public string ToSvg(int width = 560)
    {
        var frame = new PlaneFrame(_points, _query);
        double scale = Check.AtLeast(100, width, nameof(width)) / (frame.Width + frame.Height * Shift), height = frame.Height * Flat * scale, step = height * (1 + Gap);
        var canvas = new DrawingCanvas(width, step * _layers.Length + height * Gap);
        (double X, double Y) Map(double x, double y, int level) =>
            ((x - frame.Low.X + (y - frame.Low.Y) * Shift) * scale, (_layers.Length - 1 - level) * step + height * Gap + (frame.High.Y - y) * Flat * scale);
        (double X, double Y) At(int p, int level) => Map(_points.X(p), _points.Y(p), level);

        for (int level = _layers.Length - 1; level >= 0; level--)
        {
            int l = level;
            canvas.Area([Map(frame.Low.X, frame.Low.Y, l), Map(frame.High.X, frame.Low.Y, l), Map(frame.High.X, frame.High.Y, l), Map(frame.Low.X, frame.High.Y, l)], "fill=\"#eef3f7\" stroke=\"#d8e1e8\"");
            canvas.Edges(_graphs[l], p => At(p, l));
            foreach (long id in _layers[l].Ids) canvas.Dot(At((int)id, l), 2.6, DrawingCanvas.Point);
            if (_query is { } query) canvas.Circle(Map(query.X, query.Y, l), 4.5, l == 0 ? $"fill=\"{DrawingCanvas.Way}\"" : $"fill=\"none\" stroke=\"{DrawingCanvas.Way}\" stroke-width=\"1.5\"");
        }
        for (int level = 0; level < Paths.Length; level++)
        {
            int l = level;
            canvas.Path(Paths[l], p => At(p, l));
            if (l + 1 < Paths.Length) canvas.Line(At(Paths[l].Points[0], l + 1), At(Paths[l].Points[0], l), $"stroke=\"{DrawingCanvas.Way}\" stroke-dasharray=\"3 3\" class=\"path\"");
        }
        if (Paths.Length > 0) canvas.Dot(At(Paths[^1].Points[0], Paths.Length - 1), 4.5, DrawingCanvas.Start);
        return canvas.ToString();
    }

    /// <summary>Greedily through each layer, and from where that ends in the layer below.</summary>
    ImmutableArray<SearchPath> Search(double[] query)
    {
        var paths = new SearchPath[_layers.Length];
        for (int level = _layers.Length - 1, at = -1; level >= 0; level--)
        {
            if (at < 0) at = (int)_layers[level].Ids[_layers[level].Start];
            paths[level] = _graphs[level].SearchGreedily(at, query);
            at = paths[level].Found;
        }
        return [.. paths];
    }
}
