using System.CommandLine;

namespace Descent.Cli;

/// <summary><c>descent index add</c>: more vectors for an index.</summary>
static class IndexAddVerb
{
    internal static Command Create()
    {
        var file = IndexOptions.Index();
        var vectors = new Argument<FileInfo>("vectors") { Description = $"{VectorInput.Formats} file." };
        var first = new Option<long?>("--first-id") { Description = "Id of the first vector, and so on, where the file has no ids. [default: behind the greatest in the index]" };
        var threads = ThreadsOption.Create("Threads to add with. [default: all processors]");
        var command = new VerbCommand("add", "Add vectors to an index; an id that is there already gets the new vector.", """
            Examples:
              descent index add base.index more.fvecs
              descent index add base.index changed.jsonl
              descent index add base.index more.npy --first-id 5000000

            The file holds the old index or the new one, whole, whatever happens. Ctrl-C stops, and leaves the old one.

            """)
        { file, vectors, first, threads };
        command.SetVerb((arguments, cancellation) =>
        {
            ThreadsOption.Apply(arguments.GetValue(threads));
            var target = arguments.GetRequiredValue(file);
            var index = IndexOptions.Open(target);
            var input = VectorInput.Read(arguments.GetRequiredValue(vectors));
            if (input.Dimension != index.Dimension) throw new ArgumentException($"The vectors of {input.Name} have {input.Dimension} elements; the index holds vectors of {index.Dimension}.");
            long[] there = index.ListIds();
            long from = arguments.GetValue(first) ?? (there.Length > 0 ? there[^1] + 1 : 0);
            long[] ids = input.Set.Ids ?? [.. Enumerable.Range(0, input.Count).Select(i => from + i)];
            int before = index.Count;
            new Background(cancellation).Run("adding", progress =>
            {
                index.Add(ids, input.Values, progress, cancellation);
                index.Save(target.FullName, cancellation);
                return true;
            });
            int added = index.Count - before;
            Console.WriteLine($"{target.Name}: {added:N0} added, {input.Count - added:N0} replaced; {index.Count:N0} vectors");
            return Verb.Success;
        });
        return command;
    }
}
