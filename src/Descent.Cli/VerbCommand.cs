using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Descent.Cli;

/// <summary>A verb whose own help, and no list of verbs, ends with examples.</summary>
sealed class VerbCommand(string name, string description, string more) : Command(name, description)
{
    /// <summary>Makes a help option print what verbs add.</summary>
    internal static void Extend(RootCommand root, string more)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithMore((HelpAction)help.Action!, more);
    }

    sealed class HelpWithMore(HelpAction usual, string ofRoot) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult result)
        {
            int exit = usual.Invoke(result);
            result.InvocationConfiguration.Output.WriteLine(result.CommandResult.Command is VerbCommand verb ? verb._more : ofRoot);
            return exit;
        }
    }

    readonly string _more = more;
}
