using System.CommandLine;
using Descent.NN;
using Descent.Tabular;

namespace Descent.Cli;

/// <summary><c>descent explain</c>: what a fitted model goes by, at large and in one row.</summary>
static class ExplainVerb
{
    internal static Command Create()
    {
        var model = new Argument<FileInfo>("model") { Description = "Model file of descent fit." };
        var data = new Argument<FileInfo?>("data") { Description = "Rows to explain it by. [default: what the file tells]", Arity = ArgumentArity.ZeroOrOne };
        var row = new Option<int?>("--row") { Description = "Explain the prediction of this row, from 0: what each column adds." };
        var column = new Option<string?>("--column") { Description = "Show how predictions follow this column." };
        var file = new Option<FileInfo?>("--out") { Description = "Page to write: .html, or .svg of one picture." };

        var command = new VerbCommand("explain", "Show what a model goes by.", """
            Examples:
              descent explain churn.descent
              descent explain churn.descent customers.csv --out explained.html
              descent explain churn.descent customers.csv --row 17 --out why.svg
              descent explain churn.descent customers.csv --column monthly_charge

            """)
        { model, data, row, column, file };
        command.SetVerb((arguments, cancellation) =>
        {
            var table = ModelFile.LoadTable(arguments.GetRequiredValue(model).FullName);
            var (number, name, page) = (arguments.GetValue(row), arguments.GetValue(column), arguments.GetValue(file));
            if (arguments.GetValue(data) is not { } path)
            {
                if (number is not null || name is not null || page is not null) throw new ArgumentException("Rows are needed for that: name a file of them behind the model.");
                Console.Write(table.Describe());
                return Verb.Success;
            }
            var frame = Frame.Read(path.FullName);
            if (number is null && name is null)
            {
                Console.Write(table.Describe());
                if (page is not null) FitVerb.Write(page.FullName, table.ToExplanation(frame, path.Name, cancellation).ToHtml());
                return Verb.Success;
            }
            var charts = new List<Chart>();
            if (number is { } r)
            {
                var why = table.ExplainRow(frame, r);
                Console.Write(why.ToText());
                charts.Add(why.ToChart());
            }
            if (name is not null)
            {
                var (text, chart) = table.Dependence(frame, name);
                Console.Write(text);
                charts.Add(chart);
            }
            if (page is null) return Verb.Success;
            if (page.Extension.Equals(".svg", StringComparison.OrdinalIgnoreCase))
            {
                if (charts.Count > 1) throw new ArgumentException("An .svg file holds one picture: ask for --row or --column, or write .html.");
                FitVerb.Write(page.FullName, charts[0].ToDocument());
                return Verb.Success;
            }
            var report = new HtmlReport($"{table.Pipeline.Target} of {path.Name}");
            report.AddCharts("Why", charts);
            FitVerb.Write(page.FullName, report.ToHtml());
            return Verb.Success;
        });
        return command;
    }
}
