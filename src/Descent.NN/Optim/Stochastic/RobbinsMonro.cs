namespace Descent.NN;

/// <summary>What a stochastic approximation came to.</summary>
/// <typeparam name="T">A number, or a vector of them.</typeparam>
/// <param name="Last">The last iterate.</param>
/// <param name="Average">The mean of the second half of the iterates, which varies less where steps fall more slowly than 1/n.</param>
public sealed record Approximation<T>(T Last, T Average);

/// <summary>
/// The root of a function of which only noisy values are to be had: <c>xₙ₊₁ = xₙ − aₙ (f(xₙ) − target)</c>. For functions that rise
/// through the target; turn the sign of others. It converges where Σ aₙ = ∞ and Σ aₙ² &lt; ∞, the noise has mean 0 and a bounded variance,
/// and f grows at most linearly.
/// </summary>
/// <remarks>
/// Robbins and Monro, "A Stochastic Approximation Method", 1951; averages: Polyak and Juditsky, 1992. With 1/n and
/// <c>f(x) = x − sample</c> it is the incremental mean.
/// </remarks>
public sealed record RobbinsMonro
{
    /// <summary>The step sizes aₙ, n from 1.</summary>
    public Func<long, double> Steps { get; init; } = new PowerLaw().At;

    /// <summary>How many values are drawn.</summary>
    public long Iterations { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Iterations), value, $"Iterations is {value}; it must be at least 1."); } = 10_000;

    /// <summary>Iterates are kept at or above this.</summary>
    public double Low { get; init; } = double.NegativeInfinity;

    /// <summary>Iterates are kept at or below this.</summary>
    public double High { get; init; } = double.PositiveInfinity;

    /// <summary>The root in one dimension.</summary>
    public Approximation<double> Solve(Func<double, double> noisy, double start, double target = 0)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        return StochasticIteration.Scalar(Solve(x => [noisy(x[0]) - target], [start]));
    }

    /// <summary>The root of a function from n numbers to n numbers.</summary>
    /// <exception cref="ArgumentException">The function gave another count of numbers.</exception>
    public Approximation<double[]> Solve(Func<double[], double[]> noisy, double[] start)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(start);
        return StochasticIteration.Run(start, Iterations, Low, High, (x, n) =>
        {
            double[] y = noisy(x);
            if (y.Length != x.Length) throw new ArgumentException($"RobbinsMonro: the function gave {y.Length} numbers for {x.Length}; expected as many.", nameof(noisy));
            double step = Steps(n);
            return Array.ConvertAll(y, v => -step * v);
        });
    }
}

static class StochasticIteration
{
    internal static Approximation<double> Scalar(Approximation<double[]> found) => new(found.Last[0], found.Average[0]);

    /// <summary>Adds up moves within the bounds, and takes the mean of the second half.</summary>
    internal static Approximation<double[]> Run(double[] start, long iterations, double low, double high, Func<double[], long, double[]> move)
    {
        if (!(low <= high)) throw new ArgumentException($"The bounds are {low} and {high}; expected the lower one first.", nameof(low));
        double[] x = [.. start];
        var means = Array.ConvertAll(x, _ => new IncrementalMean());
        for (long n = 1; n <= iterations; n++)
        {
            double[] moves = move(x, n);
            for (int i = 0; i < x.Length; i++)
            {
                x[i] = Math.Clamp(x[i] + moves[i], low, high);
                if (n > iterations / 2) means[i].Update(x[i]);
            }
        }
        return new(x, Array.ConvertAll(means, m => m.Mean));
    }
}
