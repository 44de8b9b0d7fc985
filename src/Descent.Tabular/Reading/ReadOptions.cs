using System.Collections.Immutable;
using System.Text;

namespace Descent.Tabular;

/// <summary>What becomes of a row that cannot be read.</summary>
public enum BadRows
{
    /// <summary>It is left out, and reported with its line.</summary>
    Skip,

    /// <summary>Reading ends with an error that names its line.</summary>
    Throw,
}

/// <summary>How tables are read. What is null is found out from the file.</summary>
public sealed record ReadOptions
{
    /// <summary>Between the cells of a CSV file: comma, semicolon, tab and bar are tried.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Around cells of a CSV file that hold delimiters or line breaks.</summary>
    public char? Quote { get; init; }

    /// <summary>How characters are bytes: by its mark, or UTF-8 where it is valid, else Windows-1252.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>Whether the first row holds the names of the columns.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>Whether 1,5 is one and a half. Found out for each column where the delimiter is not a comma.</summary>
    public bool? DecimalComma { get; init; }

    /// <summary>Types that are known, by column.</summary>
    public ImmutableDictionary<string, ColumnType> Types { get; init; } = ImmutableDictionary<string, ColumnType>.Empty;

    /// <summary>What stands for a missing value, besides an empty cell; letters' case does not matter.</summary>
    public ImmutableArray<string> MissingValues { get; init; } = ["NA", "N/A", "#N/A", "NaN", "null", "None", "NULL", "?", "-"];

    /// <summary>What becomes of a row that cannot be read.</summary>
    public BadRows BadRows { get; init; } = BadRows.Skip;

    /// <summary>The greatest length of a row, in bytes; a longer one is an error, so that an open quote cannot swallow memory.</summary>
    public int MaxRowBytes { get; init => field = Check.AtLeast(256, value); } = 64 << 20;

    /// <summary>The name of the sheet of a workbook; null is the first one.</summary>
    public string? Sheet { get; init; }
}
