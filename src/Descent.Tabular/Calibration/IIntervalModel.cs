namespace Descent.Tabular;

/// <summary>Predicts intervals in which the truth lies as often as asked for.</summary>
public interface IIntervalModel : IRegressionModel
{
    /// <summary>The interval of each of some rows that lie one after another.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="level">How often the truth is to lie within, such as 0.9. Where too few rows were kept to say so, the interval is infinite.</param>
    /// <param name="lower">n lower ends.</param>
    /// <param name="upper">n upper ends.</param>
    void Intervals(ReadOnlySpan<double> rows, double level, Span<double> lower, Span<double> upper);
}

/// <summary>What conformal predictors share.</summary>
static class Conformal
{
    /// <summary>Which of n scores, from 1 for the least, a new one does not exceed as often as asked for; more than n where none says so.</summary>
    internal static long Rank(int count, double level)
    {
        Check.Within(0, 1, level, nameof(level));
        // Rounding must not lift a rank that is a whole number.
        return Math.Max(1, (long)Math.Ceiling((count + 1) * level - 1e-9));
    }

    /// <summary>The score of that rank of rising ones; infinite beyond the last.</summary>
    internal static double Bound(ReadOnlySpan<double> sorted, double level)
    {
        long rank = Rank(sorted.Length, level);
        return rank > sorted.Length ? double.PositiveInfinity : sorted[(int)rank - 1];
    }
}

/// <summary>Intervals of features and frames.</summary>
public static class IntervalPrediction
{
    extension(IIntervalModel model)
    {
        /// <summary>The interval of each row.</summary>
        /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The level is not within 0 to 1.</exception>
        public (double[] Lower, double[] Upper) Intervals(Features x, double level = 0.9)
        {
            ArgumentNullException.ThrowIfNull(x);
            double[] lower = new double[x.Rows], upper = new double[x.Rows];
            ModelPrediction.ForBlocks(model, x, (start, count, rows) => model.Intervals(rows, level, lower.AsSpan(start, count), upper.AsSpan(start, count)));
            return (lower, upper);
        }

        /// <summary>The interval of each row of a frame, whose columns are found by name.</summary>
        /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The level is not within 0 to 1.</exception>
        public (double[] Lower, double[] Upper) Intervals(Frame frame, double level = 0.9) => model.Intervals(model.Schema.Read(frame), level);
    }
}
