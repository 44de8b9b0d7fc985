using System.Globalization;
using System.Net;
using System.Text;

namespace Descent.NN;

/// <summary>One self-contained HTML page, light or dark as its reader has it, put together from sections; some have a form for terminals too.</summary>
/// <param name="title">The page's heading.</param>
public sealed class HtmlReport(string title)
{
    readonly StringBuilder _body = new();
    readonly StringBuilder _text = new();
    readonly List<(string Heading, PngImage Picture)> _pictures = [];

    /// <summary>The pictures so far, with their sections' headings.</summary>
    internal IReadOnlyList<(string Heading, PngImage Picture)> Pictures => _pictures;

    /// <summary>What a terminal shows of it.</summary>
    public string Text => _text.ToString();

    /// <summary>Adds a section.</summary>
    /// <param name="heading">Its heading.</param>
    /// <param name="html">Its content, as HTML.</param>
    /// <param name="text">Its form for terminals, or null to leave it out there.</param>
    public void Add(string heading, string html, string? text = null)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<section><h2>{Escape(heading)}</h2>\n{html}</section>\n");
        if (text is not null) _text.Append(text).Append('\n');
    }

    /// <summary>Adds text, with its lines broken where they are too long.</summary>
    public void AddText(string heading, string text) => Add(heading, $"<pre class=\"text\">{Escape(text)}</pre>\n");

    /// <summary>Adds a table with a row of headings; cells from the second on that look like numbers stand to the right.</summary>
    public void AddGrid(string heading, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, string? above = null)
    {
        ArgumentNullException.ThrowIfNull(headings);
        var html = new StringBuilder(above is null ? "" : $"<p>{Escape(above)}</p>\n");
        IReadOnlyList<string>[] lines = [.. rows];
        string Form(int column, string cell) => column > 0 && IsFigure(cell) ? " class=\"figure\"" : "";
        // A heading stands where what is below it stands.
        string FormOf(int column) => Form(column, lines.Select(line => line.ElementAtOrDefault(column)).FirstOrDefault(cell => !string.IsNullOrEmpty(cell)) ?? "");
        html.Append("<div class=\"scroll\"><table><thead><tr>").Append(string.Concat(headings.Select((h, i) => $"<th scope=\"col\"{FormOf(i)}>{Escape(h)}</th>"))).Append("</tr></thead><tbody>");
        foreach (var line in lines)
            html.Append("<tr>").Append(string.Concat(line.Select((cell, i) => i == 0 ? $"<th scope=\"row\">{Escape(cell)}</th>" : $"<td{Form(i, cell)}>{Escape(cell)}</td>"))).Append("</tr>");
        Add(heading, html.Append("</tbody></table></div>\n").ToString());
    }

    static bool IsFigure(string cell) => cell.Length > 0 && (char.IsAsciiDigit(cell[^1]) || cell[^1] == '%') && (char.IsAsciiDigit(cell[0]) || cell[0] is '-' or '−' or '+') && !cell.Contains('…', StringComparison.Ordinal);

    /// <summary>Adds names and what stands beside them in large print.</summary>
    public void AddFigures(string heading, IEnumerable<(string Value, string Name)> figures, string? below = null) => Add(heading,
        $"<p class=\"figures\">{string.Concat(figures.Select(f => $"<span><b>{Escape(f.Value)}</b>{Escape(f.Name)}</span>"))}</p>\n{(below is null ? "" : $"<p>{Escape(below)}</p>\n")}");

    /// <summary>Adds a table that is text already, which a terminal shows too if asked for.</summary>
    public void AddColumns(string heading, string text, bool inTerminal = false) => Add(heading, $"<pre>{Escape(text)}</pre>\n", inTerminal ? text : null);

    /// <summary>Adds sentences as a list.</summary>
    public void AddList(string heading, IEnumerable<string> sentences) =>
        Add(heading, $"<ul>{string.Concat(sentences.Select(s => $"<li>{Escape(s)}</li>"))}</ul>\n");

    /// <summary>Adds names and values.</summary>
    public void AddTable(string heading, IEnumerable<(string Name, string Value)> rows) =>
        Add(heading, $"<div class=\"scroll\"><table>{string.Concat(rows.Select(r => $"<tr><th>{Escape(r.Name)}</th><td>{Escape(r.Value)}</td></tr>"))}</table></div>\n");

    /// <summary>Adds pictures with captions, side by side.</summary>
    public void AddPictures(string heading, IEnumerable<(PngImage Picture, string Caption)> pictures, string? above = null)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var html = new StringBuilder(above is null ? "" : $"<p>{Escape(above)}</p>");
        html.Append("<div class=\"pictures\">");
        foreach (var (picture, caption) in pictures)
        {
            _pictures.Add((heading, picture));
            html.Append(CultureInfo.InvariantCulture, $"""<figure><img alt="{Escape(caption)}" src="{picture.ToDataUri()}"><figcaption>{Escape(caption)}</figcaption></figure>""");
        }
        Add(heading, html.Append("</div>\n").ToString());
    }

    /// <summary>Adds charts, side by side.</summary>
    public void AddCharts(string heading, params IEnumerable<Chart> charts) => AddCharts(heading, null, charts);

    /// <summary>Adds charts, side by side, below a sentence on them.</summary>
    public void AddCharts(string heading, string? above, params IEnumerable<Chart> charts) =>
        Add(heading, $"{(above is null ? "" : $"<p>{Escape(above)}</p>\n")}<div class=\"row\">{string.Concat(charts.Select(c => c.ToSvg()))}</div>\n");

    /// <summary>The page as one HTML file that loads nothing else.</summary>
    public string ToHtml() => $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>{Escape(title)}</title><style>{Style}</style></head><body>
        <h1>{Escape(title)}</h1>
        {_body}</body></html>

        """;

    const string Style = """
        :root{color-scheme:light dark;--text:#111827;--back:#ffffff;--soft:#f3f4f6;--line:#d8dce3;--dim:#4b5563}
        @media(prefers-color-scheme:dark){:root{--text:#e5e7eb;--back:#111418;--soft:#1b2027;--line:#343b46;--dim:#a3acba}}
        body{font:15px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:var(--text);background:var(--back)}
        h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
        .figures{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem}.figures b{font-size:1.25rem;margin-right:.3rem}.figures span{white-space:nowrap}
        .row{display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start}.row svg{flex:1 1 480px;max-width:580px}
        svg text{font:12px system-ui,sans-serif;fill:var(--dim)}svg .title{font-weight:600;font-size:14px;fill:var(--text)}.grid{stroke:var(--line)}
        .scroll{overflow-x:auto}table{border-collapse:collapse}th,td{padding:.25rem .6rem;text-align:left;border-bottom:1px solid var(--line)}
        .confusion td,.confusion th{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .pictures{display:flex;flex-wrap:wrap;gap:.6rem}figure{margin:0;text-align:center}
        img{min-width:72px;min-height:72px;max-width:100%;image-rendering:pixelated;border-radius:4px}figcaption{font-size:12px;color:var(--dim)}
        .figure{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}tbody th{font-weight:500}
        li{margin:.2rem 0}
        .text{white-space:pre-wrap;overflow-wrap:anywhere}
        pre{background:var(--soft);padding:1rem;overflow-x:auto}
        """;

    /// <summary>Text as HTML shows it.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);
}
