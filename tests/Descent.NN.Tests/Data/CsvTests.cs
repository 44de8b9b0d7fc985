using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class CsvTests
{
    static CsvTable Read(string text, CsvOptions? options = null) => CsvTable.Read(new StringReader(text), "data.csv", options);

    [Fact]
    public void Numbers_are_read_under_their_names()
    {
        var table = Read("""
            area,"rooms, all",price
            12.5,3,1e3

            "-4", NA ,"7"
            """);
        Assert.Equal(["area", "rooms, all", "price"], table.Columns);
        Assert.Equal(new Shape(2, 3), table.Values.Shape);
        Assert.Equal([12.5, 3, 1000, -4, double.NaN, 7], table.Values.ToArray<double>());
        Assert.Equal([1000.0, 7], table["price"].ToArray<double>());
        Assert.Contains("the columns are: area, rooms, all, price", Assert.Throws<ArgumentException>(() => table["cost"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_becomes_the_target()
    {
        var table = Read("a;y;b\n1;0;2\n3;2;4", new() { Delimiter = ';' });
        var set = table.ToDataset("y", classes: true);
        Assert.Equal([1f, 2, 3, 4], set.Inputs.ToArray<float>());
        Assert.Equal([0L, 2], set.Targets.ToArray<long>());
        var numbers = table.ToDataset("b", dtype: DType.Float64);
        Assert.Equal((DType.Float64, DType.Float64, new Shape(2, 1)), (numbers.Inputs.DType, numbers.Targets.DType, numbers.Targets.Shape));
        Assert.Contains("row 2, column \"y\": 0.5", Assert.Throws<InvalidDataException>(() => Read("y,x\n0,0\n0.5,1").ToDataset("y", classes: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_need_no_header_and_may_hold_no_rows()
    {
        var table = Read("1\t2\n3\t-", new() { Delimiter = '\t', HasHeader = false, Missing = ["-"] });
        Assert.Equal(["0", "1"], table.Columns);
        Assert.Equal([1.0, 2, 3, double.NaN], table.Values.ToArray<double>());
        Assert.Equal(new Shape(0, 2), Read("a,b\n").Values.Shape);
    }

    public static TheoryData<string, string> Damaged => new()
    {
        { "", "the file is empty" },
        { "a,b\n1,2\n\n1,2,3", "line 4 has 3 fields, but there are 2 columns" },
        { "a,b\n1,2\n3,x1", "line 3, column 2 (\"b\"): \"x1\" is no number" },
        { "a,b\n1,\"2", "line 2: the quote that opens field 2 is never closed" },
        { "a,b\n\"1\"2,3", "line 2: '2' follows the quote that closes field 1" },
        { "a,b,a\n1,2,3", "line 1: columns 1 and 3 are both called \"a\"" },
        { "a\n1,000", "line 2 has 2 fields" },
    };

    [Theory, MemberData(nameof(Damaged))]
    public void Errors_name_the_line(string text, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(text));
        Assert.StartsWith("data.csv: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_read_as_a_stream_from_any_row()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "a,b\r\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i},{i / 2.0}\r\n")));
            var stream = new CsvStream(path);
            Assert.Equal([[7f, 3.5f], [8f, 4f], [9f, 4.5f]], stream.Read(0, 7).Select(r => r.ToArray<float>()));
            Assert.Empty(stream.Read(0, 11));
            var loader = new StreamLoader<Tensor>(stream.Batched(4, Collate.Stack));
            Assert.Equal([4, 4, 2], loader.Select(b => b.Shape[0]));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
