using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>
/// Turns a category into the mean target of its level, drawn towards the mean of all rows where the level is rare. Of
/// classes it is the share of the second of two, or of each of more, <c>town:class</c>. A missing value is a level of its own.
/// </summary>
/// <remarks>
/// Micci-Barreca, "A Preprocessing Scheme for High-Cardinality Categorical Attributes", 2001. Training rows get what is
/// learned from other rows (cross-fitting), so that what follows does not take a row's own target for knowledge.
/// </remarks>
public sealed record TargetEncoder : ITransformer<TargetEncoding>
{
    /// <summary>The columns; by default all categories.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>How many rows at the mean of all are added to each level; null is found out from the variances within and between levels (empirical Bayes).</summary>
    public double? Smoothing { get; init => field = value is { } v ? Check.AtLeast(0, v) : null; } = 10;

    /// <summary>The parts of the training rows, each of which is encoded by the others.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Decides the parts.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public TargetEncoding Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(TargetEncoder), train, StepColumns.Levels, StepColumns.Discrete);
        double[][] y = Numbers(train, target);
        bool[] all = new bool[train.Rows];
        Array.Fill(all, true);
        var classes = target!.Kind == TargetKind.Class && y.Length > 1 ? target.Labels.Classes : [];
        return new() { Classes = classes, Columns = [.. names.Select(n => Learn(train[n], LevelTable.Of(train[n]).Levels, y, all))] };
    }

    /// <inheritdoc/>
    public Frame TrainingRows(Frame train, Target? target, IFittedTransformer fitted)
    {
        ArgumentNullException.ThrowIfNull(train);
        if (fitted is not TargetEncoding own) throw new ArgumentException($"TargetEncoder: it learns a TargetEncoding; this is {fitted}.", nameof(fitted));
        double[][] y = Numbers(train, target);
        int[] fold = Parts(train.Rows, target!);
        var result = own.Apply(train);
        foreach (var learned in own.Columns)
        {
            double[][] values = [.. y.Select(_ => new double[train.Rows])];
            for (int f = 0; f <= fold.Max(); f++)
            {
                // A single row has no others; it gets the mean.
                var apart = fold.Max() == 0 ? learned with { Levels = [], Values = [] } : Learn(train[learned.Name], learned.Levels, y, Array.ConvertAll(fold, other => other != f));
                double[][] encoded = apart.Encode(train[learned.Name]);
                for (int k = 0; k < y.Length; k++)
                    for (int row = 0; row < fold.Length; row++)
                        if (fold[row] == f) values[k][row] = encoded[k][row];
            }
            string[] outputs = own.Names(learned.Name);
            for (int k = 0; k < outputs.Length; k++) result = result.With(Column.Of(outputs[k], values[k]));
        }
        return result;
    }

    /// <summary>The part of each row: rows in an order by chance, those of a class together, are dealt out in turn.</summary>
    int[] Parts(int rows, Target target)
    {
        int[] order = [.. Enumerable.Range(0, rows)], fold = new int[rows];
        new Generator(Seed).Shuffle<int>(order);
        if (target.Kind == TargetKind.Class)
        {
            var labels = target.Labels;
            order = [.. order.OrderBy(row => labels.Codes[row])];
        }
        for (int i = 0; i < rows; i++) fold[order[i]] = i % Math.Min(Folds, rows);
        return fold;
    }

    static double[][] Numbers(Frame train, Target? target)
    {
        if (target is null) throw new ArgumentException("TargetEncoder: it learns from the target, which is not given. Fit it in a pipeline, or with a target.", nameof(target));
        if (target.Count != train.Rows) throw new ArgumentException($"TargetEncoder: {target.Count} targets for {train.Rows} rows; expected as many.", nameof(target));
        if (target.Kind == TargetKind.Number) return [target.Numbers.ToArray()];
        int[] codes = target.Labels.Codes.ToArray();
        int classes = target.Labels.Classes.Length;
        return [.. Enumerable.Range(0, classes).Where(k => classes != 2 || k == 1).Select(k => Array.ConvertAll(codes, c => c == k ? 1.0 : 0))];
    }

    EncodedColumn Learn(Column column, ImmutableArray<string> levels, double[][] y, bool[] isUsed)
    {
        int[] codes = LevelTable.Codes(column, levels);
        int outputs = y.Length, rows = isUsed.Count(u => u);
        double[] prior = [.. y.Select(own => own.Where((_, row) => isUsed[row]).Sum() / rows)], values = new double[(levels.Length + 1) * outputs];
        for (int k = 0; k < outputs; k++)
        {
            double[] sums = new double[levels.Length + 1], counts = new double[sums.Length], squares = new double[sums.Length];
            double variance = 0;
            for (int row = 0; row < codes.Length; row++)
            {
                if (!isUsed[row]) continue;
                int level = codes[row] < 0 ? levels.Length : codes[row];
                sums[level] += y[k][row];
                counts[level]++;
                variance += (y[k][row] - prior[k]) * (y[k][row] - prior[k]) / rows;
            }
            for (int row = 0; row < codes.Length; row++)
            {
                int level = codes[row] < 0 ? levels.Length : codes[row];
                if (isUsed[row]) squares[level] += Math.Pow(y[k][row] - sums[level] / counts[level], 2);
            }
            for (int level = 0; level < sums.Length; level++)
            {
                double n = counts[level], within = n == 0 ? 0 : squares[level] / n, total = variance * n + within;
                double share = n == 0 ? 0 : Smoothing is { } m ? n / (n + m) : total == 0 ? 1 : variance * n / total;
                values[level * outputs + k] = n == 0 ? prior[k] : share * (sums[level] / n) + (1 - share) * prior[k];
            }
        }
        return new(column.Name, levels, [.. values], [.. prior]);
    }
}

/// <summary>A category and what its levels are encoded as.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Levels">The levels.</param>
/// <param name="Values">(levels + 1 × outputs) numbers, the last row those of missing values.</param>
/// <param name="Prior">The numbers of other levels.</param>
public sealed record EncodedColumn(string Name, ImmutableArray<string> Levels, ImmutableArray<double> Values, ImmutableArray<double> Prior)
{
    internal double[][] Encode(Column column)
    {
        int[] codes = LevelTable.Codes(column, Levels);
        return [.. Enumerable.Range(0, Prior.Length).Select(k => Array.ConvertAll(codes, code =>
            code == -2 || Values.IsEmpty ? Prior[k] : Values[(code < 0 ? Levels.Length : code) * Prior.Length + k]))];
    }
}

/// <summary>What <see cref="TargetEncoder"/> learned.</summary>
public sealed record TargetEncoding : IFittedTransformer
{
    /// <summary>The columns that are encoded, with the number of each level.</summary>
    public required ImmutableArray<EncodedColumn> Columns { get; init; }

    /// <summary>The classes, of which each gives a column; none of numbers and of two classes.</summary>
    public required ImmutableArray<string> Classes { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(TargetEncoder), frame, Columns.Select(c => c.Name), i =>
        Columns[i].Encode(frame[Columns[i].Name]).Zip(Names(Columns[i].Name), (values, name) => Column.Of(name, values)));

    internal string[] Names(string column) => Classes.IsEmpty ? [column] : [.. Classes.Select(c => $"{column}:{c}")];

    string? IFittedTransformer.Fault() => Columns.Any(c => c.Prior.Length != Math.Max(1, Classes.Length) || (!c.Values.IsEmpty && c.Values.Length != (c.Levels.Length + 1L) * c.Prior.Length)) ? "the levels of an encoding have no numbers" : null;
}
