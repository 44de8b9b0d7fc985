using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Descent.Tabular;

/// <summary>Exact Shapley values of weighted sums: the weight times the distance from the background's mean.</summary>
static class LinearShap
{
    /// <summary>What the features add to the sums, or null of a model that is none.</summary>
    internal static ShapValues? Explain(IModel model, double[] rows, double[] background) => model switch
    {
        LinearRegressionModel m => Explain(m, TreeSum.Prediction, m.IsLogarithm ? ShapScale.Score : ShapScale.Prediction, m.Weights, [m.Intercept], v => v, rows, background),
        LinearClassificationModel { Threshold: { } threshold } m => Explain(m, Names(m, m.Intercepts.Length), ShapScale.Score, m.Weights, m.Intercepts, v => v > threshold ? 1 : 0, rows, background),
        LinearScoreModel m => Explain(m, Names(m, m.Intercepts.Length), ShapScale.Score, m.Weights, m.Intercepts, v => v, rows, background),
        BoostedLinear m => Explain(m, null, rows, background),
        LinearBoostingRegressionModel m => Explain(m.Booster, null, rows, background),
        LinearBoostingClassificationModel m => Explain(m.Booster, m, rows, background),
        _ => null,
    };

    static ImmutableArray<string> Names(IClassificationModel model, int scores) => scores == 1 ? [model.Classes[1]] : model.Classes;

    static ShapValues Explain(BoostedLinear model, IClassificationModel? classifier, double[] rows, double[] background)
    {
        int features = model.Schema.Features.Length, outputs = model.Objective.Outputs;
        var names = classifier is not null ? Names(classifier, outputs) : outputs == 1 ? TreeSum.Prediction : [.. Enumerable.Range(0, outputs).Select(k => $"score {k}")];
        // A row of zeros has the constants for scores.
        float[] constants = new float[outputs];
        model.Margins(new double[features], constants);
        return Explain(model, names, TreeSum.IsPrediction(model.Objective) ? ShapScale.Prediction : ShapScale.Score,
            [.. Enumerable.Range(0, outputs).SelectMany(k => Enumerable.Range(0, features).Select(j => (double)model.Weights[j * outputs + k]))],
            [.. constants.Select(c => (double)c)], v => double.IsNaN(v) ? 0 : v, rows, background);
    }

    static ShapValues Explain(IModel model, ImmutableArray<string> names, ShapScale scale, ImmutableArray<double> weights, ImmutableArray<double> intercepts, Func<double, double> read, double[] rows, double[] background)
    {
        int columns = model.Schema.Features.Length, outputs = intercepts.Length, count = rows.Length / columns;
        double[] means = new double[columns], values = new double[checked(count * outputs * columns)];
        for (int at = 0; at < background.Length; at++) means[at % columns] += read(background[at]);
        TensorPrimitives.Divide<double>(means, background.Length / columns, means);
        for (int i = 0; i < count; i++)
            for (int k = 0; k < outputs; k++)
                for (int j = 0; j < columns; j++) values[(i * outputs + k) * columns + j] = weights[k * columns + j] * (read(rows[i * columns + j]) - means[j]);
        return new()
        {
            Features = [.. model.Schema.Features.Select(f => f.Name)],
            Outputs = names,
            Scale = scale,
            Rows = count,
            Base = [.. Enumerable.Range(0, outputs).Select(k => intercepts[k] + TensorPrimitives.Dot(weights.AsSpan(k * columns, columns), means))],
            Values = ImmutableCollectionsMarshal.AsImmutableArray(values),
        };
    }
}
