namespace Descent.Metrics;

/// <summary>Areas under curves where there are several classes or labels.</summary>
public static class MulticlassCurves
{
    /// <summary>The mean of the areas under the ROC curves of each class against the rest.</summary>
    /// <param name="truth">True classes, 0 to <c>classes − 1</c>.</param>
    /// <param name="scores">Samples × classes, row by row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="average">Macro, weighted by how often each class is true, or micro.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <returns>Classes that are never or always true have no area and are left out.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit, a label is no class, or a score is NaN.</exception>
    public static double RocAucOneVersusRest(ReadOnlySpan<long> truth, ReadOnlySpan<double> scores, int classes, Average average = Average.Macro, ReadOnlySpan<double> weights = default)
    {
        CheckClasses(truth, scores, classes);
        var holds = new bool[scores.Length];
        for (int i = 0; i < truth.Length; i++) holds[i * classes + (int)truth[i]] = true;
        return RocAuc(holds, scores, classes, average, weights);
    }

    /// <summary>
    /// The mean over pairs of classes of the two areas under the ROC curve, each of the scores of one class among the
    /// samples of both. It does not change with how frequent the classes are.
    /// </summary>
    /// <remarks>Hand and Till, "A Simple Generalisation of the Area Under the ROC Curve", 2001.</remarks>
    /// <param name="truth">True classes, 0 to <c>classes − 1</c>.</param>
    /// <param name="scores">Samples × classes, row by row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="average">Macro, or weighted by how frequent each pair is.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, a label is no class, or a score is NaN.</exception>
    public static double RocAucOneVersusOne(ReadOnlySpan<long> truth, ReadOnlySpan<double> scores, int classes, Average average = Average.Macro)
    {
        CheckClasses(truth, scores, classes);
        if (average is not (Average.Macro or Average.Weighted)) throw new ArgumentException($"RocAucOneVersusOne: the average is {average}; expected Macro or Weighted.", nameof(average));
        List<double> areas = [], shares = [];
        var samples = new List<int>[classes];
        for (int c = 0; c < classes; c++) samples[c] = [];
        for (int i = 0; i < truth.Length; i++) samples[(int)truth[i]].Add(i);
        for (int a = 0; a < classes; a++)
            for (int b = a + 1; b < classes; b++)
            {
                int[] both = [.. samples[a], .. samples[b]];
                bool[] isFirst = new bool[both.Length], isSecond = new bool[both.Length];
                double[] ofFirst = new double[both.Length], ofSecond = new double[both.Length];
                for (int i = 0; i < both.Length; i++)
                {
                    isSecond[i] = !(isFirst[i] = i < samples[a].Count);
                    (ofFirst[i], ofSecond[i]) = (scores[both[i] * classes + a], scores[both[i] * classes + b]);
                }
                areas.Add((CurveMetrics.RocAuc(isFirst, ofFirst) + CurveMetrics.RocAuc(isSecond, ofSecond)) / 2);
                shares.Add((double)both.Length / truth.Length);
            }
        return Means.Of([.. areas], average == Average.Weighted ? [.. shares] : default);
    }

    /// <summary>The mean of the areas under the ROC curves of several labels.</summary>
    /// <param name="truth">Samples × labels, row by row: which hold.</param>
    /// <param name="scores">Of the same size.</param>
    /// <param name="labels">Labels in a row.</param>
    /// <param name="average">Micro takes all labels as one; macro and weighted average over labels, samples over rows.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <returns>Labels that never or always hold have no area and are left out.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit, a score is NaN, or the average is binary.</exception>
    public static double RocAuc(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, Average average = Average.Macro, ReadOnlySpan<double> weights = default) =>
        Averaged(truth, scores, labels, average, weights, (t, s, w) => CurveMetrics.RocAuc(t, s, w));

    /// <summary>The mean of the average precisions of several labels.</summary>
    /// <inheritdoc cref="RocAuc"/>
    /// <returns>From 0 to 1.</returns>
    public static double AveragePrecision(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, Average average = Average.Macro, ReadOnlySpan<double> weights = default) =>
        Averaged(truth, scores, labels, average, weights, (t, s, w) => CurveMetrics.AveragePrecision(t, s, w));

    /// <summary>The area under the ROC curve of each of several labels.</summary>
    /// <param name="truth">Samples × labels, row by row: which hold.</param>
    /// <param name="scores">Of the same size.</param>
    /// <param name="labels">Labels in a row.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <returns>NaN for a label that never or always holds.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit, or a score is NaN.</exception>
    public static double[] RocAucPerLabel(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, ReadOnlySpan<double> weights = default) =>
        PerLabel(truth, scores, labels, weights, (t, s, w) => CurveMetrics.RocAuc(t, s, w)).Figures;

    /// <summary>The average precision of each of several labels.</summary>
    /// <inheritdoc cref="RocAucPerLabel"/>
    /// <returns>From 0 to 1 each.</returns>
    public static double[] AveragePrecisionPerLabel(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, ReadOnlySpan<double> weights = default) =>
        PerLabel(truth, scores, labels, weights, (t, s, w) => CurveMetrics.AveragePrecision(t, s, w)).Figures;

    delegate double Figure(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights);

    static double Averaged(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, Average average, ReadOnlySpan<double> weights, Figure figure)
    {
        Check.SameLength(truth.Length, scores.Length, 0);
        int rows = Check.Rows(truth.Length, labels, "labels");
        Check.SameLength(rows, rows, weights.Length);
        if (average == Average.Binary) throw new ArgumentException("The binary average is for one class a sample; expected another one.", nameof(average));
        if (average == Average.Micro)
        {
            double[] each = new double[weights.IsEmpty ? 0 : truth.Length];
            for (int i = 0; i < each.Length; i++) each[i] = weights[i / labels];
            return figure(truth, scores, each);
        }
        if (average == Average.Samples)
        {
            var ofRows = new double[rows];
            for (int r = 0; r < rows; r++) ofRows[r] = figure(truth.Slice(r * labels, labels), scores.Slice(r * labels, labels), default);
            return Means.Of(ofRows, weights);
        }
        var (figures, frequencies) = PerLabel(truth, scores, labels, weights, figure);
        if (average == Average.Weighted && frequencies.Sum() == 0) return 0;
        return Means.Of(figures, average == Average.Weighted ? frequencies : default);
    }

    /// <summary>A figure of each label, and how often it holds.</summary>
    static (double[] Figures, double[] Frequencies) PerLabel(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, ReadOnlySpan<double> weights, Figure figure)
    {
        Check.SameLength(truth.Length, scores.Length, 0);
        int rows = Check.Rows(truth.Length, labels, "labels");
        Check.SameLength(rows, rows, weights.Length);
        double[] figures = new double[labels], frequencies = new double[labels], s = new double[rows];
        var t = new bool[rows];
        for (int c = 0; c < labels; c++)
        {
            for (int r = 0; r < rows; r++)
            {
                (t[r], s[r]) = (truth[r * labels + c], scores[r * labels + c]);
                if (t[r]) frequencies[c] += weights.At(r);
            }
            figures[c] = figure(t, s, weights);
        }
        return (figures, frequencies);
    }

    static void CheckClasses(ReadOnlySpan<long> truth, ReadOnlySpan<double> scores, int classes)
    {
        Check.SameLength(truth.Length, Check.Rows(scores.Length, classes, "scores"), 0);
        for (int i = 0; i < truth.Length; i++)
            if ((ulong)truth[i] >= (ulong)classes) throw new ArgumentException($"Sample {i} is of class {truth[i]}; expected 0 to {classes - 1}.", nameof(truth));
    }
}
