using System.CommandLine;

namespace Descent.Cli;

/// <summary><c>descent index</c>: nearest neighbours, from building an index to drawing one.</summary>
static class IndexVerb
{
    internal static Command Create()
    {
        var command = new VerbCommand("index", "Find nearest neighbours: build indexes of vectors, search, change, measure and draw them.", """
            Examples:
              descent index build base.fvecs --out base.index        a file to search in
              descent index search base.index queries.fvecs --k 10   the ten nearest of each
              descent index info base.index                          what it holds and takes
              descent index add base.index more.csv                  more vectors
              descent index remove base.index 17 18 19               fewer
              descent index bench base.fvecs --kind hnsw,nsg         how fast at which recall
              descent index draw --graph mrng --out mrng.svg         what such graphs look like

            Vectors come from .fvecs, .bvecs, .ivecs, .npy, .csv or .jsonl files; without one, build and bench make some up.

            """)
        {
            IndexBuildVerb.Create(),
            IndexSearchVerb.Create(),
            IndexAddVerb.Create(),
            IndexRemoveVerb.Create(),
            IndexInfoVerb.Create(),
            IndexBenchVerb.Create(),
            IndexDrawVerb.Create(),
        };
        command.SetAction(arguments => arguments.RootCommandResult.Command.Parse("index --help").Invoke());
        return command;
    }
}
