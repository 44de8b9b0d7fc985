using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A column as a pipeline was fitted to it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its values were.</param>
/// <param name="Levels">The levels that occurred, of a category; empty of others.</param>
public sealed record ColumnSchema(string Name, ColumnType Type, ImmutableArray<string> Levels);

/// <summary>What is done with a frame that lacks a column.</summary>
public enum MissingColumn
{
    /// <summary>It is an error that names all that are missing.</summary>
    Throw,

    /// <summary>All its values count as missing.</summary>
    AsMissing,
}

/// <summary>What is done with a level of a category that did not occur in training.</summary>
public enum UnseenLevel
{
    /// <summary>Each step does what it says of them; a model that is asked about one takes it for missing.</summary>
    Allow,

    /// <summary>It is an error that names them.</summary>
    Throw,
}

/// <summary>The columns that a pipeline was fitted to, which it finds again in other frames by their names.</summary>
public sealed record FrameSchema
{
    /// <summary>The columns, in order.</summary>
    public required ImmutableArray<ColumnSchema> Columns { get; init; }

    /// <summary>The columns of a frame.</summary>
    public static FrameSchema Of(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return new() { Columns = [.. frame.Columns.Select(c => new ColumnSchema(c.Name, c.Type, c is CategoryColumn ? LevelTable.Of(c).Levels : []))] };
    }

    /// <summary>
    /// Its columns of a frame, in its order and of its types; others are left out. Values of another type are converted
    /// where nothing is lost: whole numbers, truth values and texts that read as numbers to numbers, anything to a category.
    /// </summary>
    /// <exception cref="ArgumentException">Columns are missing, a value cannot be converted, or a level is unseen and that is not allowed.</exception>
    public Frame Read(Frame frame, MissingColumn missing = MissingColumn.Throw, UnseenLevel unseen = UnseenLevel.Allow)
    {
        ArgumentNullException.ThrowIfNull(frame);
        string[] lacking = [.. Columns.Where(c => !frame.Has(c.Name)).Select(c => $"'{c.Name}'")];
        if (lacking.Length > 0 && missing == MissingColumn.Throw)
            throw new ArgumentException($"The frame lacks {(lacking.Length == 1 ? "the column" : $"{lacking.Length} columns:")} {string.Join(", ", lacking)}; it has: {frame.ListNames()}. Add them, or let missing columns count as missing values.", nameof(frame));
        var columns = Columns.Select(c => frame.Has(c.Name) ? ColumnConversion.To(frame[c.Name], c.Type) : ColumnConversion.Missing(c.Name, c.Type, frame.Rows)).ToArray();
        if (unseen == UnseenLevel.Throw)
            for (int i = 0; i < columns.Length; i++) RefuseUnseen(columns[i], Columns[i]);
        return new(columns);
    }

    static void RefuseUnseen(Column column, ColumnSchema own)
    {
        const int Shown = 10;
        if (own.Type != ColumnType.Category) return;
        var known = own.Levels.ToHashSet(StringComparer.Ordinal);
        string[] unseen = [.. LevelTable.Of(column).Levels.Where(l => !known.Contains(l))];
        if (unseen.Length == 0) return;
        string list = string.Join(", ", unseen.Take(Shown).Select(l => $"'{l}'"));
        throw new ArgumentException($"Column '{own.Name}' has {unseen.Length} level{(unseen.Length == 1 ? "" : "s")} that did not occur in training: {list}{(unseen.Length > Shown ? ", …" : "")}. Leave those rows out, or allow unseen levels.");
    }

    /// <summary>A frame of one row from values by column; what is not named or null is missing.</summary>
    /// <exception cref="ArgumentException">A name is not a column, or a value does not fit its type.</exception>
    public Frame Row(IEnumerable<KeyValuePair<string, object?>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var given = values.ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
        string[] strange = [.. given.Keys.Where(k => !Columns.Any(c => c.Name == k))];
        if (strange.Length > 0)
            throw new ArgumentException($"'{strange[0]}' is not a column; the columns are: {string.Join(", ", Columns.Select(c => c.Name))}.", nameof(values));
        return new(Columns.Where(c => given.ContainsKey(c.Name)).Select(c => ColumnConversion.One(c.Name, given[c.Name], c.Type)));
    }
}
