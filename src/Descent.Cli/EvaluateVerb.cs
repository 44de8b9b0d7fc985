using System.CommandLine;
using Descent.Tabular;

namespace Descent.Cli;

/// <summary><c>descent evaluate</c>: how a fitted model does on rows whose target is known.</summary>
static class EvaluateVerb
{
    internal static Command Create()
    {
        var model = new Argument<FileInfo>("model") { Description = "Model file of descent fit." };
        var data = new Argument<FileInfo>("data") { Description = "Rows with their target, that the model was not trained on." };
        var metric = new Option<string?>("--metric") { Description = "One figure alone. [default: all]" };
        var report = new Option<FileInfo?>("--report") { Description = "Page to write, with curves." };

        var command = new VerbCommand("evaluate", "Hold a model's predictions against what is true, with intervals.", """
            Examples:
              descent evaluate houses.descent later-houses.csv
              descent evaluate churn.descent held-out.csv --metric roc_auc
              descent evaluate churn.descent held-out.csv --report held-out.html

            """)
        { model, data, metric, report };
        command.SetVerb((arguments, _) =>
        {
            var rows = TableData.Read(arguments.GetRequiredValue(data).FullName);
            var evaluation = TableEvaluation.Of(ModelFile.LoadTable(arguments.GetRequiredValue(model).FullName), rows.Frame, arguments.GetValue(metric));
            Console.Write(evaluation.ToText(rows));
            if (arguments.GetValue(report) is { } page) FitVerb.Write(page.FullName, evaluation.ToReport(rows.Name).ToHtml());
            return Verb.Success;
        });
        return command;
    }
}
