using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Descent.Tabular.Tests;

public sealed class TableReportTests
{
    static readonly TableRun s_classes = new TableFit { Target = ChurnTable.Target, Model = "tree", Settings = [new("max_depth", "4")], Folds = 3 }.Run(TableData.Churn(300));
    static readonly TableRun s_numbers = new TableFit { Target = "monthly_charge", Model = "linear", Folds = 3 }.Run(TableData.Churn(300));
    static readonly TableRun s_three = new TableFit { Target = "contract", Model = "forest", Settings = [new("trees", "5")], Folds = 3 }.Run(TableData.Churn(300));

    public static TheoryData<string, string[]> Pages => new()
    {
        { s_classes.ToReport("m.descent").ToHtml(), ["Warnings", "ROC curve", "Precision and recall", "Calibration", "Confusion matrix", "Importances", "Shapley values for true", "knowing nothing", "SHA-256"] },
        { s_numbers.ToReport("m.descent").ToHtml(), ["Predicted and true", "Residuals", "How large errors are", "Shapley values"] },
        { s_three.ToReport("m.descent").ToHtml(), ["ROC curve", "one year", "Confusion matrix", "Shapley values for monthly"] },
        { TableEvaluation.Of(s_classes.ToModel(), ChurnTable.Create(100, 2)).ToReport("others.csv").ToHtml(), ["roc_auc", "when fitted", "ROC curve"] },
        { s_numbers.ToModel().ToExplanation(ChurnTable.Create(60, 2), "others.csv").ToHtml(), ["Importances", "Shapley values", "How predictions follow a column"] },
    };

    [Theory, MemberData(nameof(Pages))]
    public void A_page_needs_nothing_beside_itself(string html, string[] parts)
    {
        Assert.All(parts, part => Assert.Contains(part, html, StringComparison.Ordinal));
        Assert.DoesNotMatch("(src|href)\\s*=\\s*[\"'](?!data:)|url\\(|@import|<script", html);
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        foreach (Match svg in Regex.Matches(html, "<svg.*?</svg>", RegexOptions.Singleline))
            Assert.False(string.IsNullOrWhiteSpace(XElement.Parse(svg.Value).Attribute("aria-label")?.Value));
    }

    [Fact]
    public void A_row_is_explained_by_parts_that_add_up()
    {
        var others = ChurnTable.Create(50, 2);
        var why = s_classes.ToModel().ExplainRow(others, 3);
        Assert.Equal(why.Prediction.Probabilities[1], why.Values.Sum(0, 1), 1e-9);
        Assert.Contains("row 3: churned = ", why.ToText(), StringComparison.Ordinal);
        Assert.Contains("contract = ", why.ToText(), StringComparison.Ordinal);
        Assert.NotNull(XElement.Parse(why.ToChart().ToDocument()));
        Assert.Contains("the rows are 0 to 49", Assert.Throws<ArgumentOutOfRangeException>(() => s_classes.ToModel().ExplainRow(others, 50)).Message, StringComparison.Ordinal);
        Assert.Contains("two years", s_classes.ToModel().Dependence(others, "contract").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_evaluation_measures_what_the_target_allows()
    {
        string text = TableEvaluation.Of(s_classes.ToModel(), ChurnTable.Create(200, 2)).ToText();
        foreach (string name in (string[])["accuracy", "roc_auc", "log_loss", "brier", "mcc", "when fitted"]) Assert.Contains(name, text, StringComparison.Ordinal);
        text = TableEvaluation.Of(s_numbers.ToModel(), ChurnTable.Create(200, 2)).ToText();
        foreach (string name in (string[])["rmse", "mae", "r2"]) Assert.Contains(name, text, StringComparison.Ordinal);
        Assert.Single(TableEvaluation.Of(s_three.ToModel(), ChurnTable.Create(100, 2), "accuracy").Figures);
        Assert.Throws<ArgumentException>(() => TableEvaluation.Of(s_numbers.ToModel(), ChurnTable.Create(20), "accuracy"));
    }

    [Fact]
    public void Classes_that_the_model_does_not_know_count_against_it()
    {
        var frame = ChurnTable.Create(90, 2);
        frame = frame.With(Column.Categories("contract", Enumerable.Range(0, 90).Select(i => i % 3 == 0 ? "for life" : frame["contract"].Format(i))));
        var evaluation = TableEvaluation.Of(s_three.ToModel(), frame, "accuracy");
        Assert.InRange(evaluation.Figures[0]!.Value, 0, 2 / 3.0);
        Assert.Contains("knows nothing of: for life", evaluation.ToText(), StringComparison.Ordinal);
    }
}
