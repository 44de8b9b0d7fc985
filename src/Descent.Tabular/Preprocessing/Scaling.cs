using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Steps that shift and stretch columns of numbers, each by what it learned; missing values stay missing.</summary>
public abstract record ScalingStep : ITransformer<ScaledColumns>
{
    /// <summary>The columns; by default all real and whole numbers.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <inheritdoc/>
    public ScaledColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(GetType().Name, train, StepColumns.Measures, StepColumns.Numeric);
        var learned = names.Select(name =>
        {
            double[] values = Array.FindAll(StepColumns.Numbers(GetType().Name, train, name), v => !double.IsNaN(v));
            var (offset, scale) = values.Length == 0 ? (0, 1) : Learn(values);
            return new ScaledColumn(name, offset, scale);
        });
        return new() { Columns = [.. learned], Least = Bounds?.Least, Most = Bounds?.Most };
    }

    /// <summary>The offset and the scale for the values of a column, none of which is missing, and at least one there.</summary>
    private protected abstract (double Offset, double Scale) Learn(double[] values);

    private protected virtual (double Least, double Most)? Bounds => null;

    /// <summary>A spread to divide by; what rounding makes of a constant column is none.</summary>
    private protected static double Spread(double scale) => scale < 10 * Epsilon ? 1 : scale;

    private protected const double Epsilon = 2.220446049250313e-16;
}

/// <summary>Each column less its mean, over its standard deviation.</summary>
public sealed record StandardScaler : ScalingStep
{
    /// <summary>Whether the mean is subtracted.</summary>
    public bool Center { get; init; } = true;

    /// <summary>Whether it is divided by the standard deviation.</summary>
    public bool Scale { get; init; } = true;

    private protected override (double Offset, double Scale) Learn(double[] values)
    {
        var (mean, scale) = MeanAndSpread(values);
        return (Center ? mean : 0, Scale ? scale : 1);
    }

    /// <summary>The mean and the standard deviation, which is 1 of a constant.</summary>
    internal static (double Mean, double Scale) MeanAndSpread(double[] values)
    {
        var (mean, variance) = Moments(values);
        // Below what rounding alone would give, the column is constant.
        double rounding = values.Length * mean * Epsilon;
        return (mean, variance <= values.Length * Epsilon * variance + rounding * rounding ? 1 : Math.Sqrt(variance));
    }

    /// <summary>The mean and the variance, which is divided by the number of values.</summary>
    internal static (double Mean, double Variance) Moments(double[] values)
    {
        double mean = values.Average(), sum = 0, rest = 0;
        foreach (double v in values) (sum, rest) = (sum + (v - mean) * (v - mean), rest + v - mean);
        return (mean, (sum - rest * rest / values.Length) / values.Length);
    }
}

/// <summary>Each column from its least and greatest value to those of a range.</summary>
public sealed record MinMaxScaler : ScalingStep
{
    /// <summary>Where the least value of training goes.</summary>
    public double Least { get; init; }

    /// <summary>Where the greatest value of training goes.</summary>
    public double Most { get; init; } = 1;

    /// <summary>Whether values outside those of training are cut to the range.</summary>
    public bool Clip { get; init; }

    private protected override (double Offset, double Scale) Learn(double[] values)
    {
        if (!(Least < Most)) throw new ArgumentException($"MinMaxScaler: the range is from {Least} to {Most}; expected it to rise.");
        double least = values.Min(), range = values.Max() - least;
        double scale = Spread(range) / (Most - Least);
        return (least - Least * scale, scale);
    }

    private protected override (double Least, double Most)? Bounds => Clip ? (Least, Most) : null;
}

/// <summary>Each column over its greatest absolute value.</summary>
public sealed record MaxAbsScaler : ScalingStep
{
    private protected override (double Offset, double Scale) Learn(double[] values) => (0, Spread(values.Max(Math.Abs)));
}

/// <summary>Each column less its median, over the distance of two quantiles, so that outliers do not matter.</summary>
public sealed record RobustScaler : ScalingStep
{
    /// <summary>Whether the median is subtracted.</summary>
    public bool Center { get; init; } = true;

    /// <summary>Whether it is divided by the distance of the quantiles.</summary>
    public bool Scale { get; init; } = true;

    /// <summary>The lower quantile.</summary>
    public double Lower { get; init => field = Check.Within(0, 1, value); } = 0.25;

    /// <summary>The upper quantile.</summary>
    public double Upper { get; init => field = Check.Within(0, 1, value); } = 0.75;

    private protected override (double Offset, double Scale) Learn(double[] values)
    {
        if (!(Lower < Upper)) throw new ArgumentException($"RobustScaler: the quantiles are {Lower} and {Upper}; expected the lower one first.");
        Array.Sort(values);
        return (Center ? Quantiles.OfSorted(values, 0.5) : 0, Scale ? Spread(Quantiles.OfSorted(values, Upper) - Quantiles.OfSorted(values, Lower)) : 1);
    }
}

/// <summary>A column that becomes (x − offset) / scale.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">What is subtracted.</param>
/// <param name="Scale">What it is divided by.</param>
public sealed record ScaledColumn(string Name, double Offset, double Scale);

/// <summary>What a <see cref="ScalingStep"/> learned.</summary>
public sealed record ScaledColumns : IFittedTransformer
{
    /// <summary>The columns that are scaled, with shift and scale of each.</summary>
    public required ImmutableArray<ScaledColumn> Columns { get; init; }

    /// <summary>What results are not to fall below; null is no bound.</summary>
    public double? Least { get; init; }

    /// <summary>What results are not to rise above; null is no bound.</summary>
    public double? Most { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Map("Scaling", frame, Columns.Select(c => c.Name), (i, values) =>
    {
        var (_, offset, scale) = Columns[i];
        for (int row = 0; row < values.Length; row++)
        {
            double y = (values[row] - offset) / scale;
            values[row] = y < Least ? Least.Value : y > Most ? Most.Value : y;
        }
    });
}
