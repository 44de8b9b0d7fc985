using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What is done with a level that did not occur in training.</summary>
public enum UnknownLevel
{
    /// <summary>It counts as none of the levels.</summary>
    Ignore,

    /// <summary>It is an error.</summary>
    Throw,

    /// <summary>It counts as one of the rare levels, where these were grouped; else as none.</summary>
    Rare,
}

/// <summary>Which level gets no column, because the others say it.</summary>
public enum DroppedLevel
{
    /// <summary>Each level has a column.</summary>
    None,

    /// <summary>The first level has none, and is where all are 0.</summary>
    First,

    /// <summary>The first one of two; of more, each has one.</summary>
    Binary,
}

/// <summary>A column of truth values for each level of a category, <c>town=Berne</c>; a missing value is a level if it occurs in training.</summary>
public sealed record OneHotEncoder : ITransformer<OneHotColumns>
{
    /// <summary>The columns; by default all categories.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>Levels of fewer rows, as a share of all, are grouped as <c>town=(rare)</c>; null groups none.</summary>
    public double? MinShare { get; init => field = value is { } v ? Check.Within(0, 1, v) : null; }

    /// <summary>Levels of fewer rows are grouped; null groups none.</summary>
    public int? MinCount { get; init => field = value is { } v ? Check.AtLeast(1, v) : null; }

    /// <summary>The greatest number of columns for a category, the rarest levels grouped; null is no bound.</summary>
    public int? MaxLevels { get; init => field = value is { } v ? Check.AtLeast(1, v) : null; }

    /// <summary>Which level gets no column.</summary>
    public DroppedLevel Drop { get; init; }

    /// <summary>What is done with a level that did not occur in training.</summary>
    public UnknownLevel Unknown { get; init; }

    /// <inheritdoc/>
    public OneHotColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(OneHotEncoder), train, StepColumns.Levels, StepColumns.Discrete);
        ImmutableArray<OneHotColumn> columns = [.. names.Select(n => Learn(train[n]))];
        StepColumns.CheckWidth(nameof(OneHotEncoder), train.Rows, columns.Sum(c => (long)c.Outputs), "Set MaxLevels or MinShare, or take a TargetEncoder or FeatureHasher for categories of many levels.");
        return new() { Columns = columns, Unknown = Unknown };
    }

    OneHotColumn Learn(Column column)
    {
        var (levels, counts) = LevelTable.Of(column);
        bool hasMissing = column.MissingCount > 0;
        if (hasMissing) counts = [.. counts, column.MissingCount];
        bool[] isRare = Array.ConvertAll(counts, c => c < (MinCount ?? 0) || c < (MinShare ?? 0) * column.Count);
        if (MaxLevels < counts.Length - isRare.Count(r => r) + 1)
        {
            // The rarest first; of equally rare ones those that sort first.
            int[] order = [.. Enumerable.Range(0, counts.Length).OrderBy(i => counts[i])];
            foreach (int i in order.AsSpan(0, Math.Max(0, order.Length - MaxLevels.Value + 1))) isRare[i] = true;
            // A single level would be grouped with nothing.
            if (counts.Length <= MaxLevels) isRare.AsSpan().Clear();
        }
        int[] places = new int[counts.Length];
        int next = 0;
        for (int i = 0; i < places.Length; i++)
            if (!isRare[i]) places[i] = next++;
        for (int i = 0; i < places.Length; i++)
            if (isRare[i]) places[i] = next;
        bool hasRare = isRare.Contains(true);
        int outputs = next + (hasRare ? 1 : 0);
        if (Drop == DroppedLevel.First || (Drop == DroppedLevel.Binary && outputs == 2)) places = Array.ConvertAll(places, p => p - 1);
        return new(column.Name, levels, [.. places.AsSpan(0, levels.Length)], hasMissing ? places[^1] : -1, hasRare ? places.Max() : -1);
    }
}

/// <summary>A category, and the new column of each of its levels.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Levels">The levels.</param>
/// <param name="Places">The number of each level's column, or −1.</param>
/// <param name="MissingPlace">The number of the column of missing values, or −1.</param>
/// <param name="RarePlace">The number of the column of rare levels, or −1.</param>
public sealed record OneHotColumn(string Name, ImmutableArray<string> Levels, ImmutableArray<int> Places, int MissingPlace, int RarePlace)
{
    /// <summary>How many columns there are for it.</summary>
    public int Outputs => Math.Max(MissingPlace, Places.IsDefaultOrEmpty ? -1 : Places.Max()) + 1;
}

/// <summary>What <see cref="OneHotEncoder"/> learned.</summary>
public sealed record OneHotColumns : IFittedTransformer
{
    /// <summary>The columns that are encoded, with their levels.</summary>
    public required ImmutableArray<OneHotColumn> Columns { get; init; }

    /// <summary>What is done with a level that did not occur in training.</summary>
    public required UnknownLevel Unknown { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(OneHotEncoder), frame, Columns.Select(c => c.Name), i => Encode(Columns[i], frame[Columns[i].Name]));

    BooleanColumn[] Encode(OneHotColumn own, Column column)
    {
        bool[][] flags = [.. Enumerable.Range(0, own.Outputs).Select(_ => new bool[column.Count])];
        int[] codes = LevelTable.Codes(column, own.Levels);
        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] == -2 && Unknown == UnknownLevel.Throw)
                throw new ArgumentException($"OneHotEncoder: column '{own.Name}' is '{column.Format(row)}' in row {row}, which did not occur in training. Set Unknown to let it count as no level.");
            int place = codes[row] switch { >= 0 and var code => own.Places[code], -1 => own.MissingPlace, _ => Unknown == UnknownLevel.Rare ? own.RarePlace : -1 };
            if (place >= 0) flags[place][row] = true;
        }
        string[] names = Names(own);
        return [.. flags.Select((f, j) => Column.Of(names[j], f))];
    }

    static string[] Names(OneHotColumn own)
    {
        string[] names = new string[own.Outputs];
        for (int i = 0; i < own.Levels.Length; i++)
            if (own.Places[i] >= 0) names[own.Places[i]] = $"{own.Name}={own.Levels[i]}";
        if (own.MissingPlace >= 0) names[own.MissingPlace] = $"{own.Name}=(missing)";
        if (own.RarePlace >= 0) names[own.RarePlace] = $"{own.Name}=(rare)";
        return names;
    }

    string? IFittedTransformer.Fault() => Columns.Any(c => c.Places.Length != c.Levels.Length || c.Places.Any(p => p < -1 || p > c.Levels.Length) || c.MissingPlace < -1 || c.MissingPlace > c.Levels.Length || c.RarePlace < -1 || c.RarePlace >= c.Outputs
        || Names(c).Contains(null)) ? "a level has no column" : null;
}
