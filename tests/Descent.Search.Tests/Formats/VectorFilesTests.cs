using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Search.Tests;

public class VectorFilesTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Floats_come_back_as_they_were_written()
    {
        var x = Tensor.From<float>([1, -2.5f, 3e10f, 4, 5, 6], [2, 3]);
        VectorFiles.SaveFloats(At("a.fvecs"), x);
        Assert.Equal(32, new FileInfo(At("a.fvecs")).Length);
        AssertLoaded([1, -2.5f, 3e10f, 4, 5, 6], [2, 3], "a.fvecs");
    }

    [Fact]
    public void Bytes_integers_and_arrays_become_floats()
    {
        File.WriteAllBytes(At("a.bvecs"), [2, 0, 0, 0, 7, 255, 2, 0, 0, 0, 0, 1]);
        AssertLoaded([7, 255, 0, 1], [2, 2], "a.bvecs");
        File.WriteAllBytes(At("a.ivecs"), [1, 0, 0, 0, 255, 255, 255, 255]);
        AssertLoaded([-1], [1, 1], "a.ivecs");
        Assert.Equal([-1], Assert.Single(VectorFiles.LoadIntegers(At("a.ivecs"))));
        Npy.Save(At("a.npy"), Tensor.From<double>([1, 2, 3, 4], [2, 2]));
        AssertLoaded([1, 2, 3, 4], [2, 2], "a.npy");
        File.WriteAllBytes(At("empty.fvecs"), []);
        AssertLoaded([], [0, 0], "empty.fvecs");
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 0 }, "byte 3")]
    [InlineData(new byte[] { 2, 0, 0, 0, 1 }, "the file has 5")]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "the length of a vector is 0")]
    [InlineData(new byte[] { 255, 255, 255, 255 }, "the length of a vector is -1")]
    [InlineData(new byte[] { 1, 0, 0, 0, 9, 2, 0, 0, 0, 9 }, "the length of a vector is 2")]
    public void Damaged_files_are_refused(byte[] content, string expected)
    {
        File.WriteAllBytes(At("a.bvecs"), content);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => VectorFiles.Load(At("a.bvecs"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", "1,2\n3,4\n", null)]
    [InlineData("a.csv", "x,y\r\n1.0, 2e0\r\n\r\n3,\"4\"", null)]
    [InlineData("a.tsv", "x\tID\ty\n1\t7\t2\n3\t-8\t4\n", new long[] { 7, -8 })]
    [InlineData("a.csv", "\uFEFFid;x;y\n7;1;2\n-8;3;4\n", new long[] { 7, -8 })]
    [InlineData("a.txt", "  1   2 \n3 4\n", null)]
    [InlineData("a.jsonl", "[1,2]\n\n[3.0,4e0]\n", null)]
    [InlineData("a.jsonl", "{\"id\":7,\"text\":{\"a\":[1]},\"vector\":[1,2]}\n{\"vector\":[3,4],\"id\":-8}", new long[] { 7, -8 })]
    [InlineData("a.ndjson", "{\"vector\":[1,2]}\n{\"vector\":[3,4]}", null)]
    public void Lines_of_text_are_read_with_their_ids(string name, string text, long[]? ids)
    {
        File.WriteAllText(At(name), text);
        var set = VectorFiles.LoadWithIds(At(name));
        Assert.Equal(ids, set.Ids);
        Assert.Equal((2, 2), (set.Count, set.Dimension));
        Assert.Equal([1f, 2, 3, 4], set.Vectors.ToArray<float>());
    }

    [Theory]
    [InlineData("a.csv", "1,2\n3\n", "line 2: the vector has 1 elements; expected 2")]
    [InlineData("a.csv", "1,2\n3,\n", "line 2: field 2, '', is no number")]
    [InlineData("a.csv", "1,2\n3,1e999\n", "line 2: element 1 is '1e999'")]
    [InlineData("a.csv", "1,2\n3,NaN\n", "line 2: element 1 is 'NaN'")]
    [InlineData("a.csv", "x,y\n", "no vectors follow")]
    [InlineData("a.csv", "x,y\n1,b\n", "line 2: field 2, 'b', is no number")]
    [InlineData("a.csv", "id\n1\n", "line 2: there is no element")]
    [InlineData("a.csv", "x,id\n1\n", "line 2: there is no field 2, which holds the id")]
    [InlineData("a.csv", "id,x\nseven,1\n", "the id 'seven' is no whole number")]
    [InlineData("a.csv", "id,x\n7,1\n7,2\n", "line 3: the id 7 occurs twice")]
    [InlineData("a.csv", "id,x\n1\u0001\u0002,1\n", "the id '1??'")]
    [InlineData("a.jsonl", "[1,2]\n[1,\"b\"]\n", "line 2: 'b' among the elements is no number")]
    [InlineData("a.jsonl", "[1,2\n", "line 1: byte 4 of it is no JSON")]
    [InlineData("a.jsonl", "[1,2] 3\n", "line 1: byte 6 of it is no JSON")]
    [InlineData("a.jsonl", "[]\n", "line 1: there is no element")]
    [InlineData("a.jsonl", "[1e999]\n", "line 1: ")]
    [InlineData("a.jsonl", "[[1]]\n", "among the elements is no number")]
    [InlineData("a.jsonl", "7\n", "line 1: there is no array")]
    [InlineData("a.jsonl", "{\"id\":1}\n", "there is no \"vector\"")]
    [InlineData("a.jsonl", "{\"id\":1.5,\"vector\":[1]}\n", "the id '1.5' is no whole number")]
    [InlineData("a.jsonl", "{\"vector\":[1],\"vector\":[2]}\n", "\"vector\" occurs twice")]
    [InlineData("a.jsonl", "{\"id\":1,\"vector\":[1]}\n[2]\n", "line 2: there is no id; the lines before have one")]
    [InlineData("a.jsonl", "[2]\n{\"id\":1,\"vector\":[1]}\n", "line 2: there is an id; the lines before have none")]
    public void A_wrong_line_of_text_is_named(string name, string text, string expected)
    {
        File.WriteAllText(At(name), text);
        string message = Assert.Throws<InvalidDataException>(() => VectorFiles.LoadWithIds(At(name))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith(At(name), message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", "1,")]
    [InlineData("a.jsonl", "[1,")]
    [InlineData("a.jsonl", "[")]
    public void A_line_without_end_takes_little_memory(string name, string part)
    {
        using (var file = new StreamWriter(At(name)))
            for (int i = 0; i < 3_000_000; i++) file.Write(part);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Throws<InvalidDataException>(() => VectorFiles.LoadWithIds(At(name)));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 32 << 20);
    }

    [Fact]
    public void Integers_come_back_as_they_were_written()
    {
        VectorFiles.SaveIntegers(At("a.ivecs"), [[1, -1], [int.MaxValue, 5]]);
        Assert.Equal([[1, -1], [int.MaxValue, 5]], VectorFiles.LoadIntegers(At("a.ivecs")));
    }

    [Fact]
    public void Other_files_are_refused()
    {
        Assert.Contains(".doc", Assert.Throws<NotSupportedException>(() => VectorFiles.Load(At("a.doc"))).Message, StringComparison.Ordinal);
        Npy.Save(At("a.npy"), Tensor.Zeros(3));
        Assert.Contains("(3,)", Assert.Throws<InvalidDataException>(() => VectorFiles.Load(At("a.npy"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => VectorFiles.SaveFloats(At("a.fvecs"), Tensor.Zeros(3)));
    }

    void AssertLoaded(float[] expected, int[] shape, string name)
    {
        var x = VectorFiles.Load(At(name));
        Assert.Equal(shape, x.Shape.ToArray());
        Assert.Equal(expected, x.ToArray<float>());
    }

    string At(string name) => Path.Combine(_folder, name);
}
