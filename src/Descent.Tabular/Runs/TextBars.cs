using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>Named numbers as bars of characters, for terminals.</summary>
static class TextBars
{
    const int Longest = 40, LongestName = 48;

    /// <summary>A line for each: its name, its value, and a bar as long as that, to the scale of the longest.</summary>
    internal static string Draw(IEnumerable<(string Name, double Value)> bars, bool signed = false)
    {
        var shown = bars.Select(b => (Name: b.Name.Length <= LongestName ? b.Name : string.Concat(b.Name.AsSpan(0, LongestName - 1), "…"), b.Value)).ToArray();
        double most = shown.Select(b => Math.Abs(b.Value)).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        int width = shown.Select(b => b.Name.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        foreach (var (name, value) in shown)
        {
            int length = most > 0 && double.IsFinite(value) ? (int)Math.Round(Longest * Math.Abs(value) / most) : 0;
            string number = value.ToString(signed ? "+0.0000;-0.0000;0" : "0.0000", CultureInfo.InvariantCulture);
            text.Append($"  {name.PadRight(width)}  {number,10}  {new string(value < 0 ? '░' : '█', length)}".TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}
