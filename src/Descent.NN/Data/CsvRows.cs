using System.Globalization;
using System.Text;

namespace Descent.NN;

/// <summary>How a file of numbers is written.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between two fields.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Whether the first line names the columns; else they are called 0, 1, 2 and so on.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>Fields that stand for a number that is not known; it becomes NaN.</summary>
    public IReadOnlyCollection<string> Missing { get; init; } = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"];
}

/// <summary>The rows of a file of numbers, read one after the other.</summary>
/// <remarks>RFC 4180: fields may stand in quotes, and a quoted one may hold delimiters and doubled quotes; but no line ends.</remarks>
sealed class CsvRows
{
    readonly TextReader _reader;
    readonly string _name;
    readonly CsvOptions _options;
    readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _missing;
    readonly List<string> _fields = [];
    readonly StringBuilder _quoted = new();
    string? _line;
    int _number;

    internal CsvRows(TextReader reader, string name, CsvOptions options)
    {
        (_reader, _name, _options) = (reader, name, options);
        _missing = new HashSet<string>(options.Missing, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        Advance();
        if (_line is null) throw new InvalidDataException($"{name}: the file is empty; expected {(options.HasHeader ? "a header and rows" : "rows")} of numbers.");
        Split();
        if (options.HasHeader)
        {
            Columns = [.. _fields];
            for (int i = 0; i < Columns.Length; i++)
                if (Array.IndexOf(Columns, Columns[i]) is var first && first < i)
                    throw new InvalidDataException($"{name}: line {_number}: columns {first + 1} and {i + 1} are both called \"{Columns[i]}\". Rename one.");
            Advance();
        }
        else
        {
            Columns = [.. Enumerable.Range(0, _fields.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        }
    }

    internal string[] Columns { get; }

    /// <summary>Leaves out the next row without looking into it.</summary>
    internal bool Skip()
    {
        if (_line is null) return false;
        Advance();
        return true;
    }

    /// <summary>Reads the next row.</summary>
    internal bool Read(Span<double> row)
    {
        if (_line is null) return false;
        Split();
        if (_fields.Count != row.Length)
            throw new InvalidDataException($"{_name}: line {_number} has {_fields.Count} fields, but there are {row.Length} columns. " +
                $"Is '{_options.Delimiter}' the delimiter, and are fields that hold it in quotes?");
        for (int i = 0; i < row.Length; i++)
        {
            var field = _fields[i].AsSpan().Trim();
            if (_missing.Contains(field)) row[i] = double.NaN;
            else if (!double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out row[i]))
                throw new InvalidDataException($"{_name}: line {_number}, column {i + 1} (\"{Columns[i]}\"): {Quote(field)} is no number. " +
                    "Numbers are written as 1.5 or 2e-3; give CsvOptions.Missing what stands for an unknown one.");
        }
        Advance();
        return true;
    }

    /// <summary>Goes to the next line that is not blank.</summary>
    void Advance()
    {
        do
        {
            _line = _reader.ReadLine();
            _number++;
        }
        while (_line is not null && string.IsNullOrWhiteSpace(_line));
    }

    void Split()
    {
        _fields.Clear();
        string line = _line!;
        int at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"') at = Quoted(line, at + 1);
            else
            {
                int end = line.IndexOf(_options.Delimiter, at);
                if (end < 0) end = line.Length;
                _fields.Add(line[at..end]);
                at = end;
            }
            if (at == line.Length) return;
            at++;
        }
    }

    /// <summary>Reads a field from after its opening quote on and returns where the delimiter or the line's end is.</summary>
    int Quoted(string line, int at)
    {
        _quoted.Clear();
        for (; at < line.Length; at++)
        {
            if (line[at] != '"') _quoted.Append(line[at]);
            else if (at + 1 < line.Length && line[at + 1] == '"') _quoted.Append(line[at++]);
            else
            {
                _fields.Add(_quoted.ToString());
                return at + 1 == line.Length || line[at + 1] == _options.Delimiter
                    ? at + 1
                    : throw new InvalidDataException($"{_name}: line {_number}: '{line[at + 1]}' follows the quote that closes field {_fields.Count}; expected '{_options.Delimiter}' or the end of the line.");
            }
        }
        throw new InvalidDataException($"{_name}: line {_number}: the quote that opens field {_fields.Count + 1} is never closed on its line.");
    }

    static string Quote(ReadOnlySpan<char> text) => text.Length > 40 ? $"\"{text[..40]}…\"" : $"\"{text}\"";
}
