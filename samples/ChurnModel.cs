using Descent.Metrics;
using Descent.Tabular;

namespace Descent.Samples;

/// <summary>Which customers will leave: steps and boosted trees as one pipeline, judged by cross-validation, saved, and asked why.</summary>
public static class ChurnModel
{
    /// <returns>The area under the ROC curve on customers it has not seen.</returns>
    public static double Run(TextWriter output, int rows = 1000)
    {
        var frame = ChurnTable.Create(rows).Drop("customer", "currency");
        var pipeline = Pipeline.Default(frame, ChurnTable.Target, new BoostingClassifier { Rounds = 60, LearningRate = 0.1f, MaxDepth = 3 });
        output.WriteLine($"cross-validated: {new CrossValidation { Folds = 4, Scorers = [Scorers.RocAuc, Scorers.LogLoss] }.Run(pipeline, frame, ChurnTable.Target)}");

        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".descent");
        try
        {
            pipeline.Fit(frame, ChurnTable.Target).Save(path);
            var model = ModelFile.LoadPipeline(path);
            var others = ChurnTable.Create(rows / 2, seed: 2);
            var why = new Shap().Explain(model, others.Slice(0, 1));
            output.WriteLine($"the first of them leaves: {model.PredictClasses(others)[0]}, above all for {why.Importances(0).MaxBy(f => f.Value)!.Feature}");
            double[] p = [.. model.Probabilities(others).Where((_, i) => i % 2 == 1)];
            bool[] left = [.. Enumerable.Range(0, others.Rows).Select(row => others.Get<BooleanColumn>(ChurnTable.Target)[row])];
            double area = CurveMetrics.RocAuc(left, p);
            output.WriteLine($"ROC area on {others.Rows} others: {area:F3}");
            return area;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
