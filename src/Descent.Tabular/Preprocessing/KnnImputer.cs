using System.Collections.Immutable;
using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>
/// Fills a missing number with the mean of those rows of training that have it and are nearest by the numbers that both
/// have, √(columns / both have · Σ (a − b)²). Where nothing is common, or nobody has it, the column's mean or 0. Scale first.
/// </summary>
/// <remarks>Troyanskaya and others, "Missing value estimation methods for DNA microarrays", Bioinformatics 17, 2001.</remarks>
public sealed record KnnImputer : ITransformer<NeighborImputation>
{
    /// <summary>The columns; by default all numbers.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>How many rows are averaged.</summary>
    public int Neighbors { get; init => field = Check.AtLeast(1, value); } = 5;

    /// <summary>Whether nearer rows count more, by the inverse of their distance, or all alike.</summary>
    public NeighborWeighting Weighting { get; init; }

    /// <summary>The greatest number of training rows that are kept, drawn by <see cref="Seed"/>: they are part of the model.</summary>
    public int MaxRows { get; init => field = Check.AtLeast(1, value); } = 10_000;

    /// <summary>Whether a column more says of each column that had missing values in training where they were.</summary>
    public bool AddIndicator { get; init; }

    /// <summary>Decides which rows are kept.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public NeighborImputation Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(KnnImputer), train, StepColumns.Numeric);
        int[] kept = [.. Enumerable.Range(0, train.Rows)];
        if (train.Rows > MaxRows)
        {
            new Generator(Seed).Shuffle<int>(kept);
            kept = kept[..MaxRows];
            Array.Sort(kept);
        }
        var columns = names.Select(n =>
        {
            double[] values = StepColumns.Numbers(nameof(KnnImputer), train, n);
            double mean = values.Where(v => !double.IsNaN(v)).DefaultIfEmpty().Average();
            return new DonorColumn(n, [.. kept.Select(row => values[row])], mean, AddIndicator && train[n].MissingCount > 0);
        });
        return new() { Columns = [.. columns], Neighbors = Neighbors, Weighting = Weighting };
    }
}

/// <summary>A column and its values in the rows of training.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">The values, NaN where missing.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="HasIndicator">Whether a column more says where values were missing.</param>
public sealed record DonorColumn(string Name, ImmutableArray<double> Values, double Mean, bool HasIndicator);

/// <summary>What <see cref="KnnImputer"/> learned.</summary>
public sealed record NeighborImputation : IFittedTransformer
{
    /// <summary>The columns whose distances count and whose gaps are filled, with the rows to take from.</summary>
    public required ImmutableArray<DonorColumn> Columns { get; init; }

    /// <summary>How many rows are averaged.</summary>
    public required int Neighbors { get; init; }

    /// <summary>Whether nearer rows count more.</summary>
    public required NeighborWeighting Weighting { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        double[][] values = [.. Columns.Select(c => StepColumns.Numbers(nameof(KnnImputer), frame, c.Name))];
        double[][] filled = [.. values.Select(v => (double[])v.Clone())];
        // Missing donors are 0 beside a mask of 0, so that distances are sums without a branch.
        double[][] masks = [.. Columns.Select(c => c.Values.Select(v => double.IsNaN(v) ? 0.0 : 1).ToArray())];
        double[][] donors = [.. Columns.Select(c => c.Values.Select(v => double.IsNaN(v) ? 0 : v).ToArray())];
        int[] gaps = [.. Enumerable.Range(0, frame.Rows).Where(row => values.Any(v => double.IsNaN(v[row])))];
        WorkerPool.For(gaps.Length, i => Fill(gaps[i], values, filled, masks, donors));
        return StepColumns.Rewrite(nameof(KnnImputer), frame, Columns.Select(c => c.Name), j =>
            Columns[j].HasIndicator ? [Column.Of(Columns[j].Name, filled[j]), MissingIndicator.Of(frame[Columns[j].Name])] : [Column.Of(Columns[j].Name, filled[j])]);
    }

    void Fill(int row, double[][] values, double[][] filled, double[][] masks, double[][] donors)
    {
        int count = donors[0].Length;
        double[] sums = new double[count], common = new double[count], gap = new double[count];
        for (int j = 0; j < values.Length; j++)
        {
            if (double.IsNaN(values[j][row])) continue;
            TensorPrimitives.Subtract(donors[j], values[j][row], gap);
            TensorPrimitives.Multiply(gap, masks[j], gap);
            TensorPrimitives.MultiplyAdd(gap, gap, sums, sums);
            TensorPrimitives.Add(common, masks[j], common);
        }
        double[] distances = new double[count];
        for (int i = 0; i < count; i++) distances[i] = common[i] == 0 ? double.PositiveInfinity : Math.Sqrt(values.Length / common[i] * sums[i]);
        int[] order = [.. Enumerable.Range(0, count)];
        Array.Sort(order, (a, b) => distances[a].CompareTo(distances[b]) is not 0 and var by ? by : a.CompareTo(b));
        for (int j = 0; j < values.Length; j++)
            if (double.IsNaN(values[j][row])) filled[j][row] = Mean(order, distances, masks[j], donors[j]) ?? Columns[j].Mean;
    }

    double? Mean(int[] order, double[] distances, double[] mask, double[] donors)
    {
        double sum = 0, weights = 0;
        int taken = 0;
        bool isExact = false;
        foreach (int i in order)
        {
            if (taken == Neighbors || double.IsPositiveInfinity(distances[i])) break;
            if (mask[i] == 0) continue;
            // Rows at distance 0 leave no weight to others.
            if (taken == 0) isExact = distances[i] == 0;
            double weight = Weighting == NeighborWeighting.Uniform || isExact ? 1 : 1 / distances[i];
            taken++;
            if (Weighting == NeighborWeighting.Distance && isExact && distances[i] != 0) break;
            (sum, weights) = (sum + weight * donors[i], weights + weight);
        }
        return taken == 0 ? null : sum / weights;
    }

    string? IFittedTransformer.Fault() => Columns.Any(c => c.Values.Length != Columns[0].Values.Length) || Neighbors < 1 ? "the columns of the rows that fill others differ in length" : null;
}
