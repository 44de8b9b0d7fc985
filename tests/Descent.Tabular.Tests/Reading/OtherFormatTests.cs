using System.IO.Compression;
using System.Text;

namespace Descent.Tabular.Tests;

public sealed class OtherFormatTests
{
    [Fact]
    public void Json_lines_keep_their_types_and_flatten_objects()
    {
        var frame = Frame.ReadJsonLines(Bytes("""
            {"a": 1, "b": "1", "c": {"d": true, "e": null}, "f": [1, 2]}

            {"a": 2.5, "b": "2", "late": "2024-05-06"}
            [1]
            {"a": oops
            """));
        Assert.Equal([("a", ColumnType.Float), ("b", ColumnType.Category), ("c.d", ColumnType.Boolean), ("c.e", ColumnType.Float), ("f", ColumnType.Category), ("late", ColumnType.DateTime)],
            frame.Columns.Select(c => (c.Name, c.Type)));
        Assert.Equal(["1", "2.5"], Enumerable.Range(0, 2).Select(frame["a"].Format));
        Assert.Equal("[1, 2]", frame["f"].Format(0));
        Assert.True(frame["late"].IsMissing(0));
        Assert.Equal([4L, 5L], frame.Report!.BadRows.Select(b => b.Line));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "is empty")]
    [InlineData("1\n2\n3\n", "3 of 3 rows are bad; the first: line 1: it is a JSON Number; expected an object. The file was taken for JSON lines.")]
    [InlineData("{\"a\": nought}\n", "1 of 1 rows are bad; the first: line 1: byte 7: it is no JSON: ")]
    [InlineData("{\"a\": 1, \"a\": null}\n", "line 1: the name 'a' occurs twice.")]
    [InlineData("{\"a.b\": 1, \"a\": {\"b\": 2}}\n", "line 1: the name 'a.b' occurs twice.")]
    public void What_is_no_json_lines_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Frame.ReadJsonLines(Bytes(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_small_file_does_not_become_a_large_table()
    {
        var lines = Bytes(string.Concat(Enumerable.Range(0, 3_000).Select(i => $"{{\"c{i}\": 1}}\n")));
        Assert.Contains("3000 rows × 3000 columns are too many", Assert.Throws<InvalidDataException>(() => Frame.ReadJsonLines(lines)).Message, StringComparison.Ordinal);
        foreach (string index in (string[])["2147483647", "2147483646", "5000000"])
            Assert.Contains("columns are too many", Assert.Throws<InvalidDataException>(() => Frame.ReadLibSvm(Bytes($"1 {index}:2\n"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sparse_rows_fill_with_zeros()
    {
        var frame = Frame.ReadLibSvm(Bytes("2 qid:1 1:0.5 3:-1e2 # note\n0 qid:1\n1 qid:2 2:7\n"));
        Assert.Equal(["label", "qid", "f0", "f1", "f2"], frame.Names);
        Assert.Equal(["2|1|0.5|0|-100", "0|1|0|0|0", "1|2|0|7|0"], CsvTests.Lines(frame).Select(l => l.Replace('\u001f', '|')));
    }

    [Theory]
    [InlineData("1 a:2\n", "line 1: 'a:2'")]
    [InlineData("1 1:2\n1 3\n", "line 2: '3'")]
    [InlineData("1 1:x\n", "line 1: 'x'")]
    [InlineData("1 -1:2\n", "'-1:2'")]
    [InlineData("", "no rows")]
    [InlineData("1 1:1\n2 2000000000:1\n", "too many")]
    public void Bad_sparse_rows_are_named(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Frame.ReadLibSvm(Bytes(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void Sheets_are_read_with_the_types_of_their_cells()
    {
        var frame = Frame.ReadXlsx(Workbook());
        Assert.Equal([("name", ColumnType.Category), ("n", ColumnType.Float), ("ok", ColumnType.Boolean)], frame.Columns.Select(c => (c.Name, c.Type)));
        Assert.Equal(["x\u001f1.5\u001ftrue", "y\u001f\u0000\u001ffalse"], CsvTests.Lines(frame));
        Assert.Contains("sheet 'First'", frame.Report!.Format, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(() => Frame.ReadXlsx(Workbook(), new() { Sheet = "Second" }));
        Assert.Contains("the sheets are: First", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Frame.ReadXlsx(Bytes("PK no workbook")));
    }

    /// <summary>The least that is a workbook, as the standard has it.</summary>
    static MemoryStream Workbook()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write("[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>""");
            Write("_rels/.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Write("xl/workbook.xml", """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="First" sheetId="1" r:id="rId1"/></sheets></workbook>""");
            Write("xl/_rels/workbook.xml.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""");
            Write("xl/worksheets/sheet1.xml", """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>n</t></is></c><c r="C1" t="inlineStr"><is><t>ok</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2"><v>1.5</v></c><c r="C2" t="b"><v>1</v></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>y</t></is></c><c r="C3" t="b"><v>0</v></c></row></sheetData></worksheet>""");

            void Write(string name, string text)
            {
                using var part = new StreamWriter(zip.CreateEntry(name).Open());
                part.Write(text);
            }
        }
        stream.Position = 0;
        return stream;
    }

    static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
