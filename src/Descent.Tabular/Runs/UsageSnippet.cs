using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>The C# that uses a model.</summary>
public static class UsageSnippet
{
    extension(PipelineModel model)
    {
        /// <summary>A program that loads the model from a file and predicts a file of rows, and a row of its own.</summary>
        /// <param name="path">Where the model is.</param>
        /// <param name="example">A frame whose first row stands in the program, or null.</param>
        public string ToSnippet(string path, Frame? example = null)
        {
            bool isClass = model.Predicts == TargetKind.Class;
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"""
                using Descent.Tabular;

                var model = ModelFile.LoadPipeline({Quote(path)});
                var rows = Frame.ReadCsv("new.csv");
                {(isClass ? "string[] predicted = model.PredictClasses(rows);" : "double[] predicted = model.Predict(rows);")}

                """);
            if (isClass && model.Model is IProbabilisticModel)
                text.Append(CultureInfo.InvariantCulture, $"double[] p = model.Probabilities(rows);    // of each row: {string.Join(", ", model.Classes.Take(5))}{(model.Classes.Length > 5 ? ", …" : "")}\n");
            if (example is not { Rows: > 0 }) return text.ToString();
            text.Append(CultureInfo.InvariantCulture, $"\n{(isClass ? "string" : "double")} one = model.{(isClass ? "PredictClass" : "Predict")}(new Dictionary<string, object?>\n{{\n");
            foreach (var column in model.Input.Columns)
                if (example.Has(column.Name)) text.Append(CultureInfo.InvariantCulture, $"    [{Quote(column.Name)}] = {Literal(example[column.Name], 0)},\n");
            return text.Append("});\n").ToString();
        }
    }

    static string Literal(Column column, int row)
    {
        if (column.Format(row) is not { } text) return "null";
        return column.Type switch
        {
            ColumnType.Float when double.TryParse(text, CultureInfo.InvariantCulture, out double value) && !double.IsFinite(value) => value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
            ColumnType.Float => text.AsSpan().IndexOfAny(".eE") < 0 ? text + ".0" : text,
            ColumnType.Integer or ColumnType.Boolean => text,
            ColumnType.DateTime => $"DateTime.Parse({Quote(text)}, System.Globalization.CultureInfo.InvariantCulture)",
            _ => Quote(text),
        };
    }

    /// <summary>A string as a literal of C#, whatever is in it.</summary>
    static string Quote(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (char c in text)
            _ = c switch
            {
                '"' or '\\' => literal.Append('\\').Append(c),
                < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029' => literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => literal.Append(c),
            };
        return literal.Append('"').ToString();
    }
}
