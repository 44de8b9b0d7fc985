using System.Buffers.Binary;
using System.Text;
using Descent.Tensors.Formats;
using Descent.Testing;

namespace Descent.Tensors.Tests.Formats;

public sealed class SafetensorsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-safetensors-").FullName;

    public void Dispose()
    {
        try { Directory.Delete(_folder, recursive: true); }
        catch (UnauthorizedAccessException) { /* Windows, while a tensor still maps a file */ }
    }

    static byte[] Pack(string header, params byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        return [.. prefix, .. json, .. data];
    }

    static byte[] Pack(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var stream = new MemoryStream();
        Safetensors.Save(stream, tensors, [KeyValuePair.Create("format", "pt")]);
        return stream.ToArray();
    }

    static OrderedDictionary<string, Tensor> Samples() => new()
    {
        ["bool"] = Tensor.From<bool>([true, false, true], [3]),
        ["half"] = Tensor.From<Half>([(Half)1.5f, (Half)(-2)], [2, 1]),
        ["brain"] = Tensor.From<BFloat16>([(BFloat16)0.1f], []),
        ["single"] = Tensor.From<float>([1, 2, 3, 4, 5, float.NaN], [2, 3]),
        ["transposed"] = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]).Transpose(0, 1),
        ["expanded"] = Tensor.From<float>([7, 8], [2, 1]).Expand([2, 3]),
        ["double"] = Tensor.From<double>([double.Epsilon, -0.0], [2]),
        ["long"] = Tensor.From<long>([long.MinValue, 7], [2]),
        ["int"] = Tensor.From<int>([-1, 2], [2]),
        ["sbyte"] = Tensor.From<sbyte>([-128, 127], [2]),
        ["byte"] = Tensor.From<byte>([255], [1]),
        ["empty"] = Tensor.Zeros([0, 3]),
        ["größe \"1\"\n"] = Tensor.From<float>([1], []),
    };

    [Fact]
    public void What_is_saved_is_loaded_in_the_same_order_from_disk_and_from_memory()
    {
        string path = Path.Combine(_folder, "a.safetensors");
        var saved = Samples();
        Safetensors.Save(path, saved, new Dictionary<string, string> { ["format"] = "pt" });
        Assert.Single(Directory.GetFiles(_folder));
        foreach (var loaded in new[] { Safetensors.Load(path), Safetensors.Load(File.ReadAllBytes(path)) })
        {
            Assert.Equal(saved.Keys, loaded.Keys);
            foreach (var (name, x) in loaded) GoldenFiles.AssertSame(saved[name], x, name);
        }
        var file = SafetensorsFile.Open(path);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(saved.Keys, file.Names);
        Assert.Equal([2, 3], file["single"].Sizes);
        Assert.Equal(DType.Float32, file["single"].DType);
        Assert.Equal(24, file.ReadBytes("single").Length);
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(File.ReadAllBytes(path)) % 8);
    }

    [Fact]
    public void A_tensor_of_a_mapped_file_can_be_changed_without_changing_the_file()
    {
        string path = Path.Combine(_folder, "b.safetensors");
        Safetensors.Save(path, Samples());
        byte[] before = File.ReadAllBytes(path);
        var x = Safetensors.Load(path)["single"];
        x.AsSpan<float>()[0] = 100;
        Assert.Equal(100, x.AsSpan<float>()[0]);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(1, Safetensors.Load(path)["single"].AsSpan<float>()[0]);
    }

    [Fact]
    public void A_mapped_tensor_outlives_the_file_object_and_collections()
    {
        string path = Path.Combine(_folder, "c.safetensors");
        Safetensors.Save(path, [("x", Tensor.Full([1000], 3f))]);
        var x = Safetensors.Load(path)["x"];
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal(-1, x.AsSpan<float>().IndexOfAnyExcept(3f));
    }

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_no_other()
    {
        string path = Path.Combine(_folder, "d.safetensors");
        Safetensors.Save(path, Samples());
        byte[] before = File.ReadAllBytes(path);
        Assert.Throws<ArgumentException>(() => Safetensors.Save(path, [("a", Tensor.Ones([1])), ("a", Tensor.Ones([1]))]));
        Assert.Throws<ArgumentException>(() => Safetensors.Save(path, [("__metadata__", Tensor.Ones([1]))]));
        Assert.Throws<IOException>(() => AtomicFile.Write(path, _ => throw new IOException("disk full")));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Data_at_odd_offsets_and_narrow_integers_are_copied()
    {
        string header = """{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"f":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},"s":{"dtype":"I16","shape":[2],"data_offsets":[5,9]},"u":{"dtype":"U16","shape":[],"data_offsets":[9,11]},"w":{"dtype":"U32","shape":[1],"data_offsets":[11,15]},"x":{"dtype":"U64","shape":[1],"data_offsets":[15,23]}}""";
        byte[] file = Pack(header, [9, 0, 0, 128, 63, 0xfe, 0xff, 3, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 8, 0, 0, 0, 0, 0, 0, 0]);
        string path = Path.Combine(_folder, "e.safetensors");
        File.WriteAllBytes(path, file);
        foreach (var x in new[] { Safetensors.Load(path), Safetensors.Load(file) })
        {
            Assert.Equal(1f, x["f"].Item<float>());
            Assert.Equal([-2, 3], x["s"].AsSpan<int>().ToArray());
            Assert.Equal([65535], x["u"].AsSpan<int>().ToArray());
            Assert.Equal([uint.MaxValue], x["w"].AsSpan<long>().ToArray());
            Assert.Equal([8], x["x"].AsSpan<long>().ToArray());
        }
    }

    [Fact]
    public void Elements_that_tensors_lack_are_listed_and_given_as_bytes()
    {
        var file = SafetensorsFile.Open(Pack("""{"q":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]},"n":{"dtype":"NEW","shape":[9],"data_offsets":[2,3]}}""", 1, 2, 3));
        Assert.Null(file["q"].DType);
        Assert.Equal([1, 2], file.ReadBytes("q"));
        Assert.Equal([3], file.ReadBytes("n"));
        Assert.Contains("F8_E4M3", Assert.Throws<InvalidDataException>(() => file.Read("q")).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => file.Read("z"));
    }

    public static TheoryData<string, int, string> Damaged => new()
    {
        { "", 0, "does not start with '{'" },
        { " {}", 0, "does not start with '{'" },
        { "{}", 1, "the tensors take 0 bytes, but 1 follow" },
        { "{}x", 0, "byte 10: the header is no valid JSON" },
        { "{", 0, "no valid JSON" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,2]}}""", 2, "which is not its size" },
        { """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 2, "lies at 0 to 3, but there are 2 bytes" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "there is a hole" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 2, "the tensors take 1 bytes, but 2 follow" },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "byte 61: tensor \"b\" starts at 1, but the one before it ends at 2: they overlap" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "byte 61: the name \"a\" occurs twice" },
        { """{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "dtype twice" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1, "lies at 1 to 0" },
        { """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "a size of a shape" },
        { """{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", 1, "a size of a shape" },
        { """{"a":{"dtype":"F64","shape":[2147483647,2147483647,2147483647,2147483647,4],"data_offsets":[0,0]}}""", 0, "which is not its size" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1, "Expected the end of an array of two" },
        { """{"a":{"dtype":"U8","shape":[1]}}""", 1, "lacks one of" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}""", 1, "has the field \"x\"" },
        { """{"a":7}""", 0, "Expected an object" },
        { """{"__metadata__":{"a":1}}""", 0, "Expected a string" },
        { """{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""", 1, "a bool is 7" },
        { """{"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}""", 8, "does not fit Int64" },
        { """{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8, "\"C64\"" },
        { """{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "no valid JSON" },
        { """{"a":[[[[[1]]]]]}""", 0, "byte" },
    };

    [Theory, MemberData(nameof(Damaged))]
    public void Damage_is_named_with_its_byte(string header, int dataBytes, string message)
    {
        byte[] data = new byte[dataBytes];
        Array.Fill(data, (byte)7);
        if (dataBytes == 8) data[7] = 200;
        byte[] file = Pack(header, data);
        string path = Path.Combine(_folder, "x.safetensors");
        File.WriteAllBytes(path, file);
        foreach (var error in new[] { Assert.Throws<InvalidDataException>(() => Safetensors.Load(file)), Assert.Throws<InvalidDataException>(() => Safetensors.Load(path)) })
        {
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.Contains(": byte ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        byte[] file = Pack(Samples());
        for (int length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => Safetensors.Load(file.AsMemory(0, length)));
        Assert.Throws<InvalidDataException>(() => Safetensors.Load((byte[])[.. file, 0]));
        string path = Path.Combine(_folder, "empty");
        File.WriteAllBytes(path, []);
        Assert.Throws<InvalidDataException>(() => Safetensors.Load(path));
    }

    [Fact]
    public void Mutated_files_give_clean_errors_and_take_little_memory() =>
        Assert.InRange(Fuzz.Verify(Mutator.Mutate(Pack(Samples()), 3_000, seed: 1), file => Safetensors.Load(file)), 1_500, 2_999);

    [Fact]
    public void Files_of_other_programs_load()
    {
        if (GoldenFiles.Folder is null) return;
        int tensors = 0;
        foreach (string path in Directory.GetFiles(GoldenFiles.Folder, "*.safetensors", SearchOption.AllDirectories))
        {
            var mapped = Safetensors.Load(path);
            var copied = Safetensors.Load(File.ReadAllBytes(path));
            Assert.Equal(mapped.Keys, copied.Keys);
            foreach (var (name, x) in mapped) GoldenFiles.AssertSame(x, copied[name], name);
            tensors += mapped.Count;
        }
        Assert.True(tensors > 100);
    }
}
