using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Descent.Tensors.Formats;

namespace Descent.Tabular;

/// <summary>The rows of a file of JSON objects, one a line.</summary>
sealed class JsonLinesSource : CellSource
{
    // A table has a cell for every row in every column: lines of which each has other names would take the square of their number.
    const long MostCells = 1 << 22, MostCellsOfByte = 64;

    readonly BoundedLines _lines;
    readonly string _file;
    readonly BadRows _policy;
    readonly ReadReport _report;
    readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    readonly (byte[] Text, CellKind Kind)[] _cells;
    // The line that gave a cell last: a second time is once too often.
    readonly long[] _givenIn;

    internal JsonLinesSource(Stream stream, string file, ImmutableArray<string> names, ReadOptions options, ReadReport report)
    {
        (_lines, _file, _policy, _report, Names) = (new(stream, file, options.MaxRowBytes), file, options.BadRows, report, names);
        (_cells, _givenIn) = (new (byte[], CellKind)[names.Length], new long[names.Length]);
        for (int i = 0; i < names.Length; i++) _places.Add(names[i], i);
    }

    /// <summary>The names of all lines, in order of appearance.</summary>
    internal static ImmutableArray<string> FindNames(Func<Stream> open, string file, ReadOptions options)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using var lines = new BoundedLines(open(), file, options.MaxRowBytes);
        long rows = 0, bytes = 0;
        while (lines.Read())
        {
            if (lines.Current.IsEmpty) continue;
            rows++;
            bytes += lines.Current.Length;
            try
            {
                using var document = JsonDocument.Parse(lines.Current);
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                    Visit(document.RootElement, "", (name, _) => { if (seen.Add(name)) names.Add(name); });
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // The line is told where rows are read.
            }
        }
        if (rows == 0) throw new InvalidDataException($"{file}: the file is empty. Expected a JSON object on each line.");
        if (rows * names.Count > Math.Max(MostCells, MostCellsOfByte * bytes))
            throw new InvalidDataException($"{file}: {rows} rows × {names.Count} columns are too many for a table without gaps: hardly a line has the names of another. Put what differs into a list of names and values.");
        return [.. names];
    }

    internal override ImmutableArray<string> Names { get; }

    internal override long Line => _lines.Number;

    internal override bool Read()
    {
        while (_lines.Read())
        {
            if (_lines.Current.IsEmpty) continue;
            Array.Fill(_cells, ([], CellKind.Missing));
            try
            {
                using var document = JsonDocument.Parse(_lines.Current);
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                {
                    string? twice = null;
                    Visit(document.RootElement, "", (name, value) =>
                    {
                        int place = _places[name];
                        if (_givenIn[place] == _lines.Number) twice ??= name;
                        (_cells[place], _givenIn[place]) = (Cell(value), _lines.Number);
                    });
                    if (twice is null) return true;
                    Bad($"the name '{twice}' occurs twice.");
                }
                else Bad($"it is a JSON {document.RootElement.ValueKind}; expected an object.");
            }
            catch (JsonException error)
            {
                // What it says of the line is of the only one that it was given.
                Bad($"byte {error.BytePositionInLine}: it is no JSON: {error.Message.Split(" LineNumber: ")[0]}");
            }
            catch (InvalidOperationException error)
            {
                Bad($"it is no JSON: {error.Message}");
            }
        }
        return false;

        void Bad(string reason) => _report.Bad(_file, _lines.Number, reason, _policy);
    }

    internal override ReadOnlySpan<byte> Cell(int column, out CellKind kind)
    {
        kind = _cells[column].Kind;
        return _cells[column].Text;
    }

    static void Visit(JsonElement item, string prefix, Action<string, JsonElement> action)
    {
        foreach (var property in item.EnumerateObject())
        {
            string name = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object) Visit(property.Value, name + ".", action);
            else action(name, property.Value);
        }
    }

    static (byte[], CellKind) Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => ([], CellKind.Missing),
        JsonValueKind.String => (Encoding.UTF8.GetBytes(value.GetString()!), CellKind.Text),
        JsonValueKind.Array => (Encoding.UTF8.GetBytes(value.GetRawText()), CellKind.Text),
        _ => (Encoding.UTF8.GetBytes(value.GetRawText()), CellKind.Plain),
    };

    public override void Dispose() => _lines.Dispose();
}
