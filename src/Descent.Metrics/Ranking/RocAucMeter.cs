namespace Descent.Metrics;

/// <summary>Gathers scores and gives exact areas under their curves; it keeps every score.</summary>
public sealed class RocAucMeter : IMetric<RocAucMeter, double>
{
    readonly List<bool> _truth = [];
    readonly List<double> _scores = [];

    /// <summary>Adds a batch: what is true and the score of each, of one length.</summary>
    /// <param name="truth">Which samples are positive.</param>
    /// <param name="scores">The greater, the surer to be positive.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public void Update(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores)
    {
        Check.SameLength(truth.Length, scores.Length, 0);
        Check.NotNaN(scores);
        _truth.AddRange(truth);
        _scores.AddRange(scores);
    }

    /// <summary>The area under the ROC curve; NaN until there are positives and negatives.</summary>
    public double Compute() => CurveMetrics.RocAuc(_truth.ToArray(), _scores.ToArray());

    /// <summary><see cref="CurveMetrics.AveragePrecision"/> of what was gathered.</summary>
    public double ComputeAveragePrecision() => CurveMetrics.AveragePrecision(_truth.ToArray(), _scores.ToArray());

    /// <summary><see cref="CurveMetrics.Roc"/> of what was gathered.</summary>
    public RocCurve ComputeCurve() => CurveMetrics.Roc(_truth.ToArray(), _scores.ToArray());

    /// <inheritdoc/>
    public void Reset()
    {
        _truth.Clear();
        _scores.Clear();
    }

    /// <inheritdoc/>
    public void Merge(RocAucMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _truth.AddRange([.. other._truth]);
        _scores.AddRange([.. other._scores]);
    }
}

/// <summary>
/// The area under the ROC curve of probabilities in constant memory: scores are counted in bins of equal width, and those of
/// one bin taken as equal. It is wrong by at most half the share of pairs of a positive and a negative that fall in one bin.
/// </summary>
public sealed class BinnedRocAucMeter : IMetric<BinnedRocAucMeter, double>
{
    readonly long[] _positives, _negatives;

    /// <param name="bins">At least 2.</param>
    public BinnedRocAucMeter(int bins = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        (_positives, _negatives) = (new long[bins], new long[bins]);
    }

    /// <summary>Adds a batch: what is true and the score of each, of one length.</summary>
    /// <param name="truth">Which samples are positive.</param>
    /// <param name="probabilities">From 0 to 1.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is not from 0 to 1.</exception>
    public void Update(ReadOnlySpan<bool> truth, ReadOnlySpan<double> probabilities)
    {
        Check.SameLength(truth.Length, probabilities.Length, 0);
        Check.Probabilities(probabilities);
        for (int i = 0; i < truth.Length; i++)
        {
            int bin = Math.Min((int)(probabilities[i] * _positives.Length), _positives.Length - 1);
            (truth[i] ? _positives : _negatives)[bin]++;
        }
    }

    /// <summary>The area; NaN until there are positives and negatives.</summary>
    public double Compute()
    {
        double area = 0, below = 0;
        for (int b = 0; b < _positives.Length; b++)
        {
            area += _positives[b] * (below + _negatives[b] / 2.0);
            below += _negatives[b];
        }
        return area / ((double)_positives.Sum() * _negatives.Sum());
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_positives);
        Array.Clear(_negatives);
    }

    /// <inheritdoc/>
    public void Merge(BinnedRocAucMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._positives.Length != _positives.Length)
            throw new ArgumentException($"BinnedRocAucMeter: cannot merge {other._positives.Length} bins into {_positives.Length}.");
        for (int b = 0; b < _positives.Length; b++)
        {
            _positives[b] += other._positives[b];
            _negatives[b] += other._negatives[b];
        }
    }
}
