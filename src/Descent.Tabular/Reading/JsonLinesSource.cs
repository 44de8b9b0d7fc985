using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Descent.Tensors.Formats;

namespace Descent.Tabular;

/// <summary>The rows of a file of JSON objects, one a line.</summary>
sealed class JsonLinesSource : CellSource
{
    readonly BoundedLines _lines;
    readonly string _file;
    readonly BadRows _policy;
    readonly ReadReport _report;
    readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    readonly (byte[] Text, CellKind Kind)[] _cells;

    internal JsonLinesSource(Stream stream, string file, ImmutableArray<string> names, ReadOptions options, ReadReport report)
    {
        (_lines, _file, _policy, _report, Names) = (new(stream, file, options.MaxRowBytes), file, options.BadRows, report, names);
        _cells = new (byte[], CellKind)[names.Length];
        for (int i = 0; i < names.Length; i++) _places.Add(names[i], i);
    }

    /// <summary>The names of all lines, in order of appearance.</summary>
    internal static ImmutableArray<string> FindNames(Func<Stream> open, string file, ReadOptions options)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using var lines = new BoundedLines(open(), file, options.MaxRowBytes);
        bool any = false;
        while (lines.Read())
        {
            any = true;
            if (lines.Current.IsEmpty) continue;
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
        if (!any) throw new InvalidDataException($"{file}: the file is empty. Expected a JSON object on each line.");
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
                    Visit(document.RootElement, "", (name, value) => _cells[_places[name]] = Cell(value));
                    return true;
                }
                _report.Bad(_file, _lines.Number, $"it is a JSON {document.RootElement.ValueKind}; expected an object.", _policy);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                _report.Bad(_file, _lines.Number, $"it is no JSON: {error.Message}", _policy);
            }
        }
        return false;
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
