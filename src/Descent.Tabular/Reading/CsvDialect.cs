using System.Text;
using CsvHelper;

namespace Descent.Tabular;

/// <summary>How a CSV file is written.</summary>
/// <param name="Encoding">How its characters are bytes.</param>
/// <param name="Delimiter">What stands between cells.</param>
/// <param name="Quote">What stands around cells.</param>
/// <param name="HasHeader">Whether its first row holds names.</param>
sealed record CsvDialect(Encoding Encoding, char Delimiter, char Quote, bool HasHeader)
{
    const int SampleBytes = 256 << 10, SampleRows = 200;

    // In the order of preference: whoever writes tabs or semicolons means them, a comma may belong to a number.
    static readonly char[] s_delimiters = ['\t', ';', '|', ','], s_quotes = ['"', '\''];

    /// <summary>Finds out from the start of a stream what the options leave open.</summary>
    /// <exception cref="InvalidDataException">The file is empty, or no text.</exception>
    internal static CsvDialect Find(Stream stream, ReadOptions options, string file)
    {
        byte[] bytes = new byte[SampleBytes];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length == 0) throw new InvalidDataException($"{file}: the file is empty. Expected a header and rows.");
        bool isWhole = length < bytes.Length;
        var encoding = options.Encoding ?? FindEncoding(bytes.AsSpan(0, length), isWhole);
        string text = encoding.GetString(bytes, 0, length).TrimStart('\uFEFF');
        int nul = text.Count(c => c == '\0');
        if (nul > 0 && nul > text.Length / 100)
            throw new InvalidDataException($"{file}: {nul} of the first {text.Length} characters are NUL: this is no text. Expected a CSV file; name its encoding if it is one.");

        if (text.StartsWith("sep=", StringComparison.Ordinal)) text = text[(text.IndexOf('\n') + 1)..];
        byte[] sample = Encoding.UTF8.GetBytes(text);
        var (delimiter, quote) = FindSeparators(sample, options, isWhole);
        return new(encoding, delimiter, quote, options.HasHeader ?? LooksLikeHeader(Rows(sample, delimiter, quote, isWhole)));
    }

    internal string Describe() =>
        $"CSV: {Encoding.WebName}, delimiter {Name(Delimiter)}, quote {Quote}, {(HasHeader ? "with" : "without")} a header";

    static string Name(char delimiter) => delimiter switch { '\t' => "tab", ',' => "comma", ';' => "semicolon", _ => $"'{delimiter}'" };

    static Encoding FindEncoding(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) return Encoding.UTF8;
        if (bytes is [0xFF, 0xFE, 0, 0, ..]) return Encoding.UTF32;
        if (bytes is [0xFF, 0xFE, ..]) return Encoding.Unicode;
        if (bytes is [0xFE, 0xFF, ..]) return Encoding.BigEndianUnicode;
        // Latin text in UTF-16 has a zero in every other byte.
        int even = 0, odd = 0;
        for (int i = 0; i < bytes.Length; i++)
            if (bytes[i] == 0) _ = (i & 1) == 0 ? even++ : odd++;
        if (odd > bytes.Length / 4 && even <= bytes.Length / 20) return Encoding.Unicode;
        if (even > bytes.Length / 4 && odd <= bytes.Length / 20) return Encoding.BigEndianUnicode;
        // A sample may end within a character.
        int cut = isWhole ? 0 : 3;
        for (int end = bytes.Length; end >= bytes.Length - cut; end--)
            if (System.Text.Unicode.Utf8.IsValid(bytes[..end])) return Encoding.UTF8;
        return CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    }

    static (char Delimiter, char Quote) FindSeparators(byte[] sample, ReadOptions options, bool isWhole)
    {
        char[] quotes = options.Quote is { } q ? [q] : sample.AsSpan().Contains((byte)'"') ? ['"'] : s_quotes;
        (char, char) best = (options.Delimiter ?? ',', quotes[0]);
        double highest = 0;
        foreach (char delimiter in options.Delimiter is { } d ? [d] : s_delimiters)
        {
            foreach (char quote in quotes)
            {
                var rows = Rows(sample, delimiter, quote, isWhole);
                if (rows.Count == 0) continue;
                var (width, count) = rows.GroupBy(r => r.Length).Select(g => (g.Key, g.Count())).MaxBy(g => (g.Item2, g.Key));
                // A single apostrophe belongs to words more often than to cells.
                double score = width < 2 ? 0 : count / (double)rows.Count - (quote == '\'' && !rows.Any(r => r.Any(c => c.Contains(delimiter))) ? 1e-6 : 0);
                if (score > highest) (best, highest) = ((delimiter, quote), score);
            }
        }
        return best;
    }

    static List<string[]> Rows(byte[] sample, char delimiter, char quote, bool isWhole)
    {
        var rows = new List<string[]>();
        using var reader = CsvReader.Create(sample, new() { Separator = delimiter, Quote = quote, HasHeader = false });
        while (rows.Count < SampleRows && reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        // The last row of a sample may be cut off.
        if (!isWhole && rows.Count is > 1 and < SampleRows) rows.RemoveAt(rows.Count - 1);
        return rows;
    }

    /// <summary>A first row is a header unless one of its cells looks like a value: a number, a date, or what its column holds again.</summary>
    static bool LooksLikeHeader(List<string[]> rows)
    {
        if (rows.Count == 0) return true;
        string[] first = rows[0];
        if (first.All(c => c.Length == 0)) return false;
        foreach (string cell in first)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(cell.Trim());
            if (bytes.Length > 0 && (CellText.TryFloat(bytes, false, out double number) && !double.IsNaN(number) || CellText.TryFloat(bytes, true, out _))) return false;
            for (int form = 0; form < CellText.DateForms.Length; form++)
                if (CellText.TryDate(bytes, form, out _)) return false;
        }
        // Text over text: a header's names do not come again below.
        int repeated = first.Where((cell, i) => cell.Length > 0 && rows.Skip(1).Any(r => i < r.Length && r[i] == cell)).Count();
        return repeated * 2 <= first.Length;
    }
}
