using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What a file says of a cell beside its characters.</summary>
enum CellKind
{
    /// <summary>Nothing: the characters alone tell.</summary>
    Plain,

    /// <summary>That it is text, whatever it looks like.</summary>
    Text,

    /// <summary>That it has no value.</summary>
    Missing,
}

/// <summary>Rows of cells, read forward once. A whole reading opens its source twice: for the types, then for the values.</summary>
abstract class CellSource : IDisposable
{
    /// <summary>The names of the columns.</summary>
    internal abstract ImmutableArray<string> Names { get; }

    /// <summary>The line, or the row of a sheet, that the current row starts in, from 1.</summary>
    internal abstract long Line { get; }

    /// <summary>Goes to the next row that is whole; those that are not are told to the report.</summary>
    internal abstract bool Read();

    /// <summary>A cell of the current row, in UTF-8; valid until the next row.</summary>
    internal abstract ReadOnlySpan<byte> Cell(int column, out CellKind kind);

    public abstract void Dispose();
}
