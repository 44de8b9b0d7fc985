namespace Descent.Metrics;

/// <summary>Predictions whose confidence is in one range.</summary>
/// <param name="Low">Confidences are above this, or from 0 in the first bin.</param>
/// <param name="High">Confidences are at most this.</param>
/// <param name="Count">How many predictions.</param>
/// <param name="Confidence">Their mean confidence; NaN of none.</param>
/// <param name="Frequency">The share of them that came true; NaN of none.</param>
public sealed record CalibrationBin(double Low, double High, long Count, double Confidence, double Frequency);

/// <summary>How far confidence is from how often it is right.</summary>
/// <param name="ExpectedError">ECE: the mean of <c>|confidence − frequency|</c> over bins, weighed by their counts; NaN of nothing.</param>
/// <param name="MaximumError">MCE: the greatest of them; NaN of nothing.</param>
/// <param name="Bins">The reliability curve.</param>
public sealed record CalibrationSummary(double ExpectedError, double MaximumError, IReadOnlyList<CalibrationBin> Bins);

/// <summary>Gathers confidences and what came true, in bins of equal width.</summary>
/// <remarks>Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., "On Calibration of Modern Neural Networks", 2017, arXiv:1706.04599.</remarks>
public sealed class CalibrationMeter : IMetric<CalibrationMeter, CalibrationSummary>
{
    readonly long[] _counts, _true;
    readonly ExactSum[] _confidences;

    /// <param name="bins">At least 1.</param>
    public CalibrationMeter(int bins = 15)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        (_counts, _true) = (new long[bins], new long[bins]);
        _confidences = [.. Enumerable.Range(0, bins).Select(_ => new ExactSum())];
    }

    /// <summary>Adds a batch of events.</summary>
    /// <param name="truth">What came true.</param>
    /// <param name="confidences">How sure it was said to be, 0 to 1.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a confidence is not from 0 to 1.</exception>
    public void Update(ReadOnlySpan<bool> truth, ReadOnlySpan<double> confidences)
    {
        Check.SameLength(truth.Length, confidences.Length, 0);
        Check.Probabilities(confidences);
        for (int i = 0; i < truth.Length; i++)
        {
            int bin = Bin(confidences[i]);
            _counts[bin]++;
            if (truth[i]) _true[bin]++;
            _confidences[bin].Add(confidences[i]);
        }
    }

    int Bin(double confidence)
    {
        int n = _counts.Length, bin = Math.Clamp((int)Math.Ceiling(confidence * n) - 1, 0, n - 1);
        // The product may be rounded across an edge: the edges themselves decide.
        if (bin > 0 && confidence <= (double)bin / n) bin--;
        else if (confidence > (double)(bin + 1) / n) bin++;
        return bin;
    }

    /// <summary>Adds a batch of predictions of classes: the confidence is the greatest probability, and it is true where its class is.</summary>
    /// <param name="truth">True classes, 0 to <c>classes − 1</c>.</param>
    /// <param name="probabilities">Samples × classes, row by row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, a label is no class, or a probability is not from 0 to 1.</exception>
    public void Update(ReadOnlySpan<long> truth, ReadOnlySpan<double> probabilities, int classes)
    {
        Check.SameLength(truth.Length, Check.Rows(probabilities.Length, classes, "probabilities"), 0);
        var (right, confidences) = (new bool[truth.Length], new double[truth.Length]);
        for (int i = 0; i < truth.Length; i++)
        {
            if ((ulong)truth[i] >= (ulong)classes) throw new ArgumentException($"CalibrationMeter: sample {i} is of class {truth[i]}; expected 0 to {classes - 1}.");
            var row = probabilities.Slice(i * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++)
                if (row[c] > row[best]) best = c;
            (right[i], confidences[i]) = (best == truth[i], row[best]);
        }
        Update(right, confidences);
    }

    /// <inheritdoc/>
    public CalibrationSummary Compute()
    {
        int n = _counts.Length;
        var bins = new CalibrationBin[n];
        double error = 0, most = 0, total = _counts.Sum();
        for (int b = 0; b < n; b++)
        {
            double count = _counts[b], confidence = _confidences[b].ToDouble() / count, frequency = _true[b] / count;
            bins[b] = new((double)b / n, (double)(b + 1) / n, _counts[b], confidence, frequency);
            if (count == 0) continue;
            error += count / total * Math.Abs(confidence - frequency);
            most = Math.Max(most, Math.Abs(confidence - frequency));
        }
        return total == 0 ? new(double.NaN, double.NaN, bins) : new(error, most, bins);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_counts);
        Array.Clear(_true);
        foreach (var sum in _confidences) sum.Clear();
    }

    /// <inheritdoc/>
    public void Merge(CalibrationMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._counts.Length != _counts.Length) throw new ArgumentException($"CalibrationMeter: cannot merge {other._counts.Length} bins into {_counts.Length}.");
        for (int b = 0; b < _counts.Length; b++)
        {
            _counts[b] += other._counts[b];
            _true[b] += other._true[b];
            _confidences[b].Merge(other._confidences[b]);
        }
    }
}
