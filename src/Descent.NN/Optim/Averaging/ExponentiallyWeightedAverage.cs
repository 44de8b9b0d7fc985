namespace Descent.NN;

/// <summary>
/// A smoothed number, such as a loss on a curve: <c>v ← βv + (1 − β)x</c>, and <see cref="Value"/> is <c>v / (1 − βⁿ)</c>: about the
/// mean of the last <c>1 / (1 − β)</c> numbers, from the first one on.
/// </summary>
public sealed class ExponentiallyWeightedAverage
{
    double _sum;

    /// <summary>An average of nothing yet.</summary>
    /// <param name="beta">How much is kept, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not in [0, 1).</exception>
    public ExponentiallyWeightedAverage(double beta = 0.9)
    {
        if (!(beta is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, $"ExponentiallyWeightedAverage: beta is {beta}; it must be in [0, 1).");
        Beta = beta;
    }

    /// <summary>How much of the average is kept at an update.</summary>
    public double Beta { get; }

    /// <summary>How many numbers it is of.</summary>
    public long Count { get; private set; }

    /// <summary>The average, corrected for the start at 0; NaN before the first number.</summary>
    public double Value => Count == 0 ? double.NaN : _sum / (1 - Math.Pow(Beta, Count));

    /// <summary>Takes a number in.</summary>
    /// <returns>The average with it.</returns>
    public double Update(double x)
    {
        _sum = Beta * _sum + (1 - Beta) * x;
        Count++;
        return Value;
    }

    /// <summary>What the average knows.</summary>
    public OrderedDictionary<string, double> StateDict() => new() { ["sum"] = _sum, ["count"] = Count };

    /// <summary>Goes on from a state.</summary>
    /// <exception cref="KeyNotFoundException">It is not one of these.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_sum, Count) = (state["sum"], (long)state["count"]);
    }
}
