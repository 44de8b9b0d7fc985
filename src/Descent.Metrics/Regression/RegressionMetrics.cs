namespace Descent.Metrics;

/// <summary>A figure of predicted numbers, such as <see cref="RegressionMetrics.MeanSquaredError"/>.</summary>
/// <param name="truth">What is true.</param>
/// <param name="predicted">What was predicted.</param>
/// <param name="weights">Weights of the samples, or empty.</param>
public delegate double RegressionFigure(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default);

/// <summary>Figures of predicted numbers; NaN of nothing.</summary>
/// <remarks>For several outputs a sample, <see cref="PerOutput"/> takes any of these figures for each of them.</remarks>
public static class RegressionMetrics
{
    /// <summary>The precision of a double, the least divisor of relative errors.</summary>
    const double Least = 2.220446049250313e-16;

    /// <summary>The mean of <c>(y − ŷ)²</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double MeanSquaredError(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default) =>
        Mean(truth, predicted, weights, static (y, p) => (y - p) * (y - p));

    /// <summary>The root of <see cref="MeanSquaredError"/>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double RootMeanSquaredError(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default) =>
        Math.Sqrt(MeanSquaredError(truth, predicted, weights));

    /// <summary>The mean of <c>|y − ŷ|</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double MeanAbsoluteError(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default) =>
        Mean(truth, predicted, weights, static (y, p) => Math.Abs(y - p));

    /// <summary>The mean of <c>|y − ŷ| / |y|</c>, a share and not percent; a true 0 counts as the precision of a double.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double MeanAbsolutePercentageError(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default) =>
        Mean(truth, predicted, weights, static (y, p) => Math.Abs(y - p) / Math.Max(Math.Abs(y), Least));

    /// <summary>The mean of <c>(log(1 + y) − log(1 + ŷ))²</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a number is negative.</exception>
    public static double MeanSquaredLogError(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default) =>
        Mean(truth, predicted, weights, static (y, p) =>
        {
            if (y < 0 || p < 0) throw new ArgumentException($"MeanSquaredLogError: {Math.Min(y, p)} is negative; expected numbers of at least 0.");
            double d = LogOnePlus(y) - LogOnePlus(p);
            return d * d;
        });

    /// <summary>
    /// The mean deviance of Tweedie's distribution, twice what is lost in log likelihood to the best prediction: power 0 is the
    /// squared error, 1 Poisson's, 2 the gamma distribution's, 3 the inverse Gaussian's.
    /// </summary>
    /// <param name="truth">What is true; at least 0, and from a power of 2 on greater.</param>
    /// <param name="predicted">What was predicted; greater than 0 unless the power is 0.</param>
    /// <param name="power">The power of the mean that the variance is: 0, or at least 1.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <exception cref="ArgumentException">The lengths differ, there is no distribution of that power, or a number is out of its range.</exception>
    public static double MeanTweedieDeviance(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, double power, ReadOnlySpan<double> weights = default)
    {
        if (power is not (0 or >= 1)) throw new ArgumentOutOfRangeException(nameof(power), power, $"MeanTweedieDeviance: the power is {power}; expected 0, or at least 1.");
        return power == 0 ? MeanSquaredError(truth, predicted, weights) : Mean(truth, predicted, weights, (y, p) =>
        {
            if (y < 0 || (y == 0 && power >= 2) || !(p > 0))
                throw new ArgumentException($"MeanTweedieDeviance: {p} was predicted of {y}; at power {power} expected more than 0, and a truth of {(power >= 2 ? "more than" : "at least")} 0.");
            return 2 * (power switch
            {
                1 => (y > 0 ? y * Math.Log(y / p) : 0) - y + p,
                2 => Math.Log(p / y) + y / p - 1,
                _ => Math.Pow(y, 2 - power) / ((1 - power) * (2 - power)) - y * Math.Pow(p, 1 - power) / (1 - power) + Math.Pow(p, 2 - power) / (2 - power),
            });
        });
    }

    /// <summary>The mean of <c>max(α (y − ŷ), (α − 1) (y − ŷ))</c>, least where ŷ is the α-quantile.</summary>
    /// <param name="truth">What is true.</param>
    /// <param name="predicted">What was predicted.</param>
    /// <param name="alpha">The quantile, 0 to 1.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <exception cref="ArgumentException">The lengths differ, or alpha is not in 0 to 1.</exception>
    public static double MeanPinballLoss(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, double alpha = 0.5, ReadOnlySpan<double> weights = default)
    {
        if (!(alpha is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, $"MeanPinballLoss: alpha is {alpha}; expected 0 to 1.");
        return Mean(truth, predicted, weights, (y, p) => y >= p ? alpha * (y - p) : (1 - alpha) * (p - y));
    }

    /// <summary>The median of <c>|y − ŷ|</c>: the mean of the middle two; with weights, the first error at which half the weight is reached.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double MedianAbsoluteError(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length);
        int n = truth.Length;
        if (n == 0) return double.NaN;
        double[] errors = new double[n];
        for (int i = 0; i < n; i++) errors[i] = Math.Abs(truth[i] - predicted[i]);
        if (weights.IsEmpty)
        {
            Array.Sort(errors);
            return n % 2 == 1 ? errors[n / 2] : (errors[n / 2 - 1] + errors[n / 2]) / 2;
        }
        int[] order = [.. Enumerable.Range(0, n)];
        StableSort.Sort(errors, order);
        double half = 0, reached = 0;
        foreach (int i in order) half += weights[i];
        half /= 2;
        for (int k = 0; k < n; k++)
        {
            reached += weights[order[k]];
            // Half of no weight at all is reached by the first error that has some.
            if (reached >= half && reached > 0) return errors[k];
        }
        return errors[^1];
    }

