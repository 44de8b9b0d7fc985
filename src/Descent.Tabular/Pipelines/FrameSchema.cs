using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A column as a pipeline was fitted to it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its values were.</param>
public sealed record ColumnSchema(string Name, ColumnType Type);

/// <summary>The columns that a pipeline was fitted to, which it finds again in other frames by their names.</summary>
public sealed record FrameSchema
{
    /// <summary>The columns, in order.</summary>
    public required ImmutableArray<ColumnSchema> Columns { get; init; }

    /// <summary>The columns of a frame.</summary>
    public static FrameSchema Of(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return new() { Columns = [.. frame.Columns.Select(c => new ColumnSchema(c.Name, c.Type))] };
    }

    /// <summary>Its columns of a frame, in its order; others are left out.</summary>
    /// <exception cref="ArgumentException">A column is missing.</exception>
    public Frame Read(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return frame.Select(Columns.Select(c => c.Name));
    }
}
