using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A linear function of numbers that boosting learned, as XGBoost's linear booster.</summary>
public sealed record BoostedLinear : IModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>What was descended, which says how scores become predictions.</summary>
    public required BoostingObjective Objective { get; init; }

    /// <summary>The prediction that the scores start from.</summary>
    public required float BaseScore { get; init; }

    /// <summary>Where scores start apart, the one that each output starts from in place of the base score; else empty.</summary>
    public ImmutableArray<float> BaseMargins { get; init; } = [];

    /// <summary>(features + 1) × outputs weights, the constants last.</summary>
    public required ImmutableArray<float> Weights { get; init; }

    /// <summary>The scores of rows that lie one after another, (n × outputs), before they become predictions; missing values count as 0.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="margins">(n × outputs) scores.</param>
    public void Margins(ReadOnlySpan<double> rows, Span<float> margins)
    {
        if (BaseMargins.IsEmpty) margins.Fill(Objective.Margin(BaseScore));
        else for (int at = 0; at < margins.Length; at++) margins[at] = BaseMargins[at % BaseMargins.Length];
        AddTo(rows, margins);
    }

    /// <summary>Predictions of rows that lie one after another, (n × outputs): means, or probabilities.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="predictions">(n × outputs) predictions.</param>
    public void Predict(ReadOnlySpan<double> rows, Span<float> predictions)
    {
        Margins(rows, predictions);
        Objective.Transform(predictions);
    }

    /// <summary>The scores of each row, (rows × outputs), before they become predictions.</summary>
    /// <param name="x">The features.</param>
    /// <param name="baseMargins">(rows × outputs) scores to start from in place of the base score; none is the base score.</param>
    /// <exception cref="ArgumentException">The features are not as many as the model has, or the base margins not as many as the scores.</exception>
    public float[] Margins(Features x, ReadOnlySpan<float> baseMargins = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        int columns = Schema.Features.Length, outputs = Objective.Outputs;
        if (x.Columns != columns) throw new ArgumentException($"{x.Columns} features are given; the model was trained on {columns}.", nameof(x));
        if (!baseMargins.IsEmpty && baseMargins.Length != x.Rows * outputs) throw new ArgumentException($"{baseMargins.Length} base margins for {x.Rows} rows × {outputs} scores; expected as many, or none.", nameof(baseMargins));
        float[] margins = baseMargins.ToArray();
        bool isGiven = margins.Length > 0;
        if (!isGiven) margins = new float[x.Rows * outputs];
        RowBlocks.For(x.Rows, (start, end) =>
        {
            double[] rows = new double[(end - start) * columns];
            x.CopyRows(start, rows);
            var own = margins.AsSpan(start * outputs, (end - start) * outputs);
            if (isGiven) AddTo(rows, own);
            else Margins(rows, own);
        });
        return margins;
    }

    /// <summary>The predictions of each row, (rows × outputs).</summary>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    public float[] Predict(Features x)
    {
        float[] predictions = Margins(x);
        Objective.Transform(predictions);
        return predictions;
    }

    void AddTo(ReadOnlySpan<double> rows, Span<float> margins)
    {
        int columns = Schema.Features.Length, outputs = Objective.Outputs;
        for (int i = 0; i * outputs < margins.Length; i++)
        {
            var row = rows.Slice(i * columns, columns);
            for (int k = 0; k < outputs; k++)
            {
                float sum = margins[i * outputs + k] + Weights[columns * outputs + k];
                for (int j = 0; j < columns; j++)
                {
                    float x = (float)row[j];
                    if (!float.IsNaN(x)) sum += x * Weights[j * outputs + k];
                }
                margins[i * outputs + k] = sum;
            }
        }
    }
}
