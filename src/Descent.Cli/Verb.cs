using System.CommandLine;

namespace Descent.Cli;

/// <summary>What every verb does with failure: one clear line on the error stream and exit code 2.</summary>
static class Verb
{
    internal const int Success = 0, BadInput = 2, Interrupted = 130;

    /// <summary>Runs a verb's body; what the user can mend becomes a line, what they can't stays an exception.</summary>
    internal static void SetVerb(this Command command, Func<ParseResult, CancellationToken, int> body) =>
        command.SetAction((arguments, cancellation) => Task.FromResult(Guard(() => body(arguments, cancellation))));

    internal static int Guard(Func<int> body)
    {
        try
        {
            return body();
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException
            or NotSupportedException or InvalidOperationException)
        {
            Console.Error.WriteLine($"descent: {OneLine(error.Message)}");
            return BadInput;
        }
    }

    static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
