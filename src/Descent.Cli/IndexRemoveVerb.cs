using System.CommandLine;

namespace Descent.Cli;

/// <summary><c>descent index remove</c>: fewer vectors in an index.</summary>
static class IndexRemoveVerb
{
    internal static Command Create()
    {
        var file = IndexOptions.Index();
        var ids = new Argument<string[]>("ids") { Description = "Ids, with blanks or commas between, or files of one a line.", Arity = ArgumentArity.OneOrMore };
        var command = new VerbCommand("remove", "Remove vectors from an index.", """
            Examples:
              descent index remove base.index 17 18 19
              descent index remove base.index gone.txt

            The file holds the old index or the new one, whole, whatever happens. Ctrl-C stops, and leaves the old one.

            """)
        { file, ids };
        command.SetVerb((arguments, cancellation) =>
        {
            var target = arguments.GetRequiredValue(file);
            var index = IndexOptions.Open(target);
            long[] gone = [.. arguments.GetRequiredValue(ids).SelectMany(IndexOptions.Ids).Distinct()];
            int removed = new Background(cancellation).Run("removing", () =>
            {
                int count = index.Remove(gone);
                if (count > 0) index.Save(target.FullName, cancellation);
                return count;
            });
            Console.WriteLine($"{target.Name}: {removed:N0} removed{(removed < gone.Length ? $", {gone.Length - removed:N0} were not there" : "")}; {index.Count:N0} vectors");
            return Verb.Success;
        });
        return command;
    }
}
