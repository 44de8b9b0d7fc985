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
        LinearRegressionModel m => Explain(m, TreeSum.Prediction, m.IsLogarithm ? ShapScale.Score : ShapScale.Prediction, m.Weights, [m.Intercept], null, rows, background),
        LinearClassificationModel m => Explain(m, m.Intercepts.Length == 1 ? [m.Classes[1]] : m.Classes, ShapScale.Score, m.Weights, m.Intercepts, m.Threshold, rows, background),
        PerceptronModel m => Explain(m, m.Intercepts.Length == 1 ? [m.Classes[1]] : m.Classes, ShapScale.Score, m.Weights, m.Intercepts, null, rows, background),
        _ => null,
    };

    static ShapValues Explain(IModel model, ImmutableArray<string> names, ShapScale scale, ImmutableArray<double> weights, ImmutableArray<double> intercepts, double? threshold, double[] rows, double[] background)
    {
        int columns = model.Schema.Features.Length, outputs = intercepts.Length, count = rows.Length / columns;
        double[] means = new double[columns], values = new double[checked(count * outputs * columns)];
        for (int at = 0; at < background.Length; at++) means[at % columns] += Read(background[at]);
        TensorPrimitives.Divide<double>(means, background.Length / columns, means);
        for (int i = 0; i < count; i++)
            for (int k = 0; k < outputs; k++)
                for (int j = 0; j < columns; j++) values[(i * outputs + k) * columns + j] = weights[k * columns + j] * (Read(rows[i * columns + j]) - means[j]);
        return new()
        {
            Features = [.. model.Schema.Features.Select(f => f.Name)],
            Outputs = names,
            Scale = scale,
            Rows = count,
            Base = [.. Enumerable.Range(0, outputs).Select(k => intercepts[k] + TensorPrimitives.Dot(weights.AsSpan(k * columns, columns), means))],
            Values = ImmutableCollectionsMarshal.AsImmutableArray(values),
        };

        double Read(double value) => threshold is null ? value : value > threshold ? 1 : 0;
    }
}
