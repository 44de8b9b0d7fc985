namespace Descent.Tabular;

/// <summary>When something happened to each row, or between when: an interval that is a point where it was seen.</summary>
public sealed class SurvivalTimes
{
    readonly double[] _lower, _upper;

    SurvivalTimes(double[] lower, double[] upper) => (_lower, _upper) = (lower, upper);

    /// <summary>The number of rows.</summary>
    public int Count => _lower.Length;

    /// <summary>The earliest time of each row.</summary>
    public ReadOnlySpan<double> Lower => _lower;

    /// <summary>The latest time of each row; ∞ where it is still to come.</summary>
    public ReadOnlySpan<double> Upper => _upper;

    /// <summary>Times of events, and times until which none was seen.</summary>
    /// <param name="times">A time for each row, greater than 0.</param>
    /// <param name="observed">Whether it is that of an event.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a time is not finite or not greater than 0.</exception>
    public static SurvivalTimes RightCensored(ReadOnlySpan<double> times, ReadOnlySpan<bool> observed)
    {
        if (times.Length != observed.Length) throw new ArgumentException($"RightCensored: {observed.Length} observations for {times.Length} times; expected as many.", nameof(observed));
        double[] lower = times.ToArray(), upper = times.ToArray();
        for (int i = 0; i < upper.Length; i++)
            if (!observed[i]) upper[i] = double.PositiveInfinity;
        return Between(lower, upper);
    }

    /// <summary>Intervals: from 0 where the event had been before, to ∞ where it is still to come, a point where it was seen.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or an interval is none.</exception>
    public static SurvivalTimes Between(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper)
    {
        if (lower.Length != upper.Length) throw new ArgumentException($"Between: {upper.Length} upper ends for {lower.Length} lower; expected as many.", nameof(upper));
        for (int i = 0; i < lower.Length; i++)
            if (!(lower[i] >= 0) || !double.IsFinite(lower[i]) || !(upper[i] >= lower[i]) || upper[i] == 0)
                throw new ArgumentException($"Row {i} lies between {lower[i]} and {upper[i]}; expected a finite time of at least 0, and one that is no less and greater than 0.", nameof(lower));
        return new(lower.ToArray(), upper.ToArray());
    }

    /// <summary>The time of each row, negative where no event was seen.</summary>
    internal double[] Signed(string learner)
    {
        double[] signed = new double[Count];
        for (int i = 0; i < signed.Length; i++)
        {
            signed[i] = _lower[i] == _upper[i] ? _lower[i]
                : double.IsInfinity(_upper[i]) && _lower[i] > 0 ? -_lower[i]
                : throw new ArgumentException($"{learner}: row {i} lies between {_lower[i]} and {_upper[i]}; Cox's objective takes times of events, and times until which none was seen. Take accelerated failure times.");
        }
        return signed;
    }
}
