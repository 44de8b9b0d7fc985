using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What takes the place of missing values.</summary>
public enum Imputation
{
    /// <summary>The mean of the column.</summary>
    Mean,

    /// <summary>The median of the column.</summary>
    Median,

    /// <summary>The commonest value, of several the least.</summary>
    MostFrequent,

    /// <summary>A constant.</summary>
    Constant,
}

/// <summary>Fills missing values column by column. Numbers become real numbers, truth values stay such where the filling is one; a column without any value takes the constant.</summary>
public sealed record SimpleImputer : ITransformer<ImputedColumns>
{
    /// <summary>The columns; by default all that the strategy makes sense for: numbers, or, unless it calculates, categories and text too.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>What takes the place of missing values.</summary>
    public Imputation Strategy { get; init; }

    /// <summary>The constant for numbers.</summary>
    public double Number { get; init; }

    /// <summary>The constant for categories and text.</summary>
    public string Text { get; init; } = "missing";

    /// <summary>Whether a column more says of each column that had missing values in training where they were.</summary>
    public bool AddIndicator { get; init; }

    /// <inheritdoc/>
    public ImputedColumns Fit(Frame train, Target? target = null)
    {
        var types = Strategy is Imputation.Mean or Imputation.Median ? StepColumns.Numeric : [.. StepColumns.Numeric, ColumnType.Category, ColumnType.Text];
        return new() { Columns = [.. Columns.Resolve(nameof(SimpleImputer), train, types).Select(name => Learn(train[name]))] };
    }

    ImputedColumn Learn(Column column)
    {
        bool isText = column.Type is ColumnType.Category or ColumnType.Text, isFlagged = AddIndicator && column.MissingCount > 0;
        bool isConstant = Strategy == Imputation.Constant || column.MissingCount == column.Count;
        if (isText) return new(column.Name, 0, isFlagged, isConstant ? Text : Commonest(column));
        double[] values = new double[column.Count];
        if (!isConstant) column.CopyNumbers(values);
        double number = isConstant ? Number : Strategy switch
        {
            Imputation.Mean => values.Where(v => !double.IsNaN(v)).Average(),
            Imputation.Median => Quantiles.OfSorted(StepColumns.Sorted(values), 0.5),
            _ => Commonest(StepColumns.Sorted(values)),
        };
        return new(column.Name, number, isFlagged);
    }

    static string Commonest(Column column)
    {
        var (levels, counts) = LevelTable.Of(column);
        return levels[Array.IndexOf(counts, counts.Max())];
    }

    static double Commonest(double[] sorted)
    {
        int most = 0;
        double best = sorted[0];
        for (int i = 0, start = 0; i < sorted.Length; i++)
        {
            if (sorted[i] != sorted[start]) start = i;
            if (i - start + 1 > most) (most, best) = (i - start + 1, sorted[i]);
        }
        return best;
    }
}

/// <summary>A column and what takes the place of its missing values.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">The number, of a column of numbers.</param>
/// <param name="HasIndicator">Whether a column more, <c>x is missing</c>, says where they were.</param>
/// <param name="Text">The level or text; null of a column of numbers.</param>
public sealed record ImputedColumn(string Name, double Number, bool HasIndicator, string? Text = null);

/// <summary>What <see cref="SimpleImputer"/> learned.</summary>
public sealed record ImputedColumns : IFittedTransformer
{
    /// <summary>The columns whose gaps are filled, with what goes into them.</summary>
    public required ImmutableArray<ImputedColumn> Columns { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(SimpleImputer), frame, Columns.Select(c => c.Name), i =>
    {
        var (name, number, hasIndicator, text) = Columns[i];
        var column = frame[name];
        var filled = text is null ? Fill(frame, name, number) : Fill(column, text);
        return hasIndicator ? [filled, MissingIndicator.Of(column)] : [filled];
    });

    static Column Fill(Frame frame, string name, double number)
    {
        if (frame[name] is BooleanColumn flags && number is 0 or 1)
            return Column.Of(name, [.. Enumerable.Range(0, flags.Count).Select(row => flags.IsMissing(row) ? number == 1 : flags[row])]);
        double[] values = StepColumns.Numbers(nameof(SimpleImputer), frame, name);
        for (int row = 0; row < values.Length; row++)
            if (double.IsNaN(values[row])) values[row] = number;
        return Column.Of(name, values);
    }

    static Column Fill(Column column, string text)
    {
        if (column is CategoryColumn category)
        {
            var levels = category.Levels.Contains(text) ? category.Levels : category.Levels.Add(text);
            int fill = levels.IndexOf(text);
            return new CategoryColumn(column.Name, [.. category.Codes.ToArray().Select(c => c < 0 ? fill : c)], levels);
        }
        return Column.Of(column.Name, [.. Enumerable.Range(0, column.Count).Select(row => column.Format(row) ?? text)]);
    }
}

/// <summary>Adds to each column that had missing values in training one that says where they are, <c>x is missing</c>; the column stays.</summary>
public sealed record MissingIndicator : ITransformer<MissingIndicators>
{
    /// <summary>The columns; by default all.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>Whether columns without a missing value in training get one too.</summary>
    public bool All { get; init; }

    /// <inheritdoc/>
    public MissingIndicators Fit(Frame train, Target? target = null) =>
        new() { Columns = [.. Columns.Resolve(nameof(MissingIndicator), train, StepColumns.Discrete).Where(name => All || train[name].MissingCount > 0)] };

    internal static BooleanColumn Of(Column column) => Column.Of($"{column.Name} is missing", [.. Enumerable.Range(0, column.Count).Select(column.IsMissing)]);
}

/// <summary>What <see cref="MissingIndicator"/> learned.</summary>
public sealed record MissingIndicators : IFittedTransformer
{
    /// <summary>The columns that had missing values.</summary>
    public required ImmutableArray<string> Columns { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(MissingIndicator), frame, Columns, i => [frame[Columns[i]], MissingIndicator.Of(frame[Columns[i]])]);
}
