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
public sealed record WrongPrediction(PngImage Image, int Truth, int Predicted, double Probability);

/// <summary>One self-contained HTML page on a training run: figures, curves, confusions, and what went wrong.</summary>
public sealed record RunReport
{
    /// <summary>The page's heading.</summary>
    public required string Title { get; init; }

    /// <summary>Names and values of the run's settings.</summary>
    public required IReadOnlyList<(string Name, string Value)> Settings { get; init; }

    /// <summary>The epochs, in order.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>The confusion matrix over the held-out items.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Some of the held-out items that the model got wrong.</summary>
    public required IReadOnlyList<WrongPrediction> Wrong { get; init; }

    /// <summary>The layers and sizes of the model, as text.</summary>
    public string Model { get; init; } = "";

    /// <summary>The page.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>{Escape(Title)}</title><style>{Style}</style></head><body>
            <h1>{Escape(Title)}</h1>

            """);
        if (History.Count > 0)
        {
            var last = History[^1];
            html.Append(CultureInfo.InvariantCulture, $"""
                <p class="figures"><b>{last.ValidationAccuracy:P2}</b> held-out accuracy <b>{last.ValidationLoss:F4}</b> held-out loss
                <b>{last.Epoch}</b> epochs <b>{History.Sum(r => r.Seconds):F1} s</b></p>

                """);
        }
        html.Append("<div class=\"row\">");
        html.Append(new LineChart("Loss", "epoch", "cross-entropy")
            .Add("training", History.Select(r => ((double)r.Epoch, r.TrainLoss)))
            .Add("held-out", History.Select(r => ((double)r.Epoch, r.ValidationLoss))).ToSvg());
        html.Append(new LineChart("Accuracy", "epoch", "share right")
            .Add("training", History.Select(r => ((double)r.Epoch, r.TrainAccuracy)))
            .Add("held-out", History.Select(r => ((double)r.Epoch, r.ValidationAccuracy))).ToSvg());
        html.Append("</div>\n<h2>Confusion matrix</h2>\n").Append(ConfusionTable());
        long wrong = Confusion.Total - Confusion.Correct;
        string which = Wrong.Count < wrong ? $"; the {Wrong.Count} surest mistakes:" : ":";
        html.Append(CultureInfo.InvariantCulture, $"\n<h2>Wrong predictions</h2>\n<p>{wrong} of {Confusion.Total} held-out images are wrong{which}</p>\n<div class=\"grid-images\">");
        foreach (var w in Wrong)
            html.Append(CultureInfo.InvariantCulture, $"""<figure><img alt="a {w.Truth}" src="{w.Image.ToDataUri()}"><figcaption>{w.Truth} → <b>{w.Predicted}</b> {w.Probability:P0}</figcaption></figure>""");
        html.Append("</div>\n<h2>Settings</h2>\n<table>");
        foreach (var (name, value) in Settings)
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Escape(name)}</th><td>{Escape(value)}</td></tr>");
        html.Append("</table>\n");
        if (Model.Length > 0) html.Append(CultureInfo.InvariantCulture, $"<h2>Model</h2>\n<pre>{Escape(Model)}</pre>\n");
        return html.Append("</body></html>\n").ToString();
    }

    string ConfusionTable()
    {
        var html = new StringBuilder("<table class=\"confusion\"><tr><th>truth \\ predicted</th>");
        for (int p = 0; p < Confusion.Classes; p++) html.Append(CultureInfo.InvariantCulture, $"<th>{p}</th>");
        html.Append("<th>recall</th></tr>");
        for (int t = 0; t < Confusion.Classes; t++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{t}</th>");
            long row = Math.Max(1, Enumerable.Range(0, Confusion.Classes).Sum(p => Confusion[t, p]));
            for (int p = 0; p < Confusion.Classes; p++)
            {
                // Rare confusions would be invisible on a linear scale.
                double strength = Confusion[t, p] == 0 ? 0 : 0.12 + 0.8 * Math.Sqrt((double)Confusion[t, p] / row);
                html.Append(CultureInfo.InvariantCulture, $"""<td style="background:rgba({(t == p ? "5,150,105" : "220,38,38")},{strength:F2})">{Confusion[t, p]}</td>""");
            }
            html.Append(CultureInfo.InvariantCulture, $"<td>{Confusion.Recall(t):P1}</td></tr>");
        }
        html.Append("<tr><th>precision</th>");
        for (int p = 0; p < Confusion.Classes; p++) html.Append(CultureInfo.InvariantCulture, $"<td>{Confusion.Precision(p):P1}</td>");
        return html.Append(CultureInfo.InvariantCulture, $"<td>{Confusion.Accuracy:P2}</td></tr></table>").ToString();
    }

    const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:#111827;background:#fff}
        h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
        .figures b{font-size:1.25rem;margin-left:1.2rem}.figures b:first-child{margin-left:0}
        .row{display:flex;flex-wrap:wrap;gap:1rem}.row svg{flex:1 1 480px;max-width:580px}
        svg text{font:12px system-ui,sans-serif;fill:#374151}svg .title{font-weight:600;font-size:14px}.grid{stroke:#e5e7eb}
        table{border-collapse:collapse}th,td{padding:.25rem .6rem;text-align:left;border-bottom:1px solid #e5e7eb}
        .confusion td,.confusion th{text-align:right;font-variant-numeric:tabular-nums}
        .grid-images{display:flex;flex-wrap:wrap;gap:.6rem}figure{margin:0;text-align:center}
        img{width:72px;height:72px;image-rendering:pixelated;border-radius:4px}figcaption{font-size:12px}
        pre{background:#f9fafb;padding:1rem;overflow-x:auto}
        """;

    static string Escape(string text) => WebUtility.HtmlEncode(text);
}
