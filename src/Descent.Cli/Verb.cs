using System.CommandLine;

namespace Descent.Cli;

/// <summary>What every verb does with failure: one clear line on the error stream and exit code 2.</summary>
static class Verb
{
    internal const int Success = 0, BadInput = 2, Interrupted = 130;

    // In which a verb that was told to stop puts away what it has begun to write.
    const int TerminationSeconds = 20;

    /// <summary>Runs a verb's body; what the user can mend becomes a line, what they can't stays an exception.</summary>
    internal static void SetVerb(this Command command, Func<ParseResult, CancellationToken, int> body) =>
        command.SetAction((arguments, cancellation) => Task.FromResult(Guard(() => body(arguments, cancellation))));

    /// <summary>Runs the verb that a command line names; without any, shows help.</summary>
    internal static int Invoke(RootCommand root, string[] arguments)
    {
        root.SetAction(_ => root.Parse("--help").Invoke());
        var parsed = root.Parse(arguments);
        return Refusal.Of(parsed) is { } fault ? Fail(fault) : parsed.Invoke(new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(TerminationSeconds) });
    }

    /// <summary>Does a part of a verb's work, and gives its exit code.</summary>
    internal static int Guard(Func<int> body)
    {
        try
        {
            return body();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("descent: stopped; nothing was written");
            return Interrupted;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException
            or NotSupportedException or InvalidOperationException)
        {
            return Fail(error switch
            {
                // The name of a parameter in the code is nothing to them either.
                ArgumentException { ParamName: { } name } => error.Message.Split($" (Parameter '{name}')")[0],
                UnauthorizedAccessException when error.Message.Split('\'') is [_, var path, _] && Directory.Exists(path) => $"{path} is a folder; expected a file.",
                _ => error.Message,
            });
        }
    }

    static int Fail(string message)
    {
        Console.Error.WriteLine($"descent: {OneLine(message)}");
        return BadInput;
    }

    static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
