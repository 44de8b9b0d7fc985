using System.Globalization;
using System.Net;
using System.Text;
using Descent.Metrics;

namespace Descent.NN;

/// <summary>An image the model got wrong, for the report.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Truth">Its class.</param>
/// <param name="Predicted">The class the model gave it.</param>
/// <param name="Probability">What the model thought of its own answer, from 0 to 1.</param>
sealed record WrongPrediction(PngImage Image, int Truth, int Predicted, double Probability);

/// <summary>What the report of a classifier shows.</summary>
public static class ClassifierSections
{
    extension(HtmlReport report)
    {
        /// <summary>What was taken for what; the classes by their names where they have any.</summary>
        public void AddConfusion(ConfusionMatrix confusion, IReadOnlyList<string>? names = null) =>
            report.Add("Confusion matrix", Html(confusion, names), Text(confusion, names));

        /// <summary>The surest mistakes.</summary>
        internal void AddWrong(IReadOnlyList<WrongPrediction> shown, int wrong, int all, IReadOnlyList<string>? names = null) => report.AddPictures("Wrong predictions",
            shown.Select(w => (w.Image, string.Create(CultureInfo.InvariantCulture, $"{Name(names, w.Truth)} → {Name(names, w.Predicted)} {w.Probability:P0}"))),
            $"{wrong} of {all} held-out images are wrong{(shown.Count < wrong ? $"; the {shown.Count} surest mistakes" : "")}; truth → prediction and its probability:");
    }

    static string Name(IReadOnlyList<string>? names, int label) => names?[label] ?? label.ToString(CultureInfo.InvariantCulture);

    static string Html(ConfusionMatrix confusion, IReadOnlyList<string>? names)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table class=\"confusion\"><tr><th>truth \\ predicted</th>");
        for (int p = 0; p < confusion.Classes; p++) html.Append(CultureInfo.InvariantCulture, $"<th>{WebUtility.HtmlEncode(Name(names, p))}</th>");
        html.Append("<th>recall</th></tr>");
        for (int t = 0; t < confusion.Classes; t++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{WebUtility.HtmlEncode(Name(names, t))}</th>");
            long row = Math.Max(1, Enumerable.Range(0, confusion.Classes).Sum(p => confusion[t, p]));
            for (int p = 0; p < confusion.Classes; p++)
            {
                // Rare confusions would be invisible on a linear scale.
                double strength = confusion[t, p] == 0 ? 0 : 0.12 + 0.6 * Math.Sqrt((double)confusion[t, p] / row);
                html.Append(CultureInfo.InvariantCulture, $"""<td style="background:rgba({(t == p ? "5,150,105" : "220,38,38")},{strength:F2})">{confusion[t, p]}</td>""");
            }
            html.Append(CultureInfo.InvariantCulture, $"<td>{confusion.Recall(t):P1}</td></tr>");
        }
        html.Append("<tr><th>precision</th>");
        for (int p = 0; p < confusion.Classes; p++) html.Append(CultureInfo.InvariantCulture, $"<td>{confusion.Precision(p):P1}</td>");
        return html.Append(CultureInfo.InvariantCulture, $"<td>{confusion.Accuracy:P2}</td></tr></table></div>\n").ToString();
    }

    static string Text(ConfusionMatrix confusion, IReadOnlyList<string>? names)
    {
        int width = Math.Max(4, confusion.Total.ToString(CultureInfo.InvariantCulture).Length);
        var text = new StringBuilder("confusion matrix, truth down, predicted across\n     ");
        for (int p = 0; p < confusion.Classes; p++) text.Append(p.ToString(CultureInfo.InvariantCulture).PadLeft(width + 1));
        text.Append("   recall\n");
        for (int t = 0; t < confusion.Classes; t++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{t,4} ");
            for (int p = 0; p < confusion.Classes; p++)
                text.Append((confusion[t, p] == 0 ? "·" : confusion[t, p].ToString(CultureInfo.InvariantCulture)).PadLeft(width + 1));
            text.Append(CultureInfo.InvariantCulture, $"  {confusion.Recall(t),7:P1}{(names is null ? "" : "  " + names[t])}\n");
        }
        return text.ToString();
    }
}
