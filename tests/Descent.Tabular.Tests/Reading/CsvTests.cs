using System.Text;

namespace Descent.Tabular.Tests;

/// <summary>A CSV file and what must come out of it.</summary>
public sealed record CsvCase(string Name, string Text, int Rows, params (string Name, ColumnType Type)[] Columns)
{
    public Encoding Encoding { get; init; } = new UTF8Encoding(false);

    /// <summary>Cells by row and column, as they are written out.</summary>
    public (int Row, string Column, string? Cell)[] Cells { get; init; } = [];

    /// <summary>Pieces of the report.</summary>
    public string[] Report { get; init; } = [];

    public long BadRows { get; init; }

    public override string ToString() => Name;
}

public sealed class CsvTests
{
    static readonly string s_manyColumns = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"c{i}"));

    public static TheoryData<CsvCase> Files =>
    [
        new("types", "i,f,b,c,d\n1,1.5,true,red,2024-01-31\n-2,2e3,false,blue,2024-02-01\n,,,,\n", 3,
            ("i", ColumnType.Integer), ("f", ColumnType.Float), ("b", ColumnType.Boolean), ("c", ColumnType.Category), ("d", ColumnType.DateTime))
        {
            Cells = [(0, "i", "1"), (1, "f", "2000"), (1, "b", "false"), (1, "c", "blue"), (0, "d", "2024-01-31"), (2, "i", null), (2, "f", null), (2, "b", null), (2, "c", null), (2, "d", null)],
            Report = ["utf-8", "delimiter comma", "with a header", "i: Integer, 1 missing; all 2 values are whole numbers"],
        },
        new("semicolons and decimal commas", "a;b\n1,5;x\n2,25;y\n1.234,5;z\n", 3, ("a", ColumnType.Float), ("b", ColumnType.Category))
        {
            Cells = [(0, "a", "1.5"), (2, "a", "1234.5")],
            Report = ["delimiter semicolon", "with a decimal comma"],
        },
        new("numbers alone, two to a line", "1,5;2,5\n3,5;4,5\n", 2, ("column_1", ColumnType.Float), ("column_2", ColumnType.Float)) { Cells = [(1, "column_2", "4.5")], Report = ["without a header"] },
        new("tabs, no header", "1\t2.5\n3\t4.5\n", 2, ("column_1", ColumnType.Integer), ("column_2", ColumnType.Float)) { Report = ["delimiter tab", "without a header"] },
        new("bars", "a|b\n1|2\n", 1, ("a", ColumnType.Integer), ("b", ColumnType.Integer)),
        new("single quotes", "a,b\n'x, y',1\n'z',2\n", 2, ("a", ColumnType.Category), ("b", ColumnType.Integer)) { Cells = [(0, "a", "x, y")], Report = ["quote '"] },
        new("quoted line breaks and doubled quotes", "a,b\n\"x\ny\",1\n\"say \"\"hi\"\"\",2\n", 2, ("a", ColumnType.Category), ("b", ColumnType.Integer)) { Cells = [(0, "a", "x\ny"), (1, "a", "say \"hi\"")] },
        new("line ends of Windows, none at the end", "a,b\r\n1,2\r\n3,4", 2, ("a", ColumnType.Integer), ("b", ColumnType.Integer)),
        new("Excel's hint", "sep=;\na;b\n1;2\n", 1, ("a", ColumnType.Integer), ("b", ColumnType.Integer)),
        new("leading zeros stay", "zip,n\n01234,1\n98765,2\n", 2, ("zip", ColumnType.Category), ("n", ColumnType.Integer)) { Cells = [(0, "zip", "01234")], Report = ["is a code"] },
        new("too long for 64 bits stays", "id\n123456789012345678901\n1\n", 2, ("id", ColumnType.Category)) { Cells = [(0, "id", "123456789012345678901")] },
        new("one word among numbers", "a\n1\n2\nlots\n", 3, ("a", ColumnType.Category)) { Report = ["'lots' in line 4 is no number"] },
        new("missing marks", "a,b\nNA,1\n?,2\nn/a,3\n5,-\n", 4, ("a", ColumnType.Integer), ("b", ColumnType.Integer)) { Cells = [(0, "a", null), (3, "a", "5"), (3, "b", null)] },
        new("spaces around", "a , b\n 1 , x \n 2 , y \n", 2, ("a", ColumnType.Integer), ("b", ColumnType.Category)) { Cells = [(0, "b", "x")] },
        new("dates with times", "t\n2024-01-31 12:30:00\n2024-01-31T23:59:59.5Z\n", 2, ("t", ColumnType.DateTime)) { Cells = [(0, "t", "2024-01-31T12:30:00"), (1, "t", "2024-01-31T23:59:59.5")] },
        new("days before months", "t\n31/01/2024\n01/02/2024\n", 2, ("t", ColumnType.DateTime)) { Cells = [(1, "t", "2024-02-01")] },
        new("days or months first", "t\n01/02/2024\n03/04/2024\n", 2, ("t", ColumnType.DateTime)) { Cells = [(0, "t", "2024-01-02")], Report = ["may be the other way round"] },
        new("points between day and month", "t\n1.2.2024\n31.12.2024\n", 2, ("t", ColumnType.DateTime)) { Cells = [(0, "t", "2024-02-01")] },
        new("free text", "t\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"sentence number {i}\n")), 60, ("t", ColumnType.Text)),
        new("infinite", "a\ninf\n-Infinity\n1e400\n", 3, ("a", ColumnType.Category)),
        // What strangers send.
        new("ragged rows", "a,b\n1,2\n3\n4,5,6\n7,8\n", 2, ("a", ColumnType.Integer), ("b", ColumnType.Integer)) { BadRows = 2, Report = ["line 3: 1 cells, but there are 2 columns", "line 4: 3 cells"] },
        new("a NUL in a cell", "a,b\n" + string.Concat(Enumerable.Repeat("1,2\n", 100)) + "x\0,3\n", 100, ("a", ColumnType.Integer), ("b", ColumnType.Integer)) { BadRows = 1, Report = ["line 102: it holds NUL"] },
        new("an open quote at the end", "a,b\n1,2\n3,4\n\"5,6\n", 2, ("a", ColumnType.Integer), ("b", ColumnType.Integer)) { BadRows = 1, Report = ["line 4"] },
        new("names that are the same or missing", "a,a,,a_2\n1,2,3,4\n", 1, ("a", ColumnType.Integer), ("a_3", ColumnType.Integer), ("column_3", ColumnType.Integer), ("a_2", ColumnType.Integer)) { Report = ["it is called 'a_3'", "has no name"] },
        new("a column of nothing", "a,b\n1,\n2,\n", 2, ("a", ColumnType.Integer), ("b", ColumnType.Float)) { Cells = [(0, "b", null)], Report = ["there is no value at all"] },
        new("a header and no rows", "a,b\n", 0, ("a", ColumnType.Float), ("b", ColumnType.Float)),
        new("one column", "a\nx\n\ny\n", 2, ("a", ColumnType.Category)),
        new("UTF-8 with a mark", "\uFEFFé,b\n1,2\n", 1, ("é", ColumnType.Integer), ("b", ColumnType.Integer)),
        new("UTF-16", "é,b\nü,2\n", 1, ("é", ColumnType.Category), ("b", ColumnType.Integer)) { Encoding = Encoding.Unicode, Cells = [(0, "é", "ü")], Report = ["utf-16"] },
        new("Latin 1", "name,b\nMüller,2\n", 1, ("name", ColumnType.Category), ("b", ColumnType.Integer)) { Encoding = Encoding.Latin1, Cells = [(0, "name", "Müller")], Report = ["windows-1252"] },
    ];

    [Theory, MemberData(nameof(Files))]
    public void Files_are_understood(CsvCase file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var frame = Frame.ReadCsv(new MemoryStream(file.Encoding.GetBytes(file.Text)));
        Assert.Equal(file.Columns, frame.Columns.Select(c => (c.Name, c.Type)));
        Assert.Equal(file.Rows, frame.Rows);
        foreach (var (row, column, cell) in file.Cells) Assert.Equal(cell, frame[column].Format(row));
        foreach (string piece in file.Report) Assert.Contains(piece, frame.Report!.ToString(), StringComparison.Ordinal);
        Assert.Equal(file.BadRows, frame.Report!.BadRowCount);
        Assert.Equal(file.Rows, frame.Report.Rows);
    }

    [Theory, MemberData(nameof(Files))]
    public void Batches_hold_what_the_whole_does(CsvCase file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file.Encoding.GetBytes(file.Text));
            var batches = Frame.StreamCsv(path, rows: 2).ToArray();
            Assert.Equal(Lines(Frame.ReadCsv(path)), batches.SelectMany(Lines));
            Assert.All(batches.SkipLast(1), b => Assert.Equal(2, b.Rows));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void What_is_written_reads_the_same(CsvCase file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var frame = Frame.ReadCsv(new MemoryStream(file.Encoding.GetBytes(file.Text)));
        var types = frame.Columns.ToDictionary(c => c.Name, c => c.Type);
        var stream = new MemoryStream();
        frame.WriteCsv(stream);
        stream.Position = 0;
        var again = Frame.ReadCsv(stream, new() { Types = [.. types], HasHeader = true, Delimiter = ',', Quote = '"' });
        Assert.Equal(Lines(frame), Lines(again));

        stream = new();
        frame.WriteJsonLines(stream);
        stream.Position = 0;
        if (frame.Rows > 0) Assert.Equal(Lines(frame), Lines(Frame.ReadJsonLines(stream, new() { Types = [.. types] })));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a,b\n1\n2\n3\n4,5\n", "3 of 4 rows are bad; the first: line 2")]
    [InlineData("\0\u0001\0\u0002\0\0\0\0", "this is no text")]
    public void What_is_no_table_is_refused(string text, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Frame.ReadCsv(new MemoryStream(Encoding.Latin1.GetBytes(text))));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_rows_can_be_errors()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read("a,b\n1,2\n3\n", new() { BadRows = BadRows.Throw }));
        Assert.Contains("line 3: 1 cells, but there are 2 columns", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_that_is_not_of_the_type_asked_for_is_named()
    {
        var options = new ReadOptions { Types = System.Collections.Immutable.ImmutableDictionary<string, ColumnType>.Empty.Add("a", ColumnType.Integer) };
        var error = Assert.Throws<InvalidDataException>(() => Read("a\n1\nlots\n", options));
        Assert.Contains("line 3: 'lots' in column 'a' is not Integer", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Read("b\n1\n", options));
    }

    [Fact]
    public void An_endless_line_is_refused_before_it_fills_memory()
    {
        var error = Assert.Throws<InvalidDataException>(() => Frame.ReadCsv(WriteEndless("a,b\n1,\""), new() { MaxRowBytes = 1 << 20 }));
        Assert.Contains("A quote may be open", error.Message, StringComparison.Ordinal);

        static MemoryStream WriteEndless(string start)
        {
            var stream = new MemoryStream();
            stream.Write(Encoding.ASCII.GetBytes(start));
            stream.Write(Enumerable.Repeat((byte)'x', 8 << 20).ToArray());
            stream.Position = 0;
            return stream;
        }
    }

    [Fact]
    public void Fifty_thousand_columns_are_read()
    {
        var frame = Read($"{s_manyColumns}\n{string.Join(',', Enumerable.Range(0, 50_000))}\n");
        Assert.Equal((50_000, 1), (frame.Columns.Length, frame.Rows));
        Assert.Equal(49_999, frame.Get<IntegerColumn>("c49999")[0]);
        Assert.Contains("(50000 in all)", Assert.Throws<ArgumentException>(() => frame["c"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_refused_or_read()
    {
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            // Half of them mostly of what CSV files are made of.
            if (i % 2 == 0) for (int k = 0; k < bytes.Length; k++) bytes[k] = "a1,;\"\n\r\t .-\0é"u8[bytes[k] % 14];
            try
            {
                var frame = Frame.ReadCsv(new MemoryStream(bytes));
                Assert.All(frame.Columns, c => Assert.Equal(frame.Rows, c.Count));
            }
            catch (InvalidDataException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    static Frame Read(string text, ReadOptions? options = null) => Frame.ReadCsv(new MemoryStream(Encoding.UTF8.GetBytes(text)), options);

    internal static IEnumerable<string> Lines(Frame frame) =>
        Enumerable.Range(0, frame.Rows).Select(row => string.Join('\u001f', frame.Columns.Select(c => c.Format(row) ?? "\u0000")));
}