    /// <summary>The greatest <c>|y − ŷ|</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double MaxError(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted)
    {
        Check.SameLength(truth.Length, predicted.Length, 0);
        double greatest = truth.Length == 0 ? double.NaN : 0;
        for (int i = 0; i < truth.Length; i++) greatest = Math.Max(greatest, Math.Abs(truth[i] - predicted[i]));
        return greatest;
    }

    /// <summary>
    /// <c>1 − Σ (y − ŷ)² / Σ (y − ȳ)²</c>: 1 is exact, 0 as good as the mean, below worse. For a constant truth, 1 if exact,
    /// else 0; NaN of fewer than two samples.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double R2(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default) =>
        truth.Length < 2 && predicted.Length == truth.Length ? double.NaN : Explained(truth, predicted, weights, centred: false);

    /// <summary><c>1 − Var(y − ŷ) / Var(y)</c>: as <see cref="R2"/>, but a constant error is forgiven. NaN of nothing.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double ExplainedVariance(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights = default) =>
        Explained(truth, predicted, weights, centred: true);

    /// <summary>A figure of each of several outputs.</summary>
    /// <param name="figure">Such as <see cref="MeanSquaredError"/>.</param>
    /// <param name="truth">Samples × outputs, row by row.</param>
    /// <param name="predicted">Of the same size.</param>
    /// <param name="outputs">Numbers in a row.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <returns>One figure for each output; their mean is <see cref="Enumerable.Average(IEnumerable{double})"/>.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static double[] PerOutput(RegressionFigure figure, ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, int outputs, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(figure);
        Check.SameLength(truth.Length, predicted.Length, 0);
        int rows = Check.Rows(truth.Length, outputs, "numbers");
        double[] y = new double[rows], p = new double[rows], figures = new double[outputs];
        for (int c = 0; c < outputs; c++)
        {
            for (int r = 0; r < rows; r++) (y[r], p[r]) = (truth[r * outputs + c], predicted[r * outputs + c]);
            figures[c] = figure(y, p, weights);
        }
        return figures;
    }

    /// <summary>The mean of a figure over several outputs, each weighed by the variance of what is true: outputs that vary much count more.</summary>
    /// <remarks>Where every output is constant, the plain mean.</remarks>
    /// <inheritdoc cref="PerOutput"/>
    /// <returns>One number, such as R² of all outputs as one for <see cref="R2"/>.</returns>
    public static double VarianceWeighted(RegressionFigure figure, ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, int outputs, ReadOnlySpan<double> weights = default)
    {
        double[] figures = PerOutput(figure, truth, predicted, outputs, weights), variances = PerOutput(Variance, truth, truth, outputs, weights);
        return Means.Of(figures, variances.AsSpan().ContainsAnyExcept(0) ? variances : default);
    }

    static double Variance(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights)
    {
        double mean = Mean(truth, predicted, weights, static (y, _) => y), sum = 0;
        for (int i = 0; i < truth.Length; i++) sum += weights.At(i) * (truth[i] - mean) * (truth[i] - mean);
        return sum;
    }

    static double Mean(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights, Func<double, double, double> error)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length, nameof(RegressionMetrics));
        double sum = 0, total = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double w = weights.At(i);
            sum += w * error(truth[i], predicted[i]);
            total += w;
        }
        return sum / total;
    }

    static double Explained(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, ReadOnlySpan<double> weights, bool centred)
    {
        double middle = Mean(truth, predicted, weights, static (y, _) => y);
        double bias = centred ? Mean(truth, predicted, weights, static (y, p) => y - p) : 0;
        double error = Mean(truth, predicted, weights, (y, p) => (y - p - bias) * (y - p - bias));
        double spread = Mean(truth, predicted, weights, (y, _) => (y - middle) * (y - middle));
        return Share(error, spread);
    }

    /// <summary>1 − error / spread; where nothing is spread, 1 without error, else 0.</summary>
    internal static double Share(double error, double spread) => error == 0 ? 1 : spread == 0 ? 0 : 1 - error / spread;

    /// <summary>log(1 + x), exact near 0 (Kahan).</summary>
    static double LogOnePlus(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }
}
