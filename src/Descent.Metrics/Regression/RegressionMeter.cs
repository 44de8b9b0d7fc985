using System.Numerics;

namespace Descent.Metrics;

/// <summary>Figures of predicted numbers; NaN of nothing.</summary>
/// <param name="Count">Samples.</param>
/// <param name="MeanSquaredError">The mean of <c>(y − ŷ)²</c>.</param>
/// <param name="MeanAbsoluteError">The mean of <c>|y − ŷ|</c>.</param>
/// <param name="MeanError">The mean of <c>y − ŷ</c>.</param>
/// <param name="MaxError">The greatest <c>|y − ŷ|</c>.</param>
/// <param name="R2">As <see cref="RegressionMetrics.R2"/>.</param>
/// <param name="ExplainedVariance">As <see cref="RegressionMetrics.ExplainedVariance"/>.</param>
public sealed record RegressionSummary(long Count, double MeanSquaredError, double MeanAbsoluteError, double MeanError, double MaxError, double R2, double ExplainedVariance)
{
    /// <summary>The root of <see cref="MeanSquaredError"/>.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);
}

/// <summary>
/// Gathers figures of predicted numbers in constant memory. Its sums are exact, so that merged parts give the very bits of
/// one pass, and a large mean does not swamp a small variance.
/// </summary>
public sealed class RegressionMeter : IMetric<RegressionMeter, RegressionSummary>
{
    readonly ExactSum _weight = new(), _error = new(), _size = new(), _square = new(), _truth = new(), _truthSquare = new();
    double _greatest;
    long _count;

    /// <summary>Adds a batch of true and predicted numbers, each weighted by 1 where no weights are given; all of one length.</summary>
    /// <param name="truth">What is true.</param>
    /// <param name="predicted">What was predicted.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Update(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length);
        for (int i = 0; i < truth.Length; i++)
        {
            double w = weights.At(i), y = truth[i], d = y - predicted[i];
            _weight.Add(w);
            _error.AddProduct(w, d);
            _size.AddProduct(w, Math.Abs(d));
            _square.AddProduct(w, d, d);
            _truth.AddProduct(w, y);
            _truthSquare.AddProduct(w, y, y);
            _greatest = Math.Max(_greatest, Math.Abs(d));
        }
        _count += truth.Length;
    }

    /// <inheritdoc/>
    public RegressionSummary Compute()
    {
        bool isFinite = _square.IsFinite && _truthSquare.IsFinite && _weight.IsFinite && _count > 0;
        var (r2, explained) = (double.NaN, double.NaN);
        if (isFinite)
        {
            // Variances times the square of the weight: w Σ w y² − (Σ w y)². No digit is lost in the difference.
            BigInteger w = _weight.Scaled(), error = _error.Scaled(), truth = _truth.Scaled();
            BigInteger square = w * _square.Scaled(), spread = w * _truthSquare.Scaled() - truth * truth;
            if (_count > 1) r2 = Share(square, spread);
            explained = Share(square - error * error, spread);
        }
        return new(_count, _square.Over(_weight), _size.Over(_weight), _error.Over(_weight), _count == 0 ? double.NaN : _greatest, r2, explained);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        foreach (var sum in Sums) sum.Clear();
        (_greatest, _count) = (0, 0);
    }

    /// <inheritdoc/>
    public void Merge(RegressionMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (own, its) in Sums.Zip(other.Sums)) own.Merge(its);
        (_greatest, _count) = (Math.Max(_greatest, other._greatest), _count + other._count);
    }

    IEnumerable<ExactSum> Sums => [_weight, _error, _size, _square, _truth, _truthSquare];

    static double Share(BigInteger error, BigInteger spread) => error.IsZero ? 1 : spread.IsZero ? 0 : ExactSum.Quotient(spread - error, spread);
}
