using System.CommandLine;
using System.Diagnostics;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Cli;

/// <summary><c>descent index build</c>: an index of vectors as a file.</summary>
static class IndexBuildVerb
{
    internal static Command Create()
    {
        var vectors = new Argument<FileInfo?>("vectors") { Description = $"{VectorInput.Formats} file. [default: 10,000 made-up vectors in clusters]", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<FileInfo>("--out") { Description = "Index file to write.", Required = true };
        var kind = new Option<string>("--kind") { Description = $"One of {IndexOptions.Kinds}; or auto, which tries some on a sample, takes the fastest and says why.", DefaultValueFactory = _ => "auto" };
        var (metric, elements, settings) = (IndexOptions.Metric(), IndexOptions.Elements(), IndexOptions.Settings());
        var recall = new Option<double?>("--recall") { Description = "Find out how far searches must look to find this share of the true 10 nearest, on vectors held out of a first build. [default of auto: 0.95]" };
        var memory = new Option<double?>("--memory") { Description = "Megabytes that auto keeps to." };
        var (seed, threads) = (IndexOptions.Seed(), ThreadsOption.Create("Threads to build with. [default: all processors]"));

        var command = new VerbCommand("build", "Build an index of vectors.", $"""
            Kinds:
            {string.Join('\n', IndexKinds.All.Select(k => $"  {k.Name,-8} {k.Description}"))}

            Examples:
              descent index build base.fvecs --out base.index
              descent index build texts.jsonl --out texts.index --metric cosine
              descent index build base.npy --out base.index --kind nsg --set degree=64 --recall 0.95
              descent index build --out try.index

            A CSV file may have a first line of names; its column "id" gives the ids. Lines of JSON are arrays of numbers, or objects
            of "id" and "vector". Else ids are 0, 1, 2 …. Ctrl-C stops, and what was at --out stays.

            """)
        { vectors, file, kind, metric, elements, settings, recall, memory, seed, threads };
        command.SetVerb((arguments, cancellation) =>
        {
            ThreadsOption.Apply(arguments.GetValue(threads));
            var output = arguments.GetRequiredValue(file);
            if (output.Directory is { Exists: false } missing) throw new DirectoryNotFoundException($"There is no folder {missing.FullName}; make it, or choose another --out.");
            var input = VectorInput.ReadOrMakeUp(arguments.GetValue(vectors));
            Console.WriteLine(input);
            var given = IndexOptions.Make(input.Dimension, arguments.GetRequiredValue(metric), arguments.GetValue(elements), arguments.GetValue(settings), arguments.GetValue(seed));
            var (name, target, most) = (arguments.GetRequiredValue(kind), arguments.GetValue(recall), arguments.GetValue(memory));
            if (target is not (null or (> 0 and <= 1))) throw new ArgumentException($"--recall is {target}; expected a share such as 0.95.");
            if (most is not null && name != "auto") throw new ArgumentException("--memory is what auto keeps to; leave it out, or choose --kind auto.");
            long begin = Stopwatch.GetTimestamp();
            var index = name == "auto" ? Choose(input, given, target, most, cancellation) : IndexKinds.Create(name, given);
            if (name != "auto" && target is { } share) BuildAndTune(index, input, share, cancellation);
            else if (name != "auto") new Background(cancellation).Run("building", progress => Add(index, input, [.. Enumerable.Range(0, input.Count)], progress, cancellation));
            Console.WriteLine($"{index.Statistics.Kind} ({IndexOptions.Describe(index)}), {(name == "auto" ? "chosen and " : "")}built in {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s on {Numerics.Threads} threads");
            new Background(cancellation).Run("writing", () =>
            {
                index.Save(output.FullName, cancellation);
                return true;
            });
            output.Refresh();
            string shown = Path.GetRelativePath(Environment.CurrentDirectory, output.FullName);
            Console.WriteLine($"{shown}: {IndexOptions.Megabytes(output.Length)}\ntry\n  descent index search {shown} --id {input.Ids[0]}");
            return Verb.Success;
        });
        return command;
    }

    static VectorIndex Choose(VectorInput input, IndexSettings settings, double? recall, double? megabytes, CancellationToken cancellation)
    {
        if (megabytes is not (null or > 0)) throw new ArgumentException($"--memory is {megabytes}; expected megabytes, such as 500.");
        var options = new AutoOptions { MemoryBytes = megabytes is { } m ? (long)(m * 1e6) : null };
        if (recall is { } share) options = options with { Recall = share };
        try
        {
            var (index, report) = new Background(cancellation).Run("trying kinds and building", progress => AutoIndex.Build(input.Ids, input.Values.ToArray(), settings, options, progress, cancellation));
            Console.WriteLine(report);
            return index;
        }
        catch (ArgumentException error) when (megabytes is not null)
        {
            // All that was tried stands behind its first line.
            throw new ArgumentException(error.Message.Split('\n')[0].Replace($"{nameof(AutoOptions)}.{nameof(AutoOptions.MemoryBytes)}", "--memory", StringComparison.Ordinal), error);
        }
    }

    /// <summary>Adds some of the vectors.</summary>
    internal static int Add(VectorIndex index, VectorInput input, int[] rows, IProgress<double>? progress, CancellationToken cancellation)
    {
        long[] ids = input.Ids;
        if (rows.Length == input.Count)
        {
            index.Add(ids, input.Values, progress, cancellation);
            return rows.Length;
        }
        float[] values = new float[rows.Length * input.Dimension];
        for (int i = 0; i < rows.Length; i++) input.Row(rows[i]).CopyTo(values.AsSpan(i * input.Dimension));
        index.Add([.. rows.Select(row => ids[row])], values, progress, cancellation);
        return rows.Length;
    }

    /// <summary>Builds from most of the vectors, measures with the others as queries how much must be in view, and adds those.</summary>
    static void BuildAndTune(VectorIndex index, VectorInput input, double target, CancellationToken cancellation)
    {
        const int K = 10;
        var (kept, held) = HoldOut(input.Count);
        if (kept.Length < 10 * K) throw new ArgumentException($"--recall: {input.Count} vectors are too few to measure by; leave it out.");
        new Background(cancellation).Run("building", progress => Add(index, input, kept, progress, cancellation));
        new Background(cancellation).Run("measuring", () =>
        {
            float[] queries = [.. held.SelectMany(row => input.Row(row).ToArray())];
            using var exact = new FlatIndex(input.Dimension, index.Metric, index.Metric == VectorMetric.Hamming ? VectorElement.Binary : VectorElement.Float32);
            Add(exact, input, kept, null, cancellation);
            var points = RecallCurve.Measure(index, queries, TrueNeighbors.Find(exact, queries, K), enough: target).ToList();
            index.DefaultEf = points[^1].Ef;
            Console.WriteLine(points[^1].Recall >= target
                ? $"recall@{K} of {points[^1].Recall:0.000} on {held.Length:N0} vectors held out, by --ef {points[^1].Ef}, which searches take by default"
                : $"recall@{K} is {points[^1].Recall:0.000} on {held.Length:N0} vectors held out even by --ef {points[^1].Ef}, less than {target}: build it finer by --set, or choose another --kind");
            return true;
        });
        new Background(cancellation).Run("adding those held out", progress => Add(index, input, held, progress, cancellation));
    }

    /// <summary>A tenth of some rows, at most a thousand, evenly from all over, and the others.</summary>
    internal static (int[] Kept, int[] Held) HoldOut(int count)
    {
        int held = Math.Min(1000, count / 10);
        int[] rows = [.. Enumerable.Range(0, held).Select(i => (int)((long)i * count / held))];
        return ([.. Enumerable.Range(0, count).Except(rows)], rows);
    }
}
