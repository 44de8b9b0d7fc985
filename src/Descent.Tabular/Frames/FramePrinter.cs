using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>A frame as aligned text: its first and last rows and columns.</summary>
static class FramePrinter
{
    const int Edge = 5, Wide = 24;

    internal static string Print(Frame frame)
    {
        int[] rows = Ends(frame.Rows), places = Ends(frame.Columns.Length);
        var table = new List<string[]> { Header(frame, places, c => c.Name), Header(frame, places, c => c.Type.ToString().ToLowerInvariant()) };
        foreach (int row in rows)
            table.Add([row < 0 ? "…" : row.ToString(CultureInfo.InvariantCulture),
                .. places.Select(p => row < 0 || p < 0 ? "…" : Cut(frame.Columns[p].Format(row) ?? "·"))]);

        int[] widths = [.. Enumerable.Range(0, places.Length + 1).Select(i => table.Max(line => line[i].Length))];
        var text = new StringBuilder();
        foreach (string[] line in table)
            text.AppendLine(string.Join("  ", line.Select((cell, i) => cell.PadLeft(widths[i]))));
        return text.Append(CultureInfo.InvariantCulture, $"{frame.Rows} rows × {frame.Columns.Length} columns").ToString();
    }

    static string[] Header(Frame frame, int[] places, Func<Column, string> text) =>
        ["", .. places.Select(p => p < 0 ? "…" : Cut(text(frame.Columns[p])))];

    /// <summary>The first and last numbers, with −1 for those between.</summary>
    static int[] Ends(int count) => count <= 2 * Edge ? [.. Enumerable.Range(0, count)]
        : [.. Enumerable.Range(0, Edge), -1, .. Enumerable.Range(count - Edge, Edge)];

    static string Cut(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Length <= Wide ? text : string.Concat(text.AsSpan(0, Wide - 1), "…");
    }
}
