using System.Numerics;
using Descent.Tensors.Formats;
using Descent.Testing;

namespace Descent.Tensors.Tests.Formats;

public sealed class TorchWriteTests
{
    static readonly DType[] s_types = Enum.GetValues<DType>();

    /// <summary>What <c>torch_values.py</c> expects.</summary>
    static OrderedDictionary<object, object?> Everything()
    {
        var ones = Tensor.From<float>([1, 0, 1, 0, 1, 1], [2, 3]);
        var whole = Tensor.From<float>(Enumerable.Range(0, 12).Select(i => (float)i).ToArray(), [3, 4]);
        return new()
        {
            ["types"] = s_types.Select(t => KeyValuePair.Create(t.ToString().ToLowerInvariant(), ones.To(t))).ToArray(),
            ["views"] = new OrderedDictionary<string, Tensor>
            {
                ["base"] = whole,
                ["transposed"] = whole.Transpose(0, 1),
                ["row"] = whole[1],
                ["wide"] = whole[1].Expand(5, 4),
                ["flipped"] = whole[0, TensorIndex.Slice(step: -1)],
                ["empty"] = Tensor.Zeros(0, 3),
                ["number"] = Tensor.Scalar(2.5),
            },
            ["plain"] = new List<object?>
            {
                1, -1, 70_000, 1L << 40, BigInteger.Pow(2, 70), 0.1, true, false, null, "häß", new byte[] { 0, 255 }, new object?[] { 1, new object?[] { "a" } },
                new Dictionary<object, object?> { ["k"] = new List<object?>(), [2L] = new Dictionary<string, object?>() },
            },
            ["dtype"] = DType.BFloat16,
        };
    }

    static byte[] Saved(object? value)
    {
        using var stream = new MemoryStream();
        TorchCheckpoint.Save(stream, value);
        return stream.ToArray();
    }

    static void AssertEverything(OrderedDictionary<object, object?> root)
    {
        var types = (OrderedDictionary<object, object?>)root["types"]!;
        Assert.Equal(s_types, types.Values.Select(x => ((Tensor)x!).DType));
        Assert.All(types.Values, x => Assert.Equal([1, 0, 1, 0, 1, 1], ((Tensor)x!).To(DType.Float32).AsSpan<float>().ToArray()));

        var views = ((OrderedDictionary<object, object?>)root["views"]!).ToDictionary(v => (string)v.Key, v => (Tensor)v.Value!);
        Assert.Equal([1, 4], views["transposed"].Strides.ToArray());
        Assert.Equal([0, 1], views["wide"].Strides.ToArray());
        Assert.Equal([3, 2, 1, 0], views["flipped"].AsSpan<float>().ToArray());
        Assert.Equal(new Shape(0, 3), views["empty"].Shape);
        Assert.Equal(2.5, views["number"].Item());
        views["base"].AsSpan<float>()[4] = -7;
        Assert.Equal([-7, -7, -7], [views["row"].AsSpan<float>()[0], views["wide"][4, 0].Item(), views["transposed"][0, 1].Item()]);

        var plain = (List<object?>)root["plain"]!;
        Assert.Equal([1L, -1L, 70_000L, 1L << 40, BigInteger.Pow(2, 70), 0.1, true, false, null, "häß", new byte[] { 0, 255 }], plain[..11]);
        var tuple = Assert.IsType<object?[]>(plain[11]);
        Assert.Equal("a", Assert.IsType<object?[]>(tuple[1])[0]);
        Assert.Equal(["k", 2L], ((OrderedDictionary<object, object?>)plain[12]!).Keys);
        Assert.Equal(DType.BFloat16, root["dtype"]);
    }

    [Fact]
    public void What_is_saved_loads_with_types_strides_and_shared_storages() =>
        AssertEverything((OrderedDictionary<object, object?>)TorchCheckpoint.Load(Saved(Everything()))!);

    [TorchFact]
    public void PyTorch_reads_what_is_saved_and_its_answer_loads()
    {
        using var folder = new TemporaryFolder();
        TorchCheckpoint.Save(folder["all.pt"], Everything());
        Interop.Script(Interop.Python!, "torch_values.py", folder["all.pt"], folder["answer.pt"]);
        AssertEverything((OrderedDictionary<object, object?>)TorchCheckpoint.Load(folder["answer.pt"])!);
    }

    [Fact]
    public void A_storage_is_written_once_and_starts_at_a_multiple_of_64_bytes()
    {
        var x = Tensor.Randn([1000, 10]);
        byte[] file = Saved(new List<object?> { x, x[3..], x.T, x });
        Assert.InRange(file.Length, 40_000, 42_000);
        int at = file.AsSpan().IndexOf(System.Runtime.InteropServices.MemoryMarshal.AsBytes(x.AsSpan<float>()));
        Assert.True(at > 0);
        Assert.Equal(0, at % 64);
    }

    [Fact]
    public void The_same_value_gives_the_same_bytes() => Assert.Equal(Saved(Everything()), Saved(Everything()));

    [Fact]
    public void Many_keys_and_long_text_come_back()
    {
        var state = Enumerable.Range(0, 700).Select(i => KeyValuePair.Create($"layers.{i}.weight", Tensor.Full([i % 3], i))).ToArray();
        var loaded = TorchCheckpoint.LoadStateDict(Saved(state));
        Assert.Equal(state.Select(s => s.Key), loaded.Keys);
        Assert.All(state, s => Assert.Equal(s.Value.AsSpan<long>().ToArray(), loaded[s.Key].AsSpan<long>().ToArray()));
        string text = new('x', 100_000);
        Assert.Equal(text, TorchCheckpoint.Load(Saved(text)));
    }

    [Fact]
    public void What_no_checkpoint_can_hold_is_refused_and_the_old_file_stays()
    {
        var cycle = new List<object?>();
        cycle.Add(cycle);
        using var folder = new TemporaryFolder();
        TorchCheckpoint.Save(folder["a.pt"], 5);
        foreach (object value in new object[] { cycle, new Version(1, 2), new Dictionary<object, object?> { [new Version(1, 2)] = 1 }, BigInteger.Pow(2, 3000) })
            Assert.Contains("TorchCheckpoint.Save", Assert.Throws<ArgumentException>(() => TorchCheckpoint.Save(folder["a.pt"], value)).Message, StringComparison.Ordinal);
        Assert.Equal(5L, TorchCheckpoint.Load(folder["a.pt"]));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(folder["a.pt"])!));
    }
}
