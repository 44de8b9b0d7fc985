using System.Buffers.Text;
using System.Globalization;
using Descent.Tensors.Formats;

namespace Descent.Tabular;

/// <summary>Files of <c>label index:value …</c>, indices from 0 or 1.</summary>
static class LibSvm
{
    // Cells that are not named take memory too: so many for each that is named, as of words in texts, and no more.
    const long MostCells = 1L << 31, MostCellsOfNamed = 8192, FewCells = 1 << 20;

    internal static Frame Read(Stream stream, string file)
    {
        var labels = new List<double>();
        var queries = new List<long>();
        var cells = new List<(int Row, int Index, double Value)>();
        int least = int.MaxValue, most = -1;
        using var lines = new BoundedLines(stream, file, 64 << 20);
        while (lines.Read())
        {
            var line = CellText.Trim(lines.Current.Span);
            int comment = line.IndexOf((byte)'#');
            if (comment >= 0) line = CellText.Trim(line[..comment]);
            if (line.IsEmpty) continue;
            labels.Add(Number(Next(ref line), file, lines.Number));
            while (!line.IsEmpty)
            {
                var pair = Next(ref line);
                int colon = pair.IndexOf((byte)':');
                if (colon < 1) throw Damage(file, lines.Number, pair);
                if (pair[..colon].SequenceEqual("qid"u8))
                {
                    if (!CellText.TryInteger(pair[(colon + 1)..], out long query)) throw Damage(file, lines.Number, pair);
                    queries.Add(query);
                    continue;
                }
                if (!Utf8Parser.TryParse(pair[..colon], out int index, out int used) || used != colon || index < 0) throw Damage(file, lines.Number, pair);
                cells.Add((labels.Count - 1, index, Number(pair[(colon + 1)..], file, lines.Number)));
                (least, most) = (Math.Min(least, index), Math.Max(most, index));
            }
            if (queries.Count != 0 && queries.Count != labels.Count) throw new InvalidDataException($"{file}: line {lines.Number}: some lines have one qid and others none or two; expected one each.");
        }
        if (labels.Count == 0) throw new InvalidDataException($"{file}: there are no rows. Expected lines of label index:value.");
        return Table(file, labels, queries, cells, Math.Min(least, 1), most);
    }

    static Frame Table(string file, List<double> labels, List<long> queries, List<(int Row, int Index, double Value)> cells, int first, int last)
    {
        long width = Math.Max(0, (long)last - first + 1);
        if (width * labels.Count > Math.Min(MostCells, Math.Max(FewCells, MostCellsOfNamed * cells.Count)))
            throw new InvalidDataException($"{file}: {labels.Count} rows × {width} columns are too many for a table without gaps. Renumber the columns, or drop rare ones.");
        var features = new double[width][];
        for (int i = 0; i < width; i++) features[i] = new double[labels.Count];
        foreach (var (row, index, value) in cells) features[index - first][row] = value;
        var columns = new List<Column> { Column.Of("label", [.. labels]) };
        if (queries.Count > 0) columns.Add(Column.Of("qid", [.. queries]));
        for (int i = 0; i < width; i++) columns.Add(Column.Of(string.Create(CultureInfo.InvariantCulture, $"f{i}"), features[i]));
        return new(columns) { Report = new() { Format = $"LibSVM: indices from {first}", Rows = labels.Count } };
    }

    static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        var word = end < 0 ? line : line[..end];
        line = end < 0 ? [] : CellText.Trim(line[end..]);
        return word;
    }

    static double Number(ReadOnlySpan<byte> word, string file, long line) => CellText.TryFloat(word, false, out double value) ? value : throw Damage(file, line, word);

    static InvalidDataException Damage(string file, long line, ReadOnlySpan<byte> word) =>
        new($"{file}: line {line}: {CellText.Quote(word)} is not of the form index:value.");
}
