using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Leaves columns out.</summary>
public sealed record DropColumns : ITransformer<DroppedColumns>
{
    /// <summary>Which columns are left out.</summary>
    public required ColumnSelector Columns { get; init; }

    /// <inheritdoc/>
    public DroppedColumns Fit(Frame train, Target? target = null) => new() { Columns = Columns.Resolve(nameof(DropColumns), train, StepColumns.Discrete) };
}

/// <summary>The columns that a step leaves out: by name, by variance, or because others say more.</summary>
public sealed record DroppedColumns : IFittedTransformer
{
    /// <summary>The names of the columns that are left out.</summary>
    public required ImmutableArray<string> Columns { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var dropped = Columns.ToHashSet(StringComparer.Ordinal);
        return new(frame.Columns.Where(c => !dropped.Contains(c.Name)));
    }
}
