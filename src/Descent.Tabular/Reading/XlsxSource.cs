using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ExcelDataReader;

namespace Descent.Tabular;

/// <summary>The rows of a sheet of a workbook.</summary>
sealed class XlsxSource : CellSource
{
    // The reader asks for this page of codes even where no cell is written in it.
    static XlsxSource() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    readonly IExcelDataReader _reader;
    readonly string _file;
    readonly BadRows _policy;
    readonly ReadReport _report;
    bool _isAhead;

    internal XlsxSource(Stream stream, string file, ReadOptions options, ReadReport report)
    {
        (_file, _policy, _report) = (file, options.BadRows, report);
        _reader = Guard(() => ExcelReaderFactory.CreateOpenXmlReader(stream));
        Names = Guard(() => Start(options));
        report.Format = $"XLSX: sheet '{_reader.Name}'";
    }

    internal override ImmutableArray<string> Names { get; }

    internal override long Line => _reader.Depth + 1;

    ImmutableArray<string> Start(ReadOptions options)
    {
        var sheets = new List<string>();
        do
        {
            sheets.Add(_reader.Name);
            if (options.Sheet is not null && _reader.Name != options.Sheet) continue;
            bool any = _reader.Read();
            bool hasHeader = options.HasHeader ?? Enumerable.Range(0, any ? _reader.FieldCount : 0).All(i => _reader.GetValue(i) is null or string);
            _isAhead = any && !hasHeader;
            var numbers = Enumerable.Range(0, _reader.FieldCount);
            return _isAhead ? [.. numbers.Select(i => $"column_{i + 1}")]
                : any ? ColumnNames.Unique(numbers.Select(i => _reader.GetValue(i)?.ToString() ?? ""), _report) : [];
        }
        while (_reader.NextResult());
        throw new InvalidDataException($"{_file}: there is no sheet '{options.Sheet}'; the sheets are: {string.Join(", ", sheets)}.");
    }

    internal override bool Read() => Guard(() =>
    {
        while (_isAhead || _reader.Read())
        {
            _isAhead = false;
            int cells = _reader.FieldCount;
            if (Enumerable.Range(0, cells).All(i => _reader.GetValue(i) is null)) continue;
            bool isTooLong = Enumerable.Range(0, cells).Any(i => i >= Names.Length && _reader.GetValue(i) is not null);
            if (!isTooLong) return true;
            _report.Bad(_file, Line, $"it has cells beyond the {Names.Length} columns.", _policy);
        }
        return false;
    });

    internal override ReadOnlySpan<byte> Cell(int column, out CellKind kind)
    {
        object? value = column < _reader.FieldCount ? _reader.GetValue(column) : null;
        kind = value switch { null => CellKind.Missing, string => CellKind.Text, _ => CellKind.Plain };
        return Encoding.UTF8.GetBytes(value switch
        {
            null => "",
            DateTime date => date.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        });
    }

    public override void Dispose() => _reader.Dispose();

    /// <summary>Whatever the reader stumbles on is the file's fault.</summary>
    T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not (InvalidDataException or IOException or OutOfMemoryException))
        {
            throw new InvalidDataException($"{_file}: this is no XLSX workbook, or it is damaged: {error.Message}", error);
        }
    }
}
