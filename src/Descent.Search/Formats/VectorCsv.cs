using System.Globalization;

namespace Descent.Search;

/// <summary>Vectors as lines of numbers with commas, semicolons, tabs or blanks between; a first line of names is found out, and its column "id".</summary>
static class VectorCsv
{
    internal static VectorSet Read(string path)
    {
        using var lines = new VectorLines(path);
        if (!lines.Read()) return lines.ToSet();
        byte delimiter = FindDelimiter(lines.Current);
        int idColumn = -1;
        if (IsHeader(lines.Current, delimiter, ref idColumn) && !lines.Read()) throw lines.Damage("no vectors follow the names of the columns.");
        do ReadLine(lines, delimiter, idColumn);
        while (lines.Read());
        return lines.ToSet();
    }

    static byte FindDelimiter(ReadOnlySpan<byte> line)
    {
        foreach (byte candidate in ",;\t"u8)
            if (line.Contains(candidate)) return candidate;
        return (byte)' ';
    }

    /// <summary>Whether a line holds anything but numbers; where it does, which column is called "id".</summary>
    static bool IsHeader(ReadOnlySpan<byte> line, byte delimiter, ref int idColumn)
    {
        bool isHeader = false;
        for (int column = 0; Next(ref line, delimiter, out var field); column++)
        {
            if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) isHeader = true;
            if (idColumn < 0 && field.Length == 2 && (field[0] | 32) == 'i' && (field[1] | 32) == 'd') idColumn = column;
        }
        return isHeader;
    }

    static void ReadLine(VectorLines lines, byte delimiter, int idColumn)
    {
        var line = lines.Current;
        long? id = null;
        for (int column = 0; Next(ref line, delimiter, out var field); column++)
        {
            if (column == idColumn)
                id = long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
                    : throw lines.Damage($"the id {VectorLines.Quote(field)} is no whole number; ids of an index are.");
            else if (float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)) lines.Add(value, field);
            else throw lines.Damage($"field {column + 1}, {VectorLines.Quote(field)}, is no number; expected such as 1.5 or 2e-3, with {Name(delimiter)} between.");
        }
        if (idColumn >= 0 && id is null) throw lines.Damage($"there is no field {idColumn + 1}, which holds the id.");
        lines.EndVector(id);
    }

    static string Name(byte delimiter) => delimiter switch
    {
        (byte)'\t' => "tabs",
        (byte)' ' => "blanks",
        _ => $"'{(char)delimiter}'",
    };

    /// <summary>Takes the next field off a line, without blanks and quotes around it.</summary>
    static bool Next(ref ReadOnlySpan<byte> line, byte delimiter, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (line.IsEmpty) return false;
        int end = line.IndexOf(delimiter);
        field = (end < 0 ? line : line[..end]).Trim(" \t"u8);
        line = end < 0 ? default : line[(end + 1)..];
        if (delimiter == ' ') line = line.TrimStart((byte)' ');
        // What ends in a delimiter has an empty field behind it.
        else if (end >= 0 && line.IsEmpty) line = " "u8;
        if (field.Length >= 2 && field[0] == '"' && field[^1] == '"') field = field[1..^1];
        return true;
    }
}
