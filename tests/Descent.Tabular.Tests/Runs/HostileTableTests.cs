using System.Text;

namespace Descent.Tabular.Tests;

/// <summary>A file from a stranger, and what becomes of it.</summary>
public sealed record HostileCase(string Name, string Text, string Expected)
{
    public Encoding Encoding { get; init; } = new UTF8Encoding(false);

    /// <summary>Whether a model comes out, with the expected words among its warnings; else they are in the error.</summary>
    public bool IsFitted { get; init; }

    public override string ToString() => Name;
}

public sealed class HostileTableTests
{
    static string Rows(int count, Func<int, string> row) => string.Concat(Enumerable.Range(0, count).Select(i => row(i) + "\n"));

    /// <summary>Rows of two numbers, the second of which tells the class.</summary>
    static string Sound(int count, int from = 0) => Rows(count, i => $"{(i + from) * 7 % 13},{(i + from) % 5},{((i + from) % 5 < 2 ? "yes" : "no")}");

    public static TheoryData<HostileCase> Files =>
    [
        new("ragged rows", "a,b,y\n" + Sound(40) + "1,2\n3,4,yes,5\n", "2 rows were left out; the first is line 42: 2 cells, but there are 3 columns") { IsFitted = true },
        new("NUL bytes", "a,b,y\n" + Sound(60) + "1\0,2,yes\n" + Sound(200), "the first is line 62: it holds NUL characters") { IsFitted = true },
        new("nothing but NUL", new string('\0', 500), "this is no text"),
        new("Latin letters", "größe,b,y\n" + Sound(40), "") { IsFitted = true, Encoding = Encoding.Latin1 },
        new("UTF-16", "größe,b,y\n" + Sound(40), "") { IsFitted = true, Encoding = Encoding.BigEndianUnicode },
        new("names that are the same", "a,a,y\n" + Sound(40), "is called 'a' like one before it; it is called 'a_2'") { IsFitted = true },
        new("a column of nothing", "a,b,c,y\n" + Rows(40, i => $"{i * 7 % 13},,{i % 5},{(i % 5 < 2 ? "yes" : "no")}"), "'b' is not learned from: it is always the same (no row has a value)") { IsFitted = true },
        new("one class", "a,b,y\n" + Rows(40, i => $"{i * 7 % 13},{i % 5},yes"), "All rows are 'true' in 'y'"),
        new("a class of one row", "a,b,y\n" + Rows(40, i => $"{i * 7 % 13},{i % 5},{(i == 3 ? "rare" : i % 2 == 0 ? "some" : "others")}"), "The class 'rare' of 'y' has 1 row, fewer than there are folds") { IsFitted = true },
        new("one number", "a,b,y\n" + Rows(40, i => $"{i * 7 % 13},{i % 5},2.5"), "All rows are '2.5' in 'y'"),
        new("an empty file", "", "the file is empty"),
        new("a header alone", "a,b,y\n", "a header and nothing below it"),
        new("one row", "a,b,y\n1,2,yes\n", "All rows are 'true' in 'y'"),
        new("two rows", "a,b,y\n1,2,yes\n5,3,no\n", "3 folds"),
        new("line ends of all kinds", "a,b,y\r\n" + Sound(20).ReplaceLineEndings("\r\n") + Sound(20, 20), "") { IsFitted = true },
        new("a quote that is never closed", "a,b,y\n" + Sound(40) + "1,\"2,yes\n" + Sound(40), "a quote is opened and never closed") { IsFitted = true },
        new("a quote open from the start", "\"a,b,y\n" + Sound(40), "'y' is not a column"),
        new("the target alone", "y\n" + Rows(40, i => i % 2 == 0 ? "yes" : "no"), "no column to learn from"),
        new("identifiers alone", "id,y\n" + Rows(40, i => $"customer {i},{(i % 3 == 0 ? "yes" : "no")}"), "left out are 'id'"),
        new("targets missing in some rows", "a,b,y\n" + Sound(40) + "1,2,\n3,4,\n", "2 rows have no 'y'") { IsFitted = true },
        new("no target anywhere", "a,b,y\n" + Rows(40, i => $"{i},{i % 5},"), "'y' has no value in any row"),
        new("texts to predict", "a,b,y\n" + Rows(40, i => $"{i * 7 % 13},{i % 5},story {i}"), "too many to be classes"),
        new("dates to predict", "a,b,y\n" + Rows(20, i => $"{i * 7 % 13},{i % 5},2024-01-{i + 1:00}"), "holds dates"),
        new("infinite numbers", "a,b,y\n" + Rows(40, i => $"{(i == 7 ? "inf" : i * 7 % 13)},{i % 5},{(i % 5 < 2 ? "yes" : "no")}"), "") { IsFitted = true },
        new("huge numbers", "a,b,y\n" + Rows(40, i => $"{(i % 2 == 0 ? "-" : "")}1e308,{i % 5},{(i % 5 < 2 ? "yes" : "no")}"), "") { IsFitted = true },
        new("names that are code", "<script>alert(1)</script>,\"b\"\"\\\",y\n" + Sound(40), "") { IsFitted = true },
    ];

