namespace Descent.NN;

/// <summary>
/// The minimum of a function of which only noisy values are to be had, by differences:
/// <c>xₙ₊₁ = xₙ − aₙ (f(xₙ + cₙ) − f(xₙ − cₙ)) / 2cₙ</c>, in each coordinate. It converges where cₙ → 0, Σ aₙ = ∞, Σ aₙcₙ &lt; ∞ and
/// Σ (aₙ/cₙ)² &lt; ∞ (<see cref="PowerLaw.SatisfiesKieferWolfowitz"/>).
/// </summary>
/// <remarks>Kiefer and Wolfowitz, "Stochastic Estimation of the Maximum of a Regression Function", 1952; several dimensions: Blum, 1954.</remarks>
public sealed record KieferWolfowitz
{
    /// <summary>The step sizes aₙ, n from 1.</summary>
    public Func<long, double> Steps { get; init; } = new PowerLaw().At;

    /// <summary>The half widths cₙ of the differences, n from 1.</summary>
    public Func<long, double> Widths { get; init; } = new PowerLaw(Exponent: 0.25).At;

    /// <summary>How many steps are taken, of two values for each coordinate.</summary>
    public long Iterations { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Iterations), value, $"Iterations is {value}; it must be at least 1."); } = 10_000;

    /// <summary>Iterates are kept at or above this.</summary>
    public double Low { get; init; } = double.NegativeInfinity;

    /// <summary>Iterates are kept at or below this.</summary>
    public double High { get; init; } = double.PositiveInfinity;

    /// <summary>The minimum in one dimension; for a maximum, turn the sign of the function.</summary>
    public Approximation<double> Minimize(Func<double, double> noisy, double start)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        return StochasticIteration.Scalar(Minimize(x => noisy(x[0]), [start]));
    }

    /// <summary>The minimum of a function of several numbers.</summary>
    public Approximation<double[]> Minimize(Func<double[], double> noisy, double[] start)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(start);
        return StochasticIteration.Run(start, Iterations, Low, High, (x, n) =>
        {
            double step = Steps(n), width = Widths(n);
            double[] moves = new double[x.Length], at = [.. x];
            for (int i = 0; i < x.Length; i++)
            {
                at[i] = x[i] + width;
                double above = noisy(at);
                at[i] = x[i] - width;
                moves[i] = -step * (above - noisy(at)) / (2 * width);
                at[i] = x[i];
            }
            return moves;
        });
    }
}
