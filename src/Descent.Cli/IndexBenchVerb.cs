using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Descent.NN;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Cli;

/// <summary><c>descent index bench</c>: recall against queries per second of kinds of indexes, as a table and a picture.</summary>
static class IndexBenchVerb
{
    static readonly double[] s_recalls = [0.9, 0.95, 0.99];

    /// <summary>What one index came to.</summary>
    sealed record Measured(string Name, double? BuildSeconds, IndexStatistics Statistics, List<RecallPoint> Points);

    internal static Command Create()
    {
        var vectors = new Argument<FileInfo?>("vectors") { Description = $"{VectorInput.Formats} file. [default: 10,000 made-up vectors in clusters]", Arity = ArgumentArity.ZeroOrOne };
        var queries = new Option<FileInfo?>("--queries") { Description = "File of vectors to look for. [default: a tenth of the vectors, at most 1,000, which are then not in the index]" };
        var truth = new Option<FileInfo?>("--truth") { Description = ".ivecs file of the true neighbours of the queries. [default: found by measuring all]" };
        var kinds = new Option<string>("--kind") { Description = $"Kinds with commas between: {IndexOptions.Kinds}.", DefaultValueFactory = _ => "hnsw,nsg" };
        var indexes = new Option<FileInfo[]>("--index") { Description = "Index files of these vectors to measure too; say --kind none for them alone.", AllowMultipleArgumentsPerToken = true };
        var k = new Option<int>("--k") { Description = "Neighbours that count.", DefaultValueFactory = _ => 10 };
        var enough = new Option<double>("--recall") { Description = "Where to stop.", DefaultValueFactory = _ => 0.995 };
        var (metric, elements, settings) = (IndexOptions.Metric(), IndexOptions.Elements(), IndexOptions.Settings());
        var seed = IndexOptions.Seed();
        var threads = ThreadsOption.Create("Threads to search with; building takes all. [default: 1]");
        var picture = new Option<FileInfo?>("--svg") { Description = "Picture to write: queries per second over recall." };

        var command = new VerbCommand("bench", "Measure kinds of indexes: recall against queries per second.", """
            Examples:
              descent index bench
              descent index bench base.fvecs --queries query.fvecs --truth gt.ivecs --kind hnsw,nsg --svg curve.svg
              descent index bench texts.jsonl --metric cosine --kind hnsw --set m=32
              descent index bench base.fvecs --queries query.fvecs --kind none --index a.index b.index

            Recall is the share of the true nearest that is found. Each line is a search with so much in view (ef); the best of them
            for recalls of 0.90, 0.95 and 0.99 stand below.

            """)
        { vectors, queries, truth, kinds, indexes, k, enough, metric, elements, settings, seed, threads, picture };
        command.SetVerb((arguments, cancellation) =>
        {
            var page = arguments.GetValue(picture);
            if (page is not null && !page.Extension.Equals(".svg", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"--svg {page.Name}: expected a name that ends in .svg.");
            if (arguments.GetValue(enough) is not (> 0 and <= 1)) throw new ArgumentException($"--recall is {arguments.GetValue(enough)}; expected a share such as 0.995.");
            if (arguments.GetValue(k) < 1) throw new ArgumentException($"--k is {arguments.GetValue(k)}; expected 1 or more.");
            var input = VectorInput.ReadOrMakeUp(arguments.GetValue(vectors));
            var given = arguments.GetValue(queries);
            var opened = arguments.GetValue(indexes) ?? [];
            if (given is null && opened.Length > 0) throw new ArgumentException("--index: say --queries too; vectors of an index find themselves.");
            int[] kept = [.. Enumerable.Range(0, input.Count)];
            float[] wanted;
            if (given is not null)
            {
                var read = VectorInput.Read(given);
                if (read.Dimension != input.Dimension) throw new ArgumentException($"The vectors of {read.Name} have {read.Dimension} elements, those of {input.Name} {input.Dimension}.");
                wanted = read.Values.ToArray();
            }
            else if (input.IsMadeUp) wanted = VectorInput.MakeUp(1000, draw: 1).Values.ToArray();
            else
            {
                if (arguments.GetValue(truth) is not null) throw new ArgumentException("--truth: say --queries too, of which the file has the true neighbours.");
                (kept, int[] held) = IndexBuildVerb.HoldOut(input.Count);
                wanted = [.. held.SelectMany(row => input.Row(row).ToArray())];
            }
            int queryCount = wanted.Length / input.Dimension, count = arguments.GetValue(k), searchers = arguments.GetValue(threads) ?? 1;
            if (queryCount == 0 || kept.Length < count) throw new ArgumentException($"{input.Count} vectors are too few to measure by; expected at least 10, and as many as --k.");
            Console.WriteLine($"{input.Name}: {kept.Length:N0} vectors of {input.Dimension} elements, {queryCount:N0} queries, searches on {searchers} thread{(searchers == 1 ? "" : "s")}");

            IndexSettings Settings() => IndexOptions.Make(input.Dimension, arguments.GetRequiredValue(metric), arguments.GetValue(elements), arguments.GetValue(settings), arguments.GetValue(seed));
            string[] names = arguments.GetRequiredValue(kinds) == "none" ? [] : arguments.GetRequiredValue(kinds).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            foreach (string name in names) IndexKinds.Create(name, Settings()).Dispose();
            var expected = arguments.GetValue(truth) is { } file
                ? TrueNeighbors.Load(file.FullName, count)
                : new Background(cancellation).Run("measuring all vectors", () => Exact(input, kept, Settings(), wanted, count));
            if (expected.Queries != queryCount) throw new InvalidDataException($"{arguments.GetValue(truth)!.Name} is of {expected.Queries} queries, but there are {queryCount}.");

            var all = new List<Measured>();
            foreach (string name in names)
            {
                var index = IndexKinds.Create(name, Settings());
                long begin = Stopwatch.GetTimestamp();
                new Background(cancellation).Run($"building {name}", progress => IndexBuildVerb.Add(index, input, kept, progress, cancellation));
                double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
                all.Add(new(name, seconds, index.Statistics, Search(name, index, wanted, expected, arguments.GetValue(enough), searchers, cancellation)));
                index.Dispose();
            }
            foreach (var one in opened)
            {
                var index = IndexOptions.Open(one);
                if (index.Dimension != input.Dimension) throw new ArgumentException($"{one.Name} holds vectors of {index.Dimension} elements, {input.Name} of {input.Dimension}.");
                all.Add(new(one.Name, null, index.Statistics, Search(one.Name, index, wanted, expected, arguments.GetValue(enough), searchers, cancellation)));
                index.Dispose();
            }
            if (all.Count == 0) throw new ArgumentException("There is nothing to measure: say --kind or --index.");
            Print(all, count);
            if (page is not null)
            {
                FitVerb.Write(page.FullName, Draw(all, input, count).ToDocument());
                Console.WriteLine($"\n{Path.GetRelativePath(Environment.CurrentDirectory, page.FullName)}");
            }
            return Verb.Success;
        });
        return command;
    }

    static TrueNeighbors Exact(VectorInput input, int[] kept, IndexSettings settings, float[] queries, int k)
    {
        using var exact = new FlatIndex(input.Dimension, settings.Metric, settings.Metric == VectorMetric.Hamming ? VectorElement.Binary : VectorElement.Float32);
        IndexBuildVerb.Add(exact, input, kept, null, CancellationToken.None);
        return TrueNeighbors.Find(exact, queries, k);
    }

    static List<RecallPoint> Search(string name, VectorIndex index, float[] queries, TrueNeighbors truth, double enough, int threads, CancellationToken cancellation)
    {
        int before = Numerics.Threads;
        Numerics.Threads = threads;
        try
        {
            return new Background(cancellation).Run($"searching {name}", () => RecallCurve.Measure(index, queries, truth, enough).ToList());
        }
        finally
        {
            Numerics.Threads = before;
        }
    }

    static void Print(List<Measured> all, int k)
    {
        TextTable.Print(["index", "ef", $"recall@{k}", "queries/s"],
            [.. all.SelectMany(m => m.Points.Select(p => (string[])[m.Name, $"{p.Ef}", p.Recall.ToString("F4", CultureInfo.InvariantCulture), $"{p.QueriesPerSecond:N0}"]))]);
        Console.WriteLine();
        TextTable.Print(["index", .. s_recalls.Select(r => $"queries/s at {r:0.00}"), "build s", "memory", "edges", "reachable"],
            [.. all.Select(m => (string[])[m.Name, .. s_recalls.Select(r => RecallCurve.Fastest(m.Points, r) is { } p ? $"{p.QueriesPerSecond:N0}" : "-"),
                m.BuildSeconds is { } s ? s.ToString("F1", CultureInfo.InvariantCulture) : "-", IndexOptions.Megabytes(m.Statistics.VectorBytes + m.Statistics.CodeBytes + m.Statistics.GraphBytes),
                m.Statistics.GraphBytes > 0 ? m.Statistics.AverageDegree.ToString("F1", CultureInfo.InvariantCulture) : "-",
                m.Statistics.Reachable == m.Statistics.Count ? "all" : $"{m.Statistics.Reachable:N0}"])]);
    }

    static LineChart Draw(List<Measured> all, VectorInput input, int k)
    {
        // What finds less than anybody wants would take most of the width.
        const double least = 0.8;
        // A name as title would run into that of the first line.
        var chart = new LineChart("search", $"recall@{k} in {input.Name}, {input.Count:N0} vectors of {input.Dimension} elements", "queries per second") { LogY = true };
        foreach (var m in all)
        {
            var wanted = m.Points.Where(p => p.Recall >= least).DefaultIfEmpty(m.Points[^1]);
            chart.Add(m.Name, wanted.Select(p => (p.Recall, p.QueriesPerSecond)));
        }
        return chart;
    }
}
