using System.CommandLine;
using System.Globalization;
using System.Text;
using Descent.Search;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Cli;

/// <summary><c>descent index search</c>: what is nearest to some vectors.</summary>
static class IndexSearchVerb
{
    internal static Command Create()
    {
        var file = IndexOptions.Index();
        var queries = new Argument<FileInfo?>("queries") { Description = $"{VectorInput.Formats} file of what to look for.", Arity = ArgumentArity.ZeroOrOne };
        var vector = new Option<string?>("--vector") { Description = "One vector to look for, as 0.5,1.25,-3." };
        var id = new Option<long?>("--id") { Description = "Look for what is like the vector of this id in the index." };
        var k = new Option<int>("--k") { Description = "How many to find for each.", DefaultValueFactory = _ => 10 };
        var ef = new Option<int?>("--ef") { Description = "Near vectors to keep in view: more is slower and finds more. [default: what the index was built for]" };
        var filter = new Option<string?>("--filter-ids") { Description = "Find only these ids: numbers with commas between, or a file of one a line." };
        var output = new Option<FileInfo?>("--out") { Description = ".ivecs file for the ids alone, or .jsonl file. [default: the terminal]" };
        var json = new Option<bool>("--json") { Description = "Print a line of JSON for each query, in place of a table." };
        var threads = ThreadsOption.Create("Threads to search with. [default: all processors]");

        var command = new VerbCommand("search", "Find the nearest vectors in an index.", """
            Examples:
              descent index search base.index --id 17
              descent index search base.index --vector 0.5,1.25,-3 --k 5
              descent index search base.index queries.fvecs --ef 200 --out found.ivecs
              descent index search base.index queries.csv --filter-ids red.txt --json

            Distances are squared ones for l2, the negative product for ip, 1 minus the cosine, or bits that differ: smaller is nearer.

            """)
        { file, queries, vector, id, k, ef, filter, output, json, threads };
        command.SetVerb((arguments, cancellation) =>
        {
            ThreadsOption.Apply(arguments.GetValue(threads));
            var (given, one, like) = (arguments.GetValue(queries), arguments.GetValue(vector), arguments.GetValue(id));
            if ((given is null ? 0 : 1) + (one is null ? 0 : 1) + (like is null ? 0 : 1) != 1)
                throw new ArgumentException("What is to be looked for? Name a file of queries, or say --vector 0.5,1.25,-3 or --id 17, one of these.");
            if (arguments.GetValue(k) < 1) throw new ArgumentException($"--k is {arguments.GetValue(k)}; expected 1 or more.");
            var index = IndexOptions.Open(arguments.GetRequiredValue(file));
            var (names, values) = Queries(index, given, one, like);
            var allowed = arguments.GetValue(filter) is { } list ? IndexOptions.Ids(list).ToHashSet() : null;
            var options = new SearchOptions { Ef = arguments.GetValue(ef), Filter = allowed is null ? null : allowed.Contains };
            int wanted = Math.Max(1, Math.Min(arguments.GetValue(k), index.Count));
            var found = new Background(cancellation).Run("searching", () => index.SearchMany(values, wanted, options, cancellation));
            Write(arguments.GetValue(output), arguments.GetValue(json), names, [.. found.Chunk(wanted).Select(row => row.Where(n => n.Id >= 0 || float.IsFinite(n.Distance)).ToArray())], wanted);
            return Verb.Success;
        });
        return command;
    }

    static (long[] Names, float[] Values) Queries(VectorIndex index, FileInfo? file, string? one, long? like)
    {
        if (one is not null) return ([0], Fits(index, IndexOptions.Vector(one, "--vector"), "--vector has"));
        if (like is { } id) return ([id], index.Find(id) ?? throw new ArgumentException($"--id {id}: the index has no such id."));
        var input = VectorInput.Read(file!);
        Fits(index, input.Row(0).ToArray(), $"the vectors of {input.Name} have");
        return (input.Ids, input.Values.ToArray());
    }

    static float[] Fits(VectorIndex index, float[] vector, string what) =>
        vector.Length == index.Dimension ? vector : throw new ArgumentException($"{what} {vector.Length} elements; the index holds vectors of {index.Dimension}.");

    static void Write(FileInfo? output, bool json, long[] names, Neighbor[][] found, int k)
    {
        if (output is not null && output.Extension.Equals(".ivecs", StringComparison.OrdinalIgnoreCase))
            VectorFiles.SaveIntegers(output.FullName, found.Select(row => Integers(row, k)));
        else if (output is not null && !output.Extension.Equals(".jsonl", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"--out {output.Name}: expected a name that ends in .ivecs or .jsonl.");
        else if (output is not null) AtomicFile.Write(output.FullName, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            foreach (string line in Lines(names, found)) writer.WriteLine(line);
        });
        else if (json)
            foreach (string line in Lines(names, found)) Console.WriteLine(line);
        else
            TextTable.Print(["query", "rank", "id", "distance"], [.. found.SelectMany((row, q) => row.Select((n, rank) => (string[])
                [$"{names[q]}", $"{rank + 1}", $"{n.Id}", n.Distance.ToString("G6", CultureInfo.InvariantCulture)]))]);
        if (output is not null) Console.WriteLine($"{output.Name}: the nearest of {found.Length:N0} queries, {k} each");
    }

    static IEnumerable<string> Lines(long[] names, Neighbor[][] found) => found.Select((row, q) =>
    {
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{{\"query\":{names[q]},\"neighbors\":[");
        for (int i = 0; i < row.Length; i++)
            line.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}{{\"id\":{row[i].Id},\"distance\":{row[i].Distance:R}}}");
        return line.Append("]}").ToString();
    });

    /// <summary>Ids as such files hold them, −1 where fewer were found.</summary>
    static int[] Integers(Neighbor[] row, int k)
    {
        int[] ids = new int[k];
        Array.Fill(ids, -1);
        for (int i = 0; i < row.Length; i++)
            ids[i] = row[i].Id is >= 0 and <= int.MaxValue ? (int)row[i].Id : throw new NotSupportedException($"The id {row[i].Id} does not fit into an .ivecs file, which holds 32 bits; write .jsonl.");
        return ids;
    }
}
