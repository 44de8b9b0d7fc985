using Spectre.Console;

namespace Descent.Cli;

/// <summary>A table with lines in a terminal, plain columns elsewhere.</summary>
static class TextTable
{
    internal static void Print(string[] header, IReadOnlyList<string[]> rows)
    {
        if (AnsiConsole.Profile.Out.IsTerminal)
        {
            var table = new Table().Border(TableBorder.Rounded);
            foreach (string name in header) table.AddColumn(Markup.Escape(name));
            foreach (var row in rows) table.AddRow(row.Select(Markup.Escape).ToArray());
            AnsiConsole.Write(table);
            return;
        }
        int[] widths = [.. header.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max())];
        foreach (var row in rows.Prepend(header))
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }
}