    [Theory, MemberData(nameof(Files))]
    public void A_stranger_s_table_gives_a_clear_message_or_a_sound_model(HostileCase file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".csv");
        try
        {
            File.WriteAllBytes(path, [.. file.Encoding.GetPreamble(), .. file.Encoding.GetBytes(file.Text)]);
            var fit = new TableFit { Target = "y", Model = "tree", Folds = 3 };
            if (!file.IsFitted)
            {
                var error = Assert.ThrowsAny<Exception>(() => fit.Run(TableData.Read(path)));
                Assert.True(error is ArgumentException or InvalidDataException, error.ToString());
                Assert.Contains(file.Expected, error.Message, StringComparison.Ordinal);
                return;
            }
            var run = fit.Run(TableData.Read(path));
            Assert.Contains(file.Expected, string.Join('\n', run.Warnings), StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", run.ToReport("m.descent").ToHtml(), StringComparison.Ordinal);
            Assert.NotEmpty(run.ToText());
            Assert.Equal(run.Rows.Rows, run.Pipeline.WithPredictions(run.Rows).Rows);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Fifty_thousand_columns_are_learned_from()
    {
        const int Columns = 50_000;
        var text = new StringBuilder(string.Join(',', Enumerable.Range(0, Columns).Select(i => $"c{i}"))).Append(",y\n");
        for (int row = 0; row < 24; row++)
            text.AppendJoin(',', Enumerable.Range(0, Columns).Select(c => Digit(row, c))).Append(row % 2 == 0 ? ",yes\n" : ",no\n");
        static int Digit(int row, int column) => (int)(new Descent.Tensors.Generator((ulong)column, (ulong)row).NextInt64(0, 100));
        var frame = Frame.ReadCsv(new MemoryStream(Encoding.ASCII.GetBytes(text.ToString())));
        var run = new TableFit { Target = "y", Model = "tree", Folds = 2 }.Run(TableData.Of(frame, "wide"));
        Assert.Contains(run.Warnings, w => w.StartsWith("There are more columns", StringComparison.Ordinal));
        Assert.Contains(run.Warnings, w => w.EndsWith("importances are not measured.", StringComparison.Ordinal));
        Assert.Equal(24, run.Result.OutOfFold.Count);
    }

    [Theory]
    [InlineData("a,b\n1,")]
    [InlineData("a,b\n1,\"")]
    [InlineData("")]
    [InlineData("{\"a\":\"")]
    public void A_line_of_a_gigabyte_is_given_up_early(string start)
    {
        const long Gigabyte = 1L << 30;
        var options = new ReadOptions { MaxRowBytes = 4 << 20 };
        using var stream = new EndlessStream(Encoding.ASCII.GetBytes(start), Gigabyte);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => start.StartsWith('{') ? Frame.ReadJsonLines(stream, options) : Frame.ReadCsv(stream, options));
        Assert.NotEmpty(error.Message);
        Assert.True(stream.Given < 4 * options.MaxRowBytes, $"{stream.Given} bytes were read");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 32L * options.MaxRowBytes, "memory grows with the line");
    }

    [Fact]
    public void What_cannot_be_read_twice_is_kept()
    {
        string text = "a,b\n" + Rows(20_000, i => $"{i},{i % 7}");
        using var stream = new EndlessStream(Encoding.ASCII.GetBytes(text), 0);
        var frame = Frame.ReadCsv(stream);
        Assert.Equal((20_000, 19_999), (frame.Rows, frame.Get<IntegerColumn>("a")[19_999]));
    }

    /// <summary>Some bytes, and then x after x, given forward only and in odd portions.</summary>
    sealed class EndlessStream(byte[] start, long more) : Stream
    {
        internal long Given { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int count = (int)Math.Min(Math.Min(buffer.Length, 60_001), start.Length + more - Given);
            for (int i = 0; i < count; i++) buffer[i] = Given + i < start.Length ? start[Given + i] : (byte)'x';
            Given += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
