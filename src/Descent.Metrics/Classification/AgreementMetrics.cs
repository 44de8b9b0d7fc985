namespace Descent.Metrics;

/// <summary>What the rows and columns of a confusion matrix are divided by.</summary>
public enum ConfusionNormalization
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>Each row by its sum, how often the class is true.</summary>
    True,
    /// <summary>Each column by its sum, how often the class is predicted.</summary>
    Predicted,
    /// <summary>Everything by the whole sum.</summary>
    All,
}

/// <summary>What a disagreement of two raters costs.</summary>
public enum KappaWeights
{
    /// <summary>Every one the same.</summary>
    None,
    /// <summary>How far apart the classes are.</summary>
    Linear,
    /// <summary>The square of that.</summary>
    Quadratic,
}

/// <summary>Figures of the whole table of true and predicted classes.</summary>
public static class AgreementMetrics
{
    /// <summary>The weight of the samples of class <c>labels[i]</c> predicted as class <c>labels[j]</c>, at <c>[i, j]</c>.</summary>
    /// <param name="truth">The true classes.</param>
    /// <param name="predicted">The predicted classes.</param>
    /// <param name="labels">The classes that count, and their order; empty for all that occur, rising.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <param name="normalization">What is divided by; 0 / 0 is 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a label is listed twice.</exception>
    public static double[,] Confusion(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<long> labels = default,
        ReadOnlySpan<double> weights = default, ConfusionNormalization normalization = ConfusionNormalization.None)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length);
        if (labels.IsEmpty) labels = LabelIndex.Present(truth, predicted);
        var index = LabelIndex.Of(labels);
        int n = labels.Length;
        var table = new double[n, n];
        for (int i = 0; i < truth.Length; i++)
            if (index.Find(truth[i]) is >= 0 and var t && index.Find(predicted[i]) is >= 0 and var p) table[t, p] += weights.At(i);
        if (normalization == ConfusionNormalization.None) return table;

        var (rows, columns, all) = Margins(table);
        for (int t = 0; t < n; t++)
            for (int p = 0; p < n; p++)
                table[t, p] = Means.Quotient(table[t, p], normalization switch
                {
                    ConfusionNormalization.True => rows[t],
                    ConfusionNormalization.Predicted => columns[p],
                    _ => all,
                }, 0);
        return table;
    }

    /// <summary>Matthews' correlation of true and predicted classes, −1 to 1; 0 where either is constant.</summary>
    /// <remarks>Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004.</remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Matthews(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length);
        return truth.Length == 0 ? double.NaN : Matthews(Confusion(truth, predicted, weights: weights));
    }

    internal static double Matthews(double[,] table)
    {
        var (rows, columns, all) = Margins(table);
        double right = 0, both = 0, ofTruth = 0, ofPredicted = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            right += table[i, i];
            both += rows[i] * columns[i];
            ofTruth += rows[i] * rows[i];
            ofPredicted += columns[i] * columns[i];
        }
        double product = (all * all - ofPredicted) * (all * all - ofTruth);
        return product == 0 ? 0 : (right * all - both) / Math.Sqrt(product);
    }

    /// <summary>Cohen's kappa: one minus the disagreement of two raters over that of independent ones.</summary>
    /// <remarks>Cohen, "A coefficient of agreement for nominal scales", 1960; weighted: 1968. NaN where both are constant and agree.</remarks>
    /// <param name="first">The classes of one rater.</param>
    /// <param name="second">Those of the other.</param>
    /// <param name="cost">What a disagreement costs.</param>
    /// <param name="labels">The classes that count, and their order, by which they are near or far; empty for all that occur.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a label is listed twice.</exception>
    public static double CohenKappa(ReadOnlySpan<long> first, ReadOnlySpan<long> second, KappaWeights cost = KappaWeights.None,
        ReadOnlySpan<long> labels = default, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(first.Length, second.Length, weights.Length);
        return CohenKappa(Confusion(first, second, labels, weights), cost);
    }

    internal static double CohenKappa(double[,] table, KappaWeights cost)
    {
        var (rows, columns, all) = Margins(table);
        double observed = 0, expected = 0;
        for (int i = 0; i < rows.Length; i++)
            for (int j = 0; j < rows.Length; j++)
            {
                double price = cost switch { KappaWeights.None => i == j ? 0 : 1, KappaWeights.Linear => Math.Abs(i - j), _ => (double)(i - j) * (i - j) };
                observed += price * table[i, j];
                expected += price * rows[i] * columns[j] / all;
            }
        return 1 - observed / expected;
    }

    static (double[] Rows, double[] Columns, double All) Margins(double[,] table)
    {
        int n = table.GetLength(0);
        double[] rows = new double[n], columns = new double[n];
        double all = 0;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
            {
                rows[i] += table[i, j];
                columns[j] += table[i, j];
                all += table[i, j];
            }
        return (rows, columns, all);
    }
}
