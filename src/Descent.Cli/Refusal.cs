using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Descent.Cli;

/// <summary>What is wrong with a command line, and where it stands what would be right.</summary>
static class Refusal
{
    static readonly Regex s_typeName = new(" as expected type '(.*)'");

    /// <summary>One line, or null where nothing is wrong.</summary>
    internal static string? Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.Action is not ParseErrorAction && (parsed.Action != command.Action || UnknownOption(parsed) is null)) return null;
        string path = command.Name;
        for (var above = parsed.CommandResult.Parent; above is CommandResult { Command.Name: var name }; above = above.Parent) path = $"{name} {path}";
        string fault = UnknownOption(parsed) is { } option ? $"'{option}' is no option of {path}."
            : command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var verb, ..] && !verb.StartsWith('-')
                ? $"'{verb}' is no verb; there are: {string.Join(", ", command.Subcommands.Select(c => c.Name))}."
                : string.Join(' ', parsed.Errors.Select(e => s_typeName.Replace(e.Message, type => Expected(type.Groups[1].Value))));
        return $"{fault} See {path} --help.";
    }

    /// <summary>What looks like an option but was taken for a file, for want of an option of that name; behind a -- it is a file.</summary>
    static string? UnknownOption(ParseResult parsed) =>
        parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash) ? null : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens)
            .FirstOrDefault(t => t.Value is ['-', '-', ..] or ['-', >= 'a' and <= 'z', ..])?.Value;

    /// <summary>The name of a type in the code is nothing to those at the command line.</summary>
    static string Expected(string type) =>
        type.Contains("Int", StringComparison.Ordinal) ? "; expected a whole number" : type.Contains("Double", StringComparison.Ordinal) ? "; expected a number" : "";
}
