using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A figure on each fold.</summary>
public sealed record ScoreSummary
{
    /// <summary>The figure that the scores are of.</summary>
    public required Scorer Scorer { get; init; }

    /// <summary>Its value on each fold; NaN where it has none there.</summary>
    public required ImmutableArray<double> PerFold { get; init; }

    /// <summary>The mean over the folds where it has a value; NaN where there is none.</summary>
    public double Mean => Values.Length == 0 ? double.NaN : Values.Average();

    /// <summary>The standard deviation over these folds; of one fold NaN.</summary>
    public double Deviation
    {
        get
        {
            double[] values = Values;
            double mean = Mean;
            return values.Length < 2 ? double.NaN : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
        }
    }

    double[] Values => [.. PerFold.Where(v => !double.IsNaN(v))];

    /// <summary>The figure, its mean and its spread.</summary>
    public override string ToString() => FormattableString.Invariant($"{Scorer.Name} {Mean:G5} ± {Deviation:G2}");
}

/// <summary>How long folds took: what differs from run to run, and so is kept apart from the scores.</summary>
public sealed record CrossValidationTimes
{
    /// <summary>The training of each fold.</summary>
    public required ImmutableArray<TimeSpan> Fit { get; init; }

    /// <summary>The prediction of each fold's test.</summary>
    public required ImmutableArray<TimeSpan> Predict { get; init; }
}

/// <summary>How well something did on rows that it was not trained on.</summary>
public sealed class CrossValidationResult
{
    internal CrossValidationResult(SelectionData data, ImmutableArray<(int[] Rows, Predictions Said)> parts) => (Data, Parts) = (data, parts);

    /// <summary>The figures, the deciding one first.</summary>
    public required ImmutableArray<ScoreSummary> Scores { get; init; }

    /// <summary>The figures on the rows that were trained on; empty where they were not asked for.</summary>
    public ImmutableArray<ScoreSummary> TrainScores { get; init; } = [];

    /// <summary>The number of rows each fold was trained on.</summary>
    public required ImmutableArray<int> TrainRows { get; init; }

    /// <summary>The number of rows each fold was judged on.</summary>
    public required ImmutableArray<int> TestRows { get; init; }

    /// <summary>What was said of the rows of <see cref="Rows"/> by models that had not seen them.</summary>
    public required Predictions OutOfFold { get; init; }

    /// <summary>The rows that were in a test, rising.</summary>
    public required ImmutableArray<int> Rows { get; init; }

    /// <summary>How long it took.</summary>
    public required CrossValidationTimes Times { get; init; }

    internal SelectionData Data { get; }

    /// <summary>The test of each fold, and what was said of it.</summary>
    internal ImmutableArray<(int[] Rows, Predictions Said)> Parts { get; }

    /// <summary>What is true of the rows of <see cref="Rows"/>.</summary>
    public Target Truth => Data.Target.Take(Rows.AsSpan());

    /// <summary>The mean of the deciding figure.</summary>
    public double Score => Scores[0].Mean;

    /// <summary>A figure by its name.</summary>
    /// <exception cref="ArgumentException">It was not asked for.</exception>
    public ScoreSummary this[string name] => Scores.FirstOrDefault(s => SettingNames.Same(s.Scorer.Name, name))
        ?? throw new ArgumentException($"'{name}' was not measured; the figures are: {string.Join(", ", Scores.Select(s => s.Scorer.Name))}.", nameof(name));

    /// <summary>
    /// An interval of a figure of all out-of-fold predictions together: the percentiles of what it is on rows (or, where rows
    /// belong together, groups) drawn from them with replacement.
    /// </summary>
    /// <remarks>Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.</remarks>
    /// <param name="scorer">The figure; null is the deciding one.</param>
    /// <param name="level">The share of draws within the interval.</param>
    /// <param name="draws">How often rows are drawn.</param>
    /// <param name="seed">Decides which.</param>
    public ScoreInterval Interval(Scorer? scorer = null, double level = 0.95, int draws = 500, ulong seed = 0)
    {
        int[] rows = [.. Rows];
        return ScoreInterval.Of(scorer ?? Scores[0].Scorer, Truth, OutOfFold, Data.Weights is { } w ? Array.ConvertAll(rows, r => w[r]) : [], Data.Groups?.Take(rows), level, draws, seed);
    }

    /// <summary>The figures, their means and spreads.</summary>
    public override string ToString() => string.Join(", ", Scores);
}
