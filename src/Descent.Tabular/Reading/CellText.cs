using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>What the characters of a cell may mean.</summary>
static class CellText
{
    const int LongestNumber = 400;

    static readonly string[][] s_dateForms =
    [
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss.FFFFFFFK"],
        ["yyyy/M/d", "yyyy/M/d H:mm", "yyyy/M/d H:mm:ss"],
        ["d.M.yyyy", "d.M.yyyy H:mm", "d.M.yyyy H:mm:ss"],
        ["M/d/yyyy", "M/d/yyyy H:mm", "M/d/yyyy H:mm:ss", "M/d/yyyy h:mm tt", "M/d/yyyy h:mm:ss tt"],
        ["d/M/yyyy", "d/M/yyyy H:mm", "d/M/yyyy H:mm:ss"],
        ["d-M-yyyy", "d-M-yyyy H:mm", "d-M-yyyy H:mm:ss"],
        ["d-MMM-yyyy", "d MMM yyyy", "MMM d, yyyy"],
    ];

    /// <summary>How dates are written, best known first; month before day and day before month follow one another.</summary>
    internal static ReadOnlySpan<string[]> DateForms => s_dateForms;

    internal const int MonthFirst = 3, DayFirst = 4;

    internal static bool TryInteger(ReadOnlySpan<byte> cell, out long value)
    {
        value = 0;
        return !cell.IsEmpty && cell[0] is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+'
            && long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether it is a whole number that loses by being one: leading zeros, or more digits than 64 bits hold.</summary>
    internal static bool IsCode(ReadOnlySpan<byte> cell)
    {
        if (cell.Length > 1 && cell[0] == '0' && cell.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) return true;
        var digits = cell.Length > 0 && cell[0] is (byte)'-' or (byte)'+' ? cell[1..] : cell;
        return digits.Length > 18 && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && !TryInteger(cell, out _);
    }

    internal static bool TryFloat(ReadOnlySpan<byte> cell, bool decimalComma, out double value)
    {
        value = double.NaN;
        if (cell.IsEmpty || cell.Length > LongestNumber) return false;
        if (!decimalComma) return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        Span<byte> point = stackalloc byte[cell.Length];
        int length = 0;
        foreach (byte b in cell)
            // A point between groups of three digits, as in 1.234,5, says nothing.
            if (b != '.') point[length++] = b == ',' ? (byte)'.' : b;
        return (length == cell.Length || HasWholeGroups(cell)) && double.TryParse(point[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    static bool HasWholeGroups(ReadOnlySpan<byte> cell)
    {
        int comma = cell.IndexOf((byte)',');
        var whole = comma < 0 ? cell : cell[..comma];
        if (comma >= 0 && cell[comma..].Contains((byte)'.')) return false;
        int first = whole.IndexOf((byte)'.');
        if (first < 1) return false;
        for (int at = first; at < whole.Length; at += 4)
            if (whole[at] != '.' || at + 4 > whole.Length || whole.Slice(at + 1, 3).Contains((byte)'.')) return false;
        return (whole.Length - first) % 4 == 0;
    }

    internal static bool TryBoolean(ReadOnlySpan<byte> cell, out bool value)
    {
        value = Ascii.EqualsIgnoreCase(cell, "true"u8) || Ascii.EqualsIgnoreCase(cell, "yes"u8) || Ascii.EqualsIgnoreCase(cell, "t"u8) || Ascii.EqualsIgnoreCase(cell, "y"u8);
        return value || Ascii.EqualsIgnoreCase(cell, "false"u8) || Ascii.EqualsIgnoreCase(cell, "no"u8) || Ascii.EqualsIgnoreCase(cell, "f"u8) || Ascii.EqualsIgnoreCase(cell, "n"u8);
    }

    /// <param name="cell">The cell.</param>
    /// <param name="form">Which of <see cref="DateForms"/>.</param>
    /// <param name="value">The date; of one with an offset the time in UTC.</param>
    internal static bool TryDate(ReadOnlySpan<byte> cell, int form, out DateTime value)
    {
        const int Longest = 40;
        value = default;
        if (cell.Length is < 8 or > Longest) return false;
        Span<char> text = stackalloc char[Longest];
        return Encoding.UTF8.TryGetChars(cell, text, out int length)
            && DateTime.TryParseExact(text[..length], s_dateForms[form], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out value);
    }

    internal static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> cell)
    {
        while (!cell.IsEmpty && cell[0] is (byte)' ' or (byte)'\t') cell = cell[1..];
        while (!cell.IsEmpty && cell[^1] is (byte)' ' or (byte)'\t') cell = cell[..^1];
        return cell;
    }

    /// <summary>A cell short and printable enough to stand in a message.</summary>
    internal static string Quote(ReadOnlySpan<byte> cell)
    {
        const int Longest = 40;
        string text = Encoding.UTF8.GetString(cell[..Math.Min(cell.Length, 4 * Longest)]);
        if (text.Length > Longest) text = string.Concat(text.AsSpan(0, Longest), "…");
        return "'" + string.Concat(text.Select(c => char.IsControl(c) ? '·' : c)) + "'";
    }
}
