using System.Globalization;
using System.Text;

namespace Descent.Metrics;

/// <summary>How often each true class was predicted as each class; grows with <see cref="Update"/>.</summary>
public sealed class ConfusionMatrix : IMetric<ConfusionMatrix, ClassificationReport>
{
    readonly long[] _counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="classes">The number of classes, at least 1; labels are 0 to <c>classes − 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Classes = classes;
        _counts = new long[classes * classes];
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>How many items of class <paramref name="truth"/> were predicted as <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => _counts[Index(truth, nameof(truth)) * Classes + Index(predicted, nameof(predicted))];

    /// <summary>Items counted so far.</summary>
    public long Total => _counts.Sum();

    /// <summary>Items predicted right.</summary>
    public long Correct
    {
        get
        {
            long correct = 0;
            for (int i = 0; i < Classes; i++) correct += _counts[i * Classes + i];
            return correct;
        }
    }

    /// <summary>The share predicted right, from 0 to 1; NaN before the first item.</summary>
    public double Accuracy => Total == 0 ? double.NaN : (double)Correct / Total;

    /// <summary>Of the items of class <paramref name="label"/>, the share found; NaN where there are none.</summary>
    public double Recall(int label) => (double)this[label, label] / TrueCount(label);

    /// <summary>Of the items predicted as <paramref name="label"/>, the share that is; NaN where there are none.</summary>
    public double Precision(int label) => (double)this[label, label] / PredictedCount(label);

    /// <summary>Items of class <paramref name="label"/>.</summary>
    public long TrueCount(int label)
    {
        long all = 0;
        for (int p = 0; p < Classes; p++) all += this[label, p];
        return all;
    }

    /// <summary>Items predicted as <paramref name="label"/>.</summary>
    public long PredictedCount(int label)
    {
        long all = 0;
        for (int t = 0; t < Classes; t++) all += this[t, label];
        return all;
    }

    /// <summary>Counts a batch.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a label is no class.</exception>
    public void Update(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted)
    {
        if (truth.Length != predicted.Length)
            throw new ArgumentException($"ConfusionMatrix: {truth.Length} true labels but {predicted.Length} predicted ones; expected as many.");
        for (int i = 0; i < truth.Length; i++)
        {
            if ((ulong)truth[i] >= (ulong)Classes || (ulong)predicted[i] >= (ulong)Classes)
                throw new ArgumentException($"ConfusionMatrix: item {i} is of class {truth[i]}, predicted as {predicted[i]}; expected 0 to {Classes - 1}.");
        }
        for (int i = 0; i < truth.Length; i++) _counts[truth[i] * Classes + predicted[i]]++;
    }

    /// <summary>Figures of every class and of all.</summary>
    /// <param name="zeroDivision">What 0 / 0 gives; NaN leaves a class out of the means.</param>
    public ClassificationReport Report(double zeroDivision = 0)
    {
        var counts = new LabelCounts(Classes);
        for (int c = 0; c < Classes; c++) (counts.Hits[c], counts.Predicted[c], counts.True[c]) = (this[c, c], PredictedCount(c), TrueCount(c));
        Score precision = Score.Precision(zeroDivision), recall = Score.Recall(zeroDivision), f1 = Score.FBeta(1, zeroDivision);
        var (p, r, f) = (precision.Each(counts), recall.Each(counts), f1.Each(counts));
        ClassFigures Mean(Average average) => Total == 0 ? new(double.NaN, double.NaN, double.NaN, 0)
            : new(precision.Averaged(counts, average), recall.Averaged(counts, average), f1.Averaged(counts, average), Total);
        return new(Accuracy, [.. Enumerable.Range(0, Classes).Select(c => new ClassFigures(p[c], r[c], f[c], (long)counts.True[c]))], Mean(Average.Macro), Mean(Average.Weighted));
    }

    /// <summary><see cref="Report"/> with 0 / 0 as 0.</summary>
    public ClassificationReport Compute() => Report();

    /// <summary>Matthews' correlation, −1 to 1; 0 where truth or prediction is constant.</summary>
    public double Matthews() => Total == 0 ? double.NaN : AgreementMetrics.Matthews(Table());

    /// <summary>Cohen's kappa.</summary>
    /// <param name="cost">What a disagreement costs.</param>
    public double CohenKappa(KappaWeights cost = KappaWeights.None) => AgreementMetrics.CohenKappa(Table(), cost);

    /// <inheritdoc/>
    public void Reset() => Array.Clear(_counts);

    /// <summary>Adds what another matrix counted.</summary>
    /// <exception cref="ArgumentException">It has another number of classes.</exception>
    public void Merge(ConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Classes != Classes)
            throw new ArgumentException($"ConfusionMatrix: cannot merge {other.Classes} classes into {Classes}.");
        for (int i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
    }

    /// <summary>The counts as a table: a row for each true class, a column for each predicted one.</summary>
    public override string ToString()
    {
        int width = Math.Max(Digits(_counts.Max()), Digits(Classes - 1)), side = Digits(Classes - 1);
        var text = new StringBuilder().Append(' ', side);
        for (int p = 0; p < Classes; p++) Cell(p);
        for (int t = 0; t < Classes; t++)
        {
            text.Append('\n').Append(t.ToString(CultureInfo.InvariantCulture).PadLeft(side));
            for (int p = 0; p < Classes; p++) Cell(this[t, p]);
        }
        return text.ToString();

        void Cell(long value) => text.Append("  ").Append(value.ToString(CultureInfo.InvariantCulture).PadLeft(width));

        static int Digits(long value) => value.ToString(CultureInfo.InvariantCulture).Length;
    }

    double[,] Table()
    {
        var table = new double[Classes, Classes];
        for (int t = 0; t < Classes; t++)
            for (int p = 0; p < Classes; p++) table[t, p] = this[t, p];
        return table;
    }

    int Index(int label, string name) => (uint)label < (uint)Classes ? label
        : throw new ArgumentOutOfRangeException(name, label, $"The label is {label}; expected 0 to {Classes - 1}.");
}
