using Descent.Tensors;
using Descent.Tensors.Formats;
using Descent.Testing;

namespace Descent.NN.Tests.Interchange;

public sealed class PretrainedTests
{
    static CharGpt Gpt(ulong seed) => new(new GptConfig { VocabularySize = 20, ContextLength = 8, Layers = 2, Heads = 2, Width = 16 }, generator: new Generator(seed));

    static void AssertSame(Module expected, Module actual)
    {
        var state = actual.StateDict();
        foreach (var (key, x) in expected.StateDict()) Assert.Null(TensorComparer.Difference(state[key], x, 0, 0));
    }

    [Theory, InlineData(1L << 40), InlineData(4096L), InlineData(1L)]
    public void Weights_come_back_from_one_file_or_from_shards(long maxShardBytes)
    {
        using var folder = new TemporaryFolder();
        CharGpt saved = Gpt(1), loaded = Gpt(2);
        Pretrained.Save(saved, folder["model"], maxShardBytes);
        string[] files = Directory.GetFiles(folder["model"], "*.safetensors");
        Assert.Equal(maxShardBytes > 1 << 20, files.Length == 1);
        Assert.All(files, file => Assert.Equal("pt", SafetensorsFile.Open(file).Metadata["format"]));
        Assert.True(Pretrained.Load(loaded, folder["model"]).IsEmpty);
        AssertSame(saved, loaded);
        // The tied head is not written twice.
        Assert.Equal(saved.Parameters().Count(), Pretrained.Load(folder["model"]).Count);
    }

    [Fact]
    public void Keys_can_be_renamed_and_left_out()
    {
        using var folder = new TemporaryFolder();
        var saved = new Linear(3, 2);
        Safetensors.Save(folder["a.safetensors"], saved.StateDict().Select(s => ("model.fc." + s.Key, s.Value)).Append(("model.step", Tensor.Zeros(1))));
        var loaded = new Linear(3, 2);
        Pretrained.Load(loaded, folder["a.safetensors"], key => key.StartsWith("model.fc.", StringComparison.Ordinal) ? key["model.fc.".Length..] : null);
        AssertSame(saved, loaded);
        Assert.Throws<StateDictException>(() => Pretrained.Load(loaded, folder["a.safetensors"]));
        Assert.Contains("two tensors", Assert.Throws<InvalidDataException>(() => Pretrained.Load(loaded, folder["a.safetensors"], _ => "weight")).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Damaged => new()
    {
        { "{", "no index of shards" },
        { "{}", "no index of shards" },
        { """{"weight_map": {"a": "../secret.safetensors"}}""", "is not there" },
        { """{"weight_map": {"a": "gone.safetensors"}}""", "is not there" },
        { """{"weight_map": {"a": "there.safetensors"}}""", "does not hold" },
        { """{"weight_map": {"a": 5}}""", "no index of shards" },
    };

    [Theory, MemberData(nameof(Damaged))]
    public void Indexes_from_strangers_are_refused(string index, string message)
    {
        using var folder = new TemporaryFolder();
        Safetensors.Save(folder["there.safetensors"], [("b", Tensor.Zeros(1))]);
        File.WriteAllText(folder["model.safetensors.index.json"], index);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Pretrained.Load(folder["model.safetensors.index.json"])).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Pretrained.Load(folder["nothing"]));
    }
}
