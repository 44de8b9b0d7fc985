namespace Descent.Tabular;

/// <summary>The scores of a model: what its probabilities are made of, or log odds of these.</summary>
static class CalibrationScores
{
    /// <summary>The least probability that a logarithm is taken of.</summary>
    const double Least = 1e-7;

    /// <summary>Of two classes one score, that of the second; of more one a class.</summary>
    internal static int Sums(int classes) => classes == 2 ? 1 : classes;

    internal static double[] Of(IClassificationModel model, Features x, CalibrationMethod method)
    {
        int sums = Sums(model.Classes.Length);
        double[] rows = new double[x.Rows * x.Columns], scores = new double[x.Rows * sums];
        if (x.Columns != model.Schema.Features.Length) throw new ArgumentException($"{x.Columns} features are given; the model was trained on {model.Schema.Features.Length}.", nameof(x));
        x.CopyRows(0, rows);
        Of(model, rows, scores, method);
        return scores;
    }

    internal static void Of(IClassificationModel model, ReadOnlySpan<double> rows, Span<double> scores, CalibrationMethod method)
    {
        int classes = model.Classes.Length, sums = Sums(classes), count = scores.Length / sums;
        if (model is IMarginModel margins && margins.Scores == sums)
        {
            margins.Margins(rows, scores);
            return;
        }
        if (model is not IProbabilisticModel probable)
            throw new ArgumentException($"CalibratedClassifier: a {model.GetType().Name} gives neither probabilities nor scores, so there is nothing to calibrate.", nameof(model));
        double[] p = new double[count * classes];
        probable.Probabilities(rows, p);
        for (int i = 0; i < scores.Length; i++)
        {
            double own = Math.Clamp(sums == 1 ? p[2 * i + 1] : p[i], Least, 1 - Least);
            scores[i] = sums > 1 && method == CalibrationMethod.Temperature ? Math.Log(own) : Math.Log(own / (1 - own));
        }
    }
}
