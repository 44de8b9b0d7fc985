using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Turns categories into the numbers of their levels. Missing values stay missing, and so are levels that did not occur in training.</summary>
public sealed record OrdinalEncoder : ITransformer<OrdinalColumns>
{
    /// <summary>The columns; by default all categories.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>The levels in their order, for columns where it means something; others are sorted.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> Levels { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Whether a level that did not occur in training is an error.</summary>
    public bool ThrowOnUnknown { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A level is not among those that are listed.</exception>
    public OrdinalColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(OrdinalEncoder), train, StepColumns.Levels, StepColumns.Discrete);
        return new() { Columns = [.. names.Select(n => new OrdinalColumn(n, Of(train[n])))], ThrowOnUnknown = ThrowOnUnknown };
    }

    ImmutableArray<string> Of(Column column)
    {
        var occurring = LevelTable.Of(column).Levels;
        if (!Levels.TryGetValue(column.Name, out var listed)) return occurring;
        return occurring.FirstOrDefault(l => !listed.Contains(l)) is not { } unlisted ? listed
            : throw new ArgumentException($"OrdinalEncoder: column '{column.Name}' has the level '{unlisted}', which is not among those listed: {string.Join(", ", listed)}.");
    }
}

/// <summary>A column and its levels in order.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Levels">The levels.</param>
public sealed record OrdinalColumn(string Name, ImmutableArray<string> Levels);

/// <summary>What <see cref="OrdinalEncoder"/> learned.</summary>
public sealed record OrdinalColumns : IFittedTransformer
{
    /// <summary>The columns that are encoded, with their levels in order.</summary>
    public required ImmutableArray<OrdinalColumn> Columns { get; init; }

    /// <summary>Whether a level that did not occur in training is an error.</summary>
    public required bool ThrowOnUnknown { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(OrdinalEncoder), frame, Columns.Select(c => c.Name), i =>
    {
        var column = frame[Columns[i].Name];
        int[] codes = LevelTable.Codes(column, Columns[i].Levels);
        int unknown = ThrowOnUnknown ? Array.IndexOf(codes, -2) : -1;
        if (unknown >= 0) throw new ArgumentException($"OrdinalEncoder: column '{column.Name}' is '{column.Format(unknown)}' in row {unknown}, which did not occur in training. Unset ThrowOnUnknown to take it for missing.");
        return [Column.Of(column.Name, Array.ConvertAll(codes, c => c < 0 ? double.NaN : c))];
    });
}
