using Descent.Tabular;

namespace Descent.Cli.Tests;

public sealed class FitTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-fit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    static string Run(params string[] arguments)
    {
        var (exit, output, error) = DescentProcess.Run(arguments);
        Assert.True(exit == 0, output + error);
        return output;
    }

    [Fact]
    public void A_table_is_fitted_evaluated_explained_and_predicted()
    {
        ChurnTable.Create(300).WriteCsv(At("train.csv"));
        ChurnTable.Create(100, seed: 2).WriteCsv(At("test.csv"));
        string output = Run("fit", At("train.csv"), "--target", "churned", "--model", "forest", "--set", "trees=20", "--cv", "3", "--out", At("m.descent"));
        foreach (string part in (string[])["roc_auc", "knowing nothing", "'customer' is not learned from", "m.descent", "report.html", "contract"]) Assert.Contains(part, output, StringComparison.Ordinal);
        Assert.Contains("<h1>churned from train.csv</h1>", File.ReadAllText(At("report.html")), StringComparison.Ordinal);

        Assert.Contains("when fitted", Run("evaluate", At("m.descent"), At("test.csv")), StringComparison.Ordinal);
        Assert.Contains("row 4: churned = ", Run("explain", At("m.descent"), At("test.csv"), "--row", "4", "--out", At("why.svg")), StringComparison.Ordinal);
        Assert.StartsWith("<svg ", File.ReadAllText(At("why.svg")), StringComparison.Ordinal);

        Run("predict", At("m.descent"), At("test.csv"), "--out", At("p.csv"));
        var predicted = Frame.ReadCsv(At("p.csv"));
        Assert.Equal(100, predicted.Rows);
        var model = ModelFile.LoadPipeline(At("m.descent"));
        Assert.Equal(model.PredictClasses(Frame.ReadCsv(At("test.csv"))), Enumerable.Range(0, 100).Select(row => predicted["predicted_churned"].Format(row)));
    }

    [Theory]
    [InlineData("--target", "nothing", "'nothing' is not a column")]
    [InlineData("--target", "churned --model oracle", "there are: ")]
    [InlineData("--cv", "4", "Say --target; the columns are: customer")]
    public void What_cannot_be_done_is_one_line_that_says_why(string option, string values, string expected)
    {
        ChurnTable.Create(30).WriteCsv(At("few.csv"));
        var (exit, _, error) = DescentProcess.Run(["fit", At("few.csv"), option, .. values.Split(' '), "--out", At("m.descent")]);
        Assert.Equal(2, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(At("m.descent")));
    }

    [Fact]
    public void Interrupting_a_fit_leaves_nothing_behind()
    {
        if (OperatingSystem.IsWindows()) return;
        using var fit = DescentProcess.Start("fit", "--out", At("m.descent"));
        Thread.Sleep(1500);
        DescentProcess.Interrupt(fit);
        Assert.True(fit.WaitForExit(30_000));
        Assert.Equal(130, fit.ExitCode);
        Assert.Empty(Directory.GetFiles(_folder));
    }
}
