namespace Descent.Metrics;

/// <summary>The share of samples predicted right, gathered batch by batch; NaN of nothing.</summary>
public sealed class AccuracyMeter : IMetric<AccuracyMeter, double>
{
    long _right, _total;

    /// <summary>Adds a batch of classes.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Update(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted)
    {
        Check.SameLength(truth.Length, predicted.Length, 0);
        for (int i = 0; i < truth.Length; i++) _right += truth[i] == predicted[i] ? 1 : 0;
        _total += truth.Length;
    }

    /// <inheritdoc/>
    public double Compute() => (double)_right / _total;

    /// <inheritdoc/>
    public void Reset() => (_right, _total) = (0, 0);

    /// <inheritdoc/>
    public void Merge(AccuracyMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (_right, _total) = (_right + other._right, _total + other._total);
    }
}
