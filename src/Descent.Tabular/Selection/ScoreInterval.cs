using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A figure, and where it would fall on other rows of the same kind.</summary>
/// <param name="Value">The figure of all rows.</param>
/// <param name="Lower">The lower end.</param>
/// <param name="Upper">The upper end.</param>
/// <param name="Level">The share of draws in between.</param>
public sealed record ScoreInterval(double Value, double Lower, double Upper, double Level)
{
    /// <summary>The percentile bootstrap of a figure of predictions: rows, or whole groups, are drawn with replacement.</summary>
    /// <param name="scorer">The figure.</param>
    /// <param name="truth">What is true.</param>
    /// <param name="said">What was predicted.</param>
    /// <param name="weights">Weights of the rows, or empty.</param>
    /// <param name="groups">Which rows belong together, or null.</param>
    /// <param name="level">The share of draws within the interval.</param>
    /// <param name="draws">How often rows are drawn.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is not within 0 to 1, or there is no draw.</exception>
    public static ScoreInterval Of(Scorer scorer, Target truth, Predictions said, ReadOnlySpan<double> weights = default, Labels? groups = null,
        double level = 0.95, int draws = 500, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(said);
        Check.Within(0, 1, level, nameof(level));
        Check.AtLeast(1, draws, nameof(draws));
        double value = scorer.Score(truth, said, weights, groups);
        double[] w = weights.ToArray(), figures = new double[draws];
        int[][] units = groups is null ? [] : [.. Splitting.Members(groups).Where(m => m.Length > 0)];
        WorkerPool.For(draws, d =>
        {
            long[] picks = new long[groups is null ? said.Count : units.Length];
            new Generator(seed, (ulong)d).Integers(picks, 0, picks.Length);
            int[] rows = groups is null ? Array.ConvertAll(picks, p => (int)p) : [.. picks.SelectMany(p => units[p])];
            // A group that is drawn twice is two groups.
            var drawn = groups is null ? null : new Labels([.. picks.SelectMany((p, g) => Enumerable.Repeat(g, units[p].Length))], [.. Enumerable.Range(0, picks.Length).Select(g => $"{g}")]);
            figures[d] = scorer.Score(truth.Take(rows), said.Take(rows), w.Length == 0 ? [] : Array.ConvertAll(rows, r => w[r]), drawn);
        });
        double[] known = [.. figures.Where(f => !double.IsNaN(f))];
        return known.Length == 0 ? new(value, double.NaN, double.NaN, level)
            : new(value, Quantiles.Linear(known, (1 - level) / 2), Quantiles.Linear(known, (1 + level) / 2), level);
    }

    /// <summary>The figure and its ends.</summary>
    public override string ToString() => FormattableString.Invariant($"{Value:G5} [{Lower:G5}, {Upper:G5}]");
}
