using System.Collections.Immutable;
using System.CommandLine;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Cli;

/// <summary><c>descent index draw</c>: graphs over points of the plane, and searches along their edges, as pictures.</summary>
static class IndexDrawVerb
{
    // Some take time that grows with the cube of the points, and more are not told apart.
    const int MostPoints = 2000;

    static readonly Dictionary<string, Func<PointSet, ProximityGraph>> s_graphs = new()
    {
        ["voronoi"] = points => new(points, [.. Enumerable.Range(0, points.Count).Select(_ => Array.Empty<int>())]),
        ["delaunay"] = points => new DelaunayTriangulation(points).Graph,
        ["gabriel"] = ProximityGraphs.Gabriel,
        ["rng"] = ProximityGraphs.RelativeNeighborhood,
        ["mst"] = ProximityGraphs.MinimumSpanningTree,
        ["mrng"] = ProximityGraphs.MonotonicRelativeNeighborhood,
        ["msnet"] = ProximityGraphs.MonotonicSearchNetwork,
    };

    internal static Command Create()
    {
        var given = new Argument<FileInfo?>("points") { Description = "File of points of two numbers each. [default: points at random]", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string>("--graph") { Description = $"{string.Join(", ", s_graphs.Keys)}, or a kind of index that is a graph: hnsw, nsg ….", DefaultValueFactory = _ => "mrng" };
        var file = new Option<FileInfo>("--out") { Description = ".svg file to write.", Required = true };
        var query = new Option<string?>("--query") { Description = "Draw the greedy search for this point, as 0.5,0.25." };
        var from = new Option<int?>("--from") { Description = "Number of the point where the search begins, from 0. [default: 0; of an index its own]" };
        var layer = new Option<int?>("--layer") { Description = "One layer of an index, from 0, which holds all. [default: all, one above the other]" };
        var cells = new Option<bool>("--cells") { Description = "Draw the cells of the Voronoi diagram behind the graph." };
        var count = new Option<int>("--count") { Description = "Points at random.", DefaultValueFactory = _ => 60 };
        var settings = IndexOptions.Settings();
        var seed = new Option<ulong>("--seed") { Description = "Decides points at random, and what an index draws by lot.", DefaultValueFactory = _ => 1 };

        var command = new VerbCommand("draw", "Draw a proximity graph of points of the plane, and a search along its edges.", """
            Examples:
              descent index draw --graph delaunay --cells --out delaunay.svg
              descent index draw --graph mrng --query 0.9,0.1 --from 7 --out mrng.svg
              descent index draw points.csv --graph rng --out rng.svg
              descent index draw --graph hnsw --set m=4 --count 120 --query 0.9,0.1 --out hnsw.svg

            The start of a search is green, what it looks for and its way are orange. An edge that leads one way only has an arrowhead.

            """)
        { given, name, file, query, from, layer, cells, count, settings, seed };
        command.SetVerb((arguments, _) =>
        {
            var output = arguments.GetRequiredValue(file);
            if (!output.Extension.Equals(".svg", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"--out {output.Name}: expected a name that ends in .svg.");
            var points = Points(arguments.GetValue(given), arguments.GetValue(count), arguments.GetValue(seed));
            (double X, double Y)? target = arguments.GetValue(query) is not { } text ? null
                : IndexOptions.Vector(text, "--query") is [var x, var y] ? (x, y) : throw new ArgumentException($"--query {text}: expected two numbers, such as 0.5,0.25.");
            if (arguments.GetValue(from) is not null && target is null) throw new ArgumentException("--from: say --query too, what the search is for.");
            string graphName = arguments.GetRequiredValue(name);
            if (s_graphs.TryGetValue(graphName, out var build))
            {
                if (arguments.GetValue(layer) is not null || arguments.GetValue(settings) is { Length: > 0 }) throw new ArgumentException($"--layer and --set are for indexes; {graphName} is none.");
                FitVerb.Write(output.FullName, Draw(graphName, build(points), target, arguments.GetValue(from) ?? 0, arguments.GetValue(cells) || graphName == "voronoi"));
                return Verb.Success;
            }
            var layers = Layers(graphName, points, arguments.GetValue(settings), arguments.GetValue(seed));
            int chosen = arguments.GetValue(layer) ?? (layers.Length == 1 || arguments.GetValue(from) is not null ? 0 : -1);
            if (chosen >= layers.Length) throw new ArgumentException($"--layer {chosen}: there are {layers.Length} layers, from 0.");
            FitVerb.Write(output.FullName, chosen >= 0
                ? Draw(graphName, layers[chosen].Over(points), target, arguments.GetValue(from) ?? (int)layers[chosen].Ids[layers[chosen].Start], arguments.GetValue(cells))
                : DrawLayers(graphName, points, layers, target));
            return Verb.Success;
        });
        return command;
    }

    static PointSet Points(FileInfo? file, int count, ulong seed)
    {
        if (file is not null)
        {
            var input = VectorInput.Read(file);
            if (input.Dimension != 2) throw new ArgumentException($"{input.Name} holds vectors of {input.Dimension} elements; only points of two can be drawn.");
            if (input.Count > MostPoints) throw new ArgumentException($"{input.Name} holds {input.Count:N0} points; at most {MostPoints:N0} can be drawn.");
            return new([.. input.Values.ToArray().Select(x => (double)x)], 2);
        }
        if (count is < 1 or > MostPoints) throw new ArgumentException($"--count is {count}; expected 1 to {MostPoints}.");
        double[] coordinates = new double[2 * count];
        new Generator(seed).Uniform(coordinates);
        return new(coordinates, 2);
    }

    static ImmutableArray<IndexLayer> Layers(string kind, PointSet points, string[]? settings, ulong seed)
    {
        if (!IndexKinds.All.Any(k => k.Name == kind)) throw new ArgumentException($"--graph {kind} is not known; there are: {string.Join(", ", s_graphs.Keys)}, and kinds of index: {IndexOptions.Kinds}.");
        using var index = IndexKinds.Create(kind, IndexOptions.Make(2, "l2", null, settings, seed));
        if (index is not GraphIndex graph) throw new ArgumentException($"--graph {kind}: that kind of index is no graph of layers.");
        graph.Add([.. Enumerable.Range(0, points.Count).Select(p => (long)p)], [.. Enumerable.Range(0, points.Count).SelectMany(p => points[p].ToArray()).Select(x => (float)x)]);
        return graph.CopyLayers();
    }

    static string Draw(string name, ProximityGraph graph, (double X, double Y)? query, int from, bool cells)
    {
        int n = graph.Points.Count;
        var triangles = cells ? new DelaunayTriangulation(graph.Points) : null;
        Console.WriteLine(FormattableString.Invariant($"{name}: {n} points, {graph.Edges} directed edges, {graph.AverageDegree:F2} of a point on average, {graph.MaxDegree} at most"));
        if (name != "voronoi")
            Console.WriteLine(graph.FindBlockedPair() is { } pair ? $"no MSNET: from {pair.From} no edge leads nearer to {pair.To}" : "an MSNET: from every point a path leads ever nearer to every other one");
        SearchPath? path = null;
        if (query is { } q && name != "voronoi")
        {
            if (from < 0 || from >= n) throw new ArgumentException($"--from {from}: there are points 0 to {n - 1}.");
            path = graph.SearchGreedily(from, [q.X, q.Y]);
            Tell(path, graph.Points, q);
        }
        return new GraphDrawing { Graph = graph, Cells = triangles is null ? null : new(triangles), Path = path, Query = query }.ToSvg();
    }

    static string DrawLayers(string name, PointSet points, ImmutableArray<IndexLayer> layers, (double X, double Y)? query)
    {
        var drawing = new LayersDrawing(points, layers, query);
        for (int l = layers.Length - 1; l >= 0; l--)
        {
            Console.WriteLine(FormattableString.Invariant($"{name} layer {l}: {layers[l].Ids.Length} points, {layers[l].Edges.Sum(e => e.Length)} directed edges"));
            if (drawing.Paths.Length > 0) Tell(drawing.Paths[l], points, query!.Value);
        }
        return drawing.ToSvg();
    }

    static void Tell(SearchPath path, PointSet points, (double X, double Y) query)
    {
        int nearest = Enumerable.Range(0, points.Count).MinBy(p => Math.Pow(points[p][0] - query.X, 2) + Math.Pow(points[p][1] - query.Y, 2));
        Console.WriteLine($"{string.Join(" → ", path.Points)}: {path.Hops} hops, {path.Distances} distances; " + (path.Found == nearest ? "that is the nearest" : $"the nearest is {nearest}"));
    }
}
