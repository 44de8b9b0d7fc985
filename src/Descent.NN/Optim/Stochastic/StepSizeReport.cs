namespace Descent.NN;

/// <summary>What the first terms of a series let one guess about all of them.</summary>
public enum SeriesTrend
{
    /// <summary>The terms fall so slowly that the sum should grow without end.</summary>
    Diverges,

    /// <summary>The terms fall so fast that the sum should stay finite.</summary>
    Converges,

    /// <summary>Too near the border, such as 1 / (n log n), to tell.</summary>
    Unclear,
}

/// <summary>
/// What can be seen numerically of Σ aₙ = ∞ and Σ aₙ² &lt; ∞ for step sizes that are no <see cref="PowerLaw"/>: how the sums over
/// n from 2ᵏ to 2ᵏ⁺¹ grow with k. No proof: no number of terms decides a series.
/// </summary>
public sealed record StepSizeReport
{
    // A sum over a doubled range that stays the same is the border, 1/n. Twenty doublings show log n as a growth of about −1/20.
    const double Near = 0.02, Far = 0.15;

    /// <summary>Terms looked at.</summary>
    public required long Terms { get; init; }

    /// <summary>Their sum.</summary>
    public required double Sum { get; init; }

    /// <summary>The sum of their squares.</summary>
    public required double SumOfSquares { get; init; }

    /// <summary>The power of 2 by which the sum over a range grows when the range is doubled: 1 − p for 1/nᵖ.</summary>
    public required double GrowthOfSum { get; init; }

    /// <summary>The same of squares: 1 − 2p for 1/nᵖ.</summary>
    public required double GrowthOfSquares { get; init; }

    /// <summary>Whether Σ aₙ seems infinite.</summary>
    public SeriesTrend SumTrend => Trend(GrowthOfSum);

    /// <summary>Whether Σ aₙ² seems finite.</summary>
    public SeriesTrend SquaresTrend => Trend(GrowthOfSquares);

    /// <summary>Whether both conditions of Robbins and Monro seem to hold; null where it is too near to tell.</summary>
    public bool? SatisfiesRobbinsMonro => (SumTrend, SquaresTrend) switch
    {
        (SeriesTrend.Diverges, SeriesTrend.Converges) => true,
        (SeriesTrend.Converges, _) or (_, SeriesTrend.Diverges) => false,
        _ => null,
    };

    static SeriesTrend Trend(double growth) => growth > -Near ? SeriesTrend.Diverges : growth < -Far ? SeriesTrend.Converges : SeriesTrend.Unclear;

    /// <summary>Adds up the terms n = 1, 2, … 2^<paramref name="doublings"/> − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="doublings"/> is not in [4, 40].</exception>
    /// <exception cref="ArgumentException">A term is negative or no number.</exception>
    public static StepSizeReport Of(Func<long, double> steps, int doublings = 20)
    {
        ArgumentNullException.ThrowIfNull(steps);
        if (doublings is < 4 or > 40)
            throw new ArgumentOutOfRangeException(nameof(doublings), doublings, $"StepSizeReport: {doublings} doublings; expected 4 to 40.");
        double[] sums = new double[doublings], squares = new double[doublings];
        for (int k = 0; k < doublings; k++)
            for (long n = 1L << k; n < 1L << (k + 1); n++)
            {
                double step = steps(n);
                if (!(step >= 0 && double.IsFinite(step))) throw new ArgumentException($"StepSizeReport: step {n} is {step}; step sizes are finite and not negative.", nameof(steps));
                sums[k] += step;
                squares[k] += step * step;
            }
        return new()
        {
            Terms = (1L << doublings) - 1,
            Sum = sums.Sum(),
            SumOfSquares = squares.Sum(),
            GrowthOfSum = Growth(sums),
            GrowthOfSquares = Growth(squares),
        };
    }

    /// <summary>The mean growth over the last quarter of the doublings.</summary>
    static double Growth(double[] sums)
    {
        int count = sums.Length / 4;
        return sums[^1] == 0 ? double.NegativeInfinity : Math.Log2(sums[^1] / sums[^(1 + count)]) / count;
    }
}
