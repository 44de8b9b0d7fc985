namespace Descent.Tabular.Tests.Documentation;

/// <summary>The examples of the page on a model of a table, as they stand there.</summary>
public sealed class TablesSnippets
{
    [Fact]
    public void A_table_is_fitted_saved_used_and_explained()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), page = path + ".html";
        try
        {
            var data = TableData.Churn(600);    // or TableData.Read("customers.csv")
        var run = new TableFit { Target = "churned", Model = "boosting", Settings = [new("rounds", "40")], Folds = 3 }.Run(data);
        Console.Write(run.ToText());
        run.Save(path);
        File.WriteAllText(page, run.ToReport("churn.descent").ToHtml());
            Assert.True(run.Result.Score > 0.75, $"{run.Result.Score}");

            var model = ModelFile.LoadPipeline(path);
        string[] predicted = model.PredictClasses(ChurnTable.Create(5, seed: 9));
        string one = model.PredictClass(new Dictionary<string, object?>
        {
            ["signed_up"] = new DateTime(2024, 3, 1),
            ["last_login"] = null,
            ["age"] = 34.0,
            ["region"] = "Coast",
            ["plan"] = "Cable 250",
            ["contract"] = "monthly",
            ["payment"] = "card",
            ["monthly_charge"] = 41.5,
            ["gigabytes"] = 12.0,
            ["support_calls"] = 4,
            ["newsletter"] = false,
            ["satisfaction"] = 2,
        });
            Assert.Equal(5, predicted.Length);
            Assert.Contains(one, model.Classes);

            var table = ModelFile.LoadTable(path);
        var others = ChurnTable.Create(200, seed: 2);
        Console.Write(TableEvaluation.Of(table, others).ToText());
        Console.Write(table.ExplainRow(others, 17).ToText());
            Assert.Equal(run.Pipeline.PredictClasses(others), table.Pipeline.PredictClasses(others));
        }
        finally
        {
            File.Delete(path);
            File.Delete(page);
        }
    }
}
