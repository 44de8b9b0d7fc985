namespace Descent.Tabular;

/// <summary>Bayes' rule with sums over the rows of each class, smoothed by Laplace's or Lidstone's rule.</summary>
public abstract record CountNaiveBayes : IClassifier<LinearClassificationModel>
{
    private protected CountNaiveBayes() { }

    /// <inheritdoc/>
    public LearnerInput Takes => LearnerInput.AnyScale;

    /// <summary>Added to every count.</summary>
    public double Alpha { get; init => field = Check.Above(0, value); } = 1;

    /// <inheritdoc/>
    public LinearClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(GetType().Name, x, y.Count, weights);
        Training.NoGaps(GetType().Name, x);
        return Learn(x, y, w);
    }

    private protected abstract LinearClassificationModel Learn(Features x, Labels y, double[] w);
}

/// <summary>Bayes' rule with features that are counts of events, such as words; smoothed by Laplace's or Lidstone's rule.</summary>
public sealed record MultinomialNaiveBayes : CountNaiveBayes
{
    private protected override LinearClassificationModel Learn(Features x, Labels y, double[] w)
    {
        ClassSums.NotNegative(nameof(MultinomialNaiveBayes), x);
        double[] counts = ClassSums.Count(nameof(MultinomialNaiveBayes), y, w), sums = ClassSums.Of(x, y, w);
        int columns = x.Columns;
        double total = counts.Sum();
        for (int k = 0; k < counts.Length; k++)
        {
            var own = sums.AsSpan(k * columns, columns);
            double all = 0;
            foreach (ref double s in own) all += s += Alpha;
            foreach (ref double s in own) s = Math.Log(s) - Math.Log(all);
        }
        return new() { Schema = x.Schema, Classes = y.Classes, Weights = [.. sums], Intercepts = [.. counts.Select(c => Math.Log(c / total))] };
    }
}

/// <summary>Multinomial naive Bayes from the counts of all other classes, which is steadier where classes differ in size.</summary>
/// <remarks>Rennie, Shih, Teevan and Karger, "Tackling the Poor Assumptions of Naive Bayes Text Classifiers", 2003.</remarks>
public sealed record ComplementNaiveBayes : CountNaiveBayes
{
    /// <summary>Whether the weights of each class are divided by their sum.</summary>
    public bool Normalize { get; init; }

    private protected override LinearClassificationModel Learn(Features x, Labels y, double[] w)
    {
        Training.TwoClasses(nameof(ComplementNaiveBayes), y);
        ClassSums.NotNegative(nameof(ComplementNaiveBayes), x);
        double[] sums = ClassSums.Of(x, y, w);
        int columns = x.Columns, classes = y.Classes.Length;
        double[] all = new double[columns];
        for (int at = 0; at < sums.Length; at++) all[at % columns] += sums[at];
        for (int k = 0; k < classes; k++)
        {
            var own = sums.AsSpan(k * columns, columns);
            double total = 0, logs = 0;
            for (int j = 0; j < columns; j++) total += own[j] = all[j] + Alpha - own[j];
            foreach (ref double s in own) logs += s = Math.Log(s / total);
            foreach (ref double s in own) s = Normalize ? s / logs : -s;
        }
        return new() { Schema = x.Schema, Classes = y.Classes, Weights = [.. sums], Intercepts = [.. new double[classes]] };
    }
}

/// <summary>Bayes' rule with features that are there or not.</summary>
public sealed record BernoulliNaiveBayes : CountNaiveBayes
{
    /// <summary>A feature is there where it is greater.</summary>
    public double Threshold { get; init; }

    private protected override LinearClassificationModel Learn(Features x, Labels y, double[] w)
    {
        double[] counts = ClassSums.Count(nameof(BernoulliNaiveBayes), y, w), sums = ClassSums.Of(x, y, w, v => v > Threshold ? 1 : 0);
        double total = counts.Sum();
        double[] intercepts = Array.ConvertAll(counts, c => Math.Log(c / total));
        // log p of what is there and log(1 − p) of what is not, as one weighted sum.
        for (int at = 0; at < sums.Length; at++)
        {
            int k = at / x.Columns;
            double p = (sums[at] + Alpha) / (counts[k] + 2 * Alpha);
            intercepts[k] += Math.Log(1 - p);
            sums[at] = Math.Log(p) - Math.Log(1 - p);
        }
        return new() { Schema = x.Schema, Classes = y.Classes, Weights = [.. sums], Intercepts = [.. intercepts], Threshold = Threshold };
    }
}
