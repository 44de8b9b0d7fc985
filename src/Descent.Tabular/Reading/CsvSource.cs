using System.Collections.Immutable;
using System.Text;
using CsvHelper;

namespace Descent.Tabular;

/// <summary>The rows of a CSV file.</summary>
sealed class CsvSource : CellSource
{
    readonly CsvReader _reader;
    readonly string _file;
    readonly BadRows _policy;
    readonly ReadReport _report;
    long _firstInvalid;

    internal CsvSource(Stream stream, string file, CsvDialect dialect, ReadOptions options, ReadReport report)
    {
        (_file, _policy, _report) = (file, options.BadRows, report);
        _reader = CsvReader.Create(stream, new()
        {
            Separator = dialect.Delimiter,
            Quote = dialect.Quote,
            HasHeader = dialect.HasHeader,
            Encoding = dialect.Encoding,
            MaxRecordSize = options.MaxRowBytes,
            TrackLineNumbers = true,
            OnMalformedRecord = m => _openQuote = m.Reason == CsvMalformedReason.UnterminatedQuote ? m.LineNumber : _openQuote,
        });
        Names = Guard(() => ReadNames(dialect));
    }

    long _openQuote;
    bool _isAhead;

    internal override ImmutableArray<string> Names { get; }

    internal override long Line => _reader.LineNumber;

    ImmutableArray<string> ReadNames(CsvDialect dialect)
    {
        if (dialect.HasHeader)
        {
            _reader.ReadHeader();
            return ColumnNames.Unique(_reader.Headers ?? [], _report);
        }
        _isAhead = _reader.Read();
        return [.. Enumerable.Range(1, _isAhead ? _reader.FieldCount : 0).Select(i => $"column_{i}")];
    }

    internal override bool Read() => Guard(() =>
    {
        while (_isAhead || _reader.Read())
        {
            _isAhead = false;
            if (Fault() is not { } fault) return true;
            _report.Bad(_file, _reader.LineNumber, fault, _policy);
        }
        return false;
    });

    string? Fault()
    {
        if (_openQuote != 0 && _openQuote == _reader.LineNumber) return "a quote is opened and never closed.";
        if (_reader.FieldCount != Names.Length) return $"{_reader.FieldCount} cells, but there are {Names.Length} columns.";
        var raw = _reader.RawRecord;
        if (raw.Contains((byte)0)) return "it holds NUL characters.";
        if (_firstInvalid == 0 && raw.IndexOf("\uFFFD"u8) >= 0)
        {
            _firstInvalid = _reader.LineNumber;
            _report.Note($"Line {_firstInvalid} holds bytes that are not in the file's encoding; name the right one in the options.");
        }
        return null;
    }

    internal override ReadOnlySpan<byte> Cell(int column, out CellKind kind)
    {
        kind = CellKind.Plain;
        return _reader.GetSpan(column);
    }

    public override void Dispose() => _reader.Dispose();

    T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is CsvFormatException or DecoderFallbackException)
        {
            throw new InvalidDataException($"{_file}: {error.Message} A quote may be open, or this is no CSV file.", error);
        }
    }
}
