using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Where bins are cut.</summary>
public enum BinStrategy
{
    /// <summary>So that each holds about as many training values.</summary>
    Quantile,

    /// <summary>In equal widths.</summary>
    Uniform,

    /// <summary>Half way between the centres of k-means.</summary>
    KMeans,
}

/// <summary>Turns numbers into the bins that they fall in: its number, or a truth value for each bin. Missing values stay missing, or are in no bin.</summary>
public sealed record Binning : ITransformer<BinnedColumns>
{
    const double LeastWidth = 1e-8;

    /// <summary>The columns; by default all real and whole numbers.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>The number of bins; fewer where values repeat.</summary>
    public int Bins { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Where they are cut.</summary>
    public BinStrategy Strategy { get; init; }

    /// <summary>Whether there is a column for each bin, <c>x=0</c>, <c>x=1</c>, …, instead of one with its number.</summary>
    public bool OneHot { get; init; }

    /// <inheritdoc/>
    public BinnedColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(Binning), train, StepColumns.Measures, StepColumns.Numeric);
        if (OneHot) StepColumns.CheckWidth(nameof(Binning), train.Rows, (long)Bins * names.Length, "Take fewer bins or columns.");
        return new() { OneHot = OneHot, Columns = [.. names.Select(n => new BinnedColumn(n, Cuts(StepColumns.Sorted(StepColumns.Numbers(nameof(Binning), train, n)))))] };
    }

    /// <summary>Where one bin ends and the next begins.</summary>
    ImmutableArray<double> Cuts(double[] sorted)
    {
        if (sorted.Length == 0 || sorted[0] == sorted[^1]) return [];
        var shares = Enumerable.Range(0, Bins + 1).Select(i => i / (double)Bins);
        double least = sorted[0], range = sorted[^1] - least;
        if (Strategy == BinStrategy.Uniform) return [.. shares.Skip(1).SkipLast(1).Select(s => least + s * range)];
        double[] edges = Strategy == BinStrategy.Quantile ? [.. shares.Select(s => Quantiles.OfSorted(sorted, s))] : [least, .. Middles(sorted), sorted[^1]];
        double[] apart = [.. edges.Where((e, i) => i == 0 || e - edges[i - 1] > LeastWidth)];
        return [.. apart.AsSpan(1, Math.Max(0, apart.Length - 2))];
    }

    /// <summary>Half way between centres that Lloyd's algorithm finds from evenly spread starts, stopping as scikit-learn does.</summary>
    IEnumerable<double> Middles(double[] sorted)
    {
        const int MostPasses = 300;
        double[] prefix = new double[sorted.Length + 1];
        for (int i = 0; i < sorted.Length; i++) prefix[i + 1] = prefix[i] + sorted[i];
        double range = sorted[^1] - sorted[0], tolerance = 1e-4 * StandardScaler.Moments(sorted).Variance;
        double[] centers = [.. Enumerable.Range(0, Bins).Select(i => sorted[0] + (i + 0.5) / Bins * range)];
        int[] ends = [];
        for (int pass = 0; pass < MostPasses; pass++)
        {
            int[] now = [0, .. centers.Zip(centers.Skip(1), (a, b) => LowerBound(sorted, (a + b) / 2)), sorted.Length];
            double[] sums = [.. Enumerable.Range(0, Bins).Select(k => prefix[now[k + 1]] - prefix[now[k]])], counts = [.. Enumerable.Range(0, Bins).Select(k => (double)(now[k + 1] - now[k]))];
            Refill(sorted, centers, now, sums, counts);
            double moved = 0;
            for (int k = 0; k < Bins; k++)
            {
                double center = sums[k] / counts[k];
                moved += (center - centers[k]) * (center - centers[k]);
                centers[k] = center;
            }
            Array.Sort(centers);
            if (moved <= tolerance || now.AsSpan().SequenceEqual(ends)) break;
            ends = now;
        }
        return centers.Zip(centers.Skip(1), (a, b) => (a + b) / 2);
    }

    /// <summary>Gives each empty bin one of the values farthest from their centres.</summary>
    static void Refill(double[] sorted, double[] centers, int[] ends, double[] sums, double[] counts)
    {
        int[] empty = [.. Enumerable.Range(0, centers.Length).Where(k => counts[k] == 0)];
        if (empty.Length == 0) return;
        var far = Enumerable.Range(0, centers.Length).SelectMany(k => Enumerable.Range(ends[k], ends[k + 1] - ends[k]).Select(i => (Gap: Math.Abs(sorted[i] - centers[k]), Value: sorted[i], Bin: k)));
        foreach (var ((_, value, bin), to) in far.OrderByDescending(f => f.Gap).Take(empty.Length).Zip(empty).ToArray())
        {
            (sums[bin], counts[bin]) = (sums[bin] - value, counts[bin] - 1);
            (sums[to], counts[to]) = (value, 1);
        }
    }

    static int LowerBound(double[] sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}

/// <summary>A column and where its bins are cut; a value on a cut falls in the upper bin.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cuts">The cuts, rising.</param>
public sealed record BinnedColumn(string Name, ImmutableArray<double> Cuts);

/// <summary>What <see cref="Binning"/> learned.</summary>
public sealed record BinnedColumns : IFittedTransformer
{
    /// <summary>The columns that are cut, with their edges.</summary>
    public required ImmutableArray<BinnedColumn> Columns { get; init; }

    /// <summary>Whether there is a column for each bin.</summary>
    public required bool OneHot { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(Binning), frame, Columns.Select(c => c.Name), i =>
    {
        var (name, cuts) = Columns[i];
        double[] values = StepColumns.Numbers(nameof(Binning), frame, name);
        for (int row = 0; row < values.Length; row++)
            if (!double.IsNaN(values[row])) values[row] = Bin(cuts.AsSpan(), values[row]);
        return !OneHot ? [Column.Of(name, values)] : Enumerable.Range(0, cuts.Length + 1).Select(bin => Column.Of($"{name}={bin}", Array.ConvertAll(values, v => v == bin)));
    });

    static int Bin(ReadOnlySpan<double> cuts, double value)
    {
        int low = 0, high = cuts.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (cuts[middle] <= value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
