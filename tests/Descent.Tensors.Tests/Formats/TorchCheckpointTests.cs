using System.Text.Json;
using Descent.Tensors.Formats;
using Descent.Testing;

namespace Descent.Tensors.Tests.Formats;

public sealed class TorchCheckpointTests
{
    static Tensor Floats(int count) => Tensor.From<float>(Enumerable.Range(0, count).Select(i => (float)i).ToArray(), [count]);

    static TorchWriter Sample()
    {
        var shared = Floats(12);
        return new TorchWriter().Raw(0x80, 2).Global("collections", "OrderedDict").Raw(")R(")
            .Text("w").Tensor("FloatStorage", "0", shared, 0, [3, 4], [4, 1])
            .Text("t").Tensor("FloatStorage", "0", shared, 0, [4, 3], [1, 4])
            .Text("row").Tensor("FloatStorage", "0", shared, 8, [4], [1])
            .Text("wide").Tensor("FloatStorage", "0", shared, 3, [2, 5], [1, 0])
            .Text("n").Raw("}(").Integer(7).Tensor("LongStorage", "1", Tensor.From<long>([5], [1]), 0, [], [])
            .Text("flag").Raw("(").Tensor("BoolStorage", "2", Tensor.From<bool>([true, false], [2]), 0, [2], [1]).Raw("Nt")
            .Raw("u").Text("epoch").Integer(3).Raw("u.");
    }

