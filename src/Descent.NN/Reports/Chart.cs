using System.Globalization;
using System.Text;

namespace Descent.NN;

/// <summary>A picture of figures as inline SVG, which takes its colours of text and lines from the page around it.</summary>
public abstract class Chart
{
    private protected const int Width = 560;

    // Told apart by those who see few colours, on white and on black.
    static readonly string[] s_colours = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#db2777", "#65a30d"];

    private protected Chart(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        Title = title;
    }

    /// <summary>Its heading, and what it is called for those who cannot see it.</summary>
    public string Title { get; }

    /// <summary>The chart as an element of a page.</summary>
    public abstract string ToSvg();

    /// <summary>The chart as a file of its own, on white.</summary>
    public string ToDocument() => ToSvg()
        .Replace("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", StringComparison.Ordinal)
        .Replace("<g class=\"chart\">", "<style>text{font:12px system-ui,sans-serif;fill:#4b5563}.title{font-weight:600;font-size:14px;fill:#111827}.grid{stroke:#d8dce3}</style>" +
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/><g class=\"chart\">", StringComparison.Ordinal);

    private protected static string Colour(int series) => s_colours[series % s_colours.Length];

    private protected StringBuilder Begin(int height, int titleAt)
    {
        string title = HtmlReport.Escape(Title);
        return new StringBuilder().Append(CultureInfo.InvariantCulture,
            $"""<svg viewBox="0 0 {Width} {height}" role="img" aria-label="{title}"><g class="chart"><text class="title" x="{titleAt}" y="20">{title}</text>""");
    }

    private protected static string End(StringBuilder svg) => svg.Append("</g></svg>").ToString();

    /// <summary>A text that fits into so many letters.</summary>
    private protected static string Cut(string text, int letters) => text.Length <= letters ? text : string.Concat(text.AsSpan(0, letters - 1), "…");
}
