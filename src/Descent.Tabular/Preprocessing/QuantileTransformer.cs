using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How values are to be spread.</summary>
public enum QuantileOutput
{
    /// <summary>Evenly between 0 and 1.</summary>
    Uniform,

    /// <summary>As the standard normal distribution, cut at ±5.2.</summary>
    Normal,
}

/// <summary>Each column by the share of training values below, so that only their order matters. Missing values stay missing.</summary>
public sealed record QuantileTransformer : ITransformer<QuantileColumns>
{
    /// <summary>The columns; by default all real and whole numbers.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>The number of quantiles kept, at most as many as rows; between them it is linear.</summary>
    public int QuantileCount { get; init => field = Check.AtLeast(2, value); } = 1000;

    /// <summary>How values are to be spread.</summary>
    public QuantileOutput Output { get; init; }

    /// <inheritdoc/>
    public QuantileColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(QuantileTransformer), train, StepColumns.Measures, StepColumns.Numeric);
        int count = Math.Max(2, Math.Min(QuantileCount, train.Rows));
        return new() { Output = Output, Columns = [.. names.Select(n => new QuantileColumn(n, Learn(StepColumns.Sorted(StepColumns.Numbers(nameof(QuantileTransformer), train, n)), count)))] };
    }

    static ImmutableArray<double> Learn(double[] sorted, int count) =>
        sorted.Length == 0 ? [0, 0] : [.. Enumerable.Range(0, count).Select(i => Quantiles.OfSorted(sorted, i / (count - 1.0)))];
}

/// <summary>A column and its quantiles at even shares from 0 to 1.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Quantiles">The quantiles, rising.</param>
public sealed record QuantileColumn(string Name, ImmutableArray<double> Quantiles);

/// <summary>What <see cref="QuantileTransformer"/> learned.</summary>
public sealed record QuantileColumns : IFittedTransformer
{
    // Shares nearer to 0 or 1 than this give the same normal value, as scikit-learn has it.
    const double Bound = 1e-7, NormalBound = 5.199337582605575;

    /// <summary>The columns that are spread, with the quantiles of each.</summary>
    public required ImmutableArray<QuantileColumn> Columns { get; init; }

    /// <summary>How values are spread.</summary>
    public required QuantileOutput Output { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Map(nameof(QuantileTransformer), frame, Columns.Select(c => c.Name), (i, values) =>
    {
        var quantiles = Columns[i].Quantiles.AsSpan();
        for (int row = 0; row < values.Length; row++)
            if (!double.IsNaN(values[row])) values[row] = Share(values[row], quantiles, Output == QuantileOutput.Normal ? Bound : 0);
        if (Output == QuantileOutput.Normal && values.Length > 0) ToNormal(values);
    });

    static double Share(double x, ReadOnlySpan<double> quantiles, double bound)
    {
        if (x <= quantiles[0] || x - bound < quantiles[0]) return 0;
        if (x >= quantiles[^1] || x + bound > quantiles[^1]) return 1;
        // Quantiles that are equal take the middle of their shares.
        int above = quantiles.BinarySearch(x);
        if (above < 0)
        {
            above = ~above;
            return (above - 1 + (x - quantiles[above - 1]) / (quantiles[above] - quantiles[above - 1])) / (quantiles.Length - 1);
        }
        int first = above, last = above;
        while (quantiles[first - 1] == x) first--;
        while (quantiles[last + 1] == x) last++;
        return 0.5 * (first + last) / (quantiles.Length - 1);
    }

    static void ToNormal(double[] shares)
    {
        double[] normal;
        using (Autograd.NoGrad()) normal = (Tensor.From<double>(Array.ConvertAll(shares, p => 2 * p - 1)).Erfinv() * Math.Sqrt(2)).ToArray<double>();
        for (int row = 0; row < shares.Length; row++) shares[row] = Math.Clamp(normal[row], -NormalBound, NormalBound);
    }

    string? IFittedTransformer.Fault() => Columns.Any(c => c.Quantiles.Length < 2 || c.Quantiles.Any(double.IsNaN) || c.Quantiles.Zip(c.Quantiles.Skip(1)).Any(p => p.First > p.Second)) ? "quantiles do not rise" : null;
}