    [Fact]
    public void Both_formats_give_tensors_that_share_and_keep_strides()
    {
        foreach (byte[] file in new[] { Sample().Zip(), Sample().Legacy() })
        {
            var x = TorchCheckpoint.LoadStateDict(file);
            Assert.Equal(["w", "t", "row", "wide", "n.7", "n.flag.0"], x.Keys);
            Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], x["t"].Contiguous().AsSpan<float>().ToArray());
            Assert.Equal([8, 9, 10, 11], x["row"].AsSpan<float>().ToArray());
            Assert.Equal([3, 3, 3, 3, 3, 4, 4, 4, 4, 4], x["wide"].Contiguous().AsSpan<float>().ToArray());
            Assert.Equal([1, 4], x["t"].Strides.ToArray());
            Assert.Equal(5, x["n.7"].Item<long>());
            Assert.Equal([true, false], x["n.flag.0"].AsSpan<bool>().ToArray());
            x["w"].AsSpan<float>()[8] = -1;
            Assert.Equal(-1, x["row"].AsSpan<float>()[0]);
            var root = Assert.IsType<OrderedDictionary<object, object?>>(TorchCheckpoint.Load(file));
            Assert.Equal(3L, root["epoch"]);
        }
    }

    [Fact]
    public void Plain_values_are_what_they_were()
    {
        var writer = new TorchWriter().Raw(0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0).Raw("(").Raw("NK\x07M\x01\x01J\xff\xff\xff\xff").Raw(0x88, 0x89)
            .Raw("G").Raw(0x3f, 0xe0, 0, 0, 0, 0, 0, 0).Raw("I01\nI12\nL34L\nF0.5\n").Raw(0x8c, 2).Raw("hi").Raw("U\x02yo").Raw("C\x02\x01\x02")
            .Raw(")").Raw("K\x01").Raw(0x85).Raw("]").Raw(0x94).Raw("h").Raw([0]).Global("torch", "Size").Tuple(2, 3).Raw([0x85]).Raw("R")
            .Global("torch", "float16").Global("torch", "device").Text("cuda").Raw("K\x00").Raw(0x86).Raw("R")
            .Raw(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1).Global("builtins", "set").Raw("]K\u0005a").Raw([0x85]).Raw("R").Raw("t.");
        var list = Assert.IsType<object?[]>(TorchCheckpoint.Load(writer.Zip()));
        Assert.Equal([null, 7L, 257L, -1L, true, false, 0.5, true, 12L, 34L, 0.5, "hi", "yo"], list[..13]);
        Assert.Equal(new byte[] { 1, 2 }, list[13]);
        Assert.Equal(Array.Empty<object?>(), list[14]);
        Assert.Equal(new object?[] { 1L }, list[15]);
        Assert.Same(list[16], list[17]);
        Assert.Equal(new object?[] { 2L, 3L }, list[18]);
        Assert.Equal(DType.Float16, list[19]);
        Assert.Equal("cuda:0", list[20]);
        Assert.Equal(System.Numerics.BigInteger.Pow(2, 64), list[21]);
        Assert.Equal(new List<object?> { 5L }, list[22]);
    }

    [Fact]
    public void Int16_is_widened_and_big_endian_is_swapped()
    {
        // The storage's bytes are those of the Int32 0x00010002: as Int16 the numbers 2 and 1.
        var writer = new TorchWriter().Raw("]").Tensor("ShortStorage", "0", Tensor.From<int>([0x00010002], [1]), 0, [2], [1], claimed: 2).Raw("a.");
        Assert.Equal([2, 1], TorchCheckpoint.LoadStateDict(writer.Zip())["0"].AsSpan<int>().ToArray());
        Assert.Equal([512, 256], TorchCheckpoint.LoadStateDict(writer.Zip("big"))["0"].AsSpan<int>().ToArray());
    }

    public static TheoryData<string, string> Damaged => new()
    {
        { "cposix\nsystem\n(X\x02\0\0\0lst" + "tR.", "byte 0: the file asks for the global \"posix.system\"" },
        { "cbuiltins\neval\n.", "\"builtins.eval\"" },
        { "ctorch._utils\n_rebuild_tensor_v2\n)R.", "the 0 arguments are not those it takes" },
        { "ctorch\nFloatStorage\n.", "holds torch.FloatStorage itself as a value" },
        { "ctorch\nFloatStorage\n)R.", "are not those it takes" },
        { "]q\0h\0a.", "contains itself" },
        { "}q\0K\x01h\0s.", "contains itself" },
        { "]q\0]q\u0001h\0aa.", "contains itself" },
        { "h\x05.", "the memo has no entry 5" },
        { "0", "the stack is empty" },
        { "t.", "there is no mark" },
        { "(.", "the stack is empty" },
        { "NN.", "values left over" },
        { "}NNs.", "a key of a dictionary" },
        { "}(Nu.", "a key without a value" },
        { "NNa.", "what is no list" },
        { "NNR.", "arguments are no tuple" },
        { "N)R.", "what is called is no global" },
        { "NQ.", "a persistent id" },
        { "NNb.", "attributes are set" },
        { "X\xff\xff\xff\x7f.", "the pickle ends early" },
        { "X\xff\xff\xff\xff.", "a length or index is" },
        { "X\x01\0\0\0\xff.", "no valid UTF-8" },
        { "I1x\n.", "no integer" },
        { "\x80\x05.", "protocol is above 4" },
        { "iposix\nsystem\n.", "the instruction 0x69" },
        { "N", "the pickle ends early" },
        { "cposix", "ends within a line" },
        { new string(']', 300) + new string('a', 299) + ".", "nests deeper" },
    };

    [Theory, MemberData(nameof(Damaged))]
    public void Pickles_from_strangers_are_refused_with_the_byte(string pickle, string message)
    {
        string said = Assert.Throws<InvalidDataException>(() => TorchCheckpoint.Load(new TorchWriter().Raw(pickle).Zip())).Message;
        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Contains(": byte ", said, StringComparison.Ordinal);
    }

    public static TheoryData<long, long[], long[], long?, string> OutOfBounds => new()
    {
        { 0, [3, 5], [5, 1], null, "reaches from element 0 to 14 of a storage of 12" },
        { 9, [4], [1], null, "reaches from element 9 to 12" },
        { -1, [1], [1], null, "reaches from element -1" },
        { 0, [2], [-1], null, "no integer from 0 on" },
        { 0, [-2], [1], null, "no integer from 0 on" },
        { 0, [2], [], null, "1 sizes and 0 strides" },
        { 0, [2147483647, 2147483647], [0, 0], null, "more than 2147483647 elements" },
        { 0, [2, 2], [9223372036854775807, 9223372036854775807], null, "a stride is" },
        { 0, [2147483647, 2147483647], [2147483647, 2147483647], null, "more than" },
        { 0, [13], [1], 13, "is to have 52 bytes" },
        { 0, [1], [1], 9223372036854775807, "a tensor holds at most" },
        { 0, [1], [1], -1, "a persistent id" },
    };

    [Theory, MemberData(nameof(OutOfBounds))]
    public void Views_stay_inside_their_storage(long offset, long[] sizes, long[] strides, long? claimed, string message)
    {
        var writer = new TorchWriter().Tensor("FloatStorage", "0", Floats(12), offset, sizes, strides, claimed).Raw(".");
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => TorchCheckpoint.Load(writer.Zip())).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => TorchCheckpoint.Load(writer.Legacy()));
    }

    [Fact]
    public void Lists_of_lists_of_the_same_lists_end_quickly()
    {
        // Each list holds the one before twice: 2^100 leaves.
        string pickle = "]q\0" + string.Concat(Enumerable.Range(0, 100).Select(i => $"0](h{(char)i}h{(char)i}eq{(char)(i + 1)}")) + ".";
        byte[] file = new TorchWriter().Raw(pickle).Zip();
        Assert.NotNull(TorchCheckpoint.Load(file));
        Assert.Contains("repeat each other", Assert.Throws<InvalidDataException>(() => TorchCheckpoint.LoadStateDict(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        foreach (byte[] file in new[] { Sample().Zip(), Sample().Legacy() })
        {
            for (int length = 0; length < file.Length; length += 3)
                Assert.Throws<InvalidDataException>(() => TorchCheckpoint.Load(file[..length]));
        }
    }

    [Fact]
    public void Mutated_files_give_clean_errors_and_take_little_memory()
    {
        Action<byte[]> read = file => TorchCheckpoint.LoadStateDict(file);
        Assert.InRange(Fuzz.Verify(Mutator.Mutate(Sample().Legacy(), 2_000, seed: 1), read), 1_000, 1_999);
        Fuzz.Verify(Mutator.Mutate(Sample().Zip(), 1_000, seed: 2), read, constant: 1 << 20);
        Fuzz.Verify(Mutator.Mutate(Sample().Pickle, 1_000, seed: 3).Select(p => new TorchWriter().Raw(p).Zip()), read, constant: 1 << 20);
    }

    [Fact]
    public void Checkpoints_of_PyTorch_load()
    {
        foreach (var testCase in GoldenFiles.Cases("torch_load"))
        {
            var args = testCase.GetProperty("args");
            string path = GoldenFiles.Path(args.GetProperty("file").GetString()!);
            var loaded = TorchCheckpoint.LoadStateDict(path);
            foreach (var (name, x) in GoldenFiles.Outputs(testCase)) GoldenFiles.AssertSame(x, loaded[name], name);
            if (args.TryGetProperty("same_as", out var same))
            {
                var expected = Safetensors.Load(GoldenFiles.Path(same.GetString()!));
                Assert.Equal(args.GetProperty("order").EnumerateArray().Select(n => n.GetString()!), loaded.Keys);
                Assert.Equal(expected.Count, loaded.Count);
                foreach (var (name, x) in expected) GoldenFiles.AssertSame(x, loaded[name], name);
            }
            if (!args.TryGetProperty("scalars", out var scalars)) continue;
            var root = (OrderedDictionary<object, object?>)TorchCheckpoint.Load(path)!;
            foreach (var scalar in scalars.EnumerateObject()) Assert.Equal(JsonSerializer.Serialize(Plain(scalar.Value)), JsonSerializer.Serialize(Tuples(root[scalar.Name])));
        }

        static object? Plain(JsonElement x) => x.ValueKind switch
        {
            JsonValueKind.Array => x.EnumerateArray().Select(Plain).ToArray(),
            JsonValueKind.String => x.GetString(),
            JsonValueKind.Number => x.TryGetInt64(out long n) ? (object)n : x.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };
        static object? Tuples(object? x) => x is List<object?> list ? list.Select(Tuples).ToArray() : x is object?[] tuple ? tuple.Select(Tuples).ToArray() : x;
    }
}
