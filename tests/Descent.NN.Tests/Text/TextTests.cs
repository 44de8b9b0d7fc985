using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class TextTests
{
    [Fact]
    public void Text_survives_its_numbers_and_its_file()
    {
        const string text = "Grüße 🙂, welcome\n";
        var vocabulary = CharVocabulary.Of(text);
        string path = Path.GetTempFileName();
        try
        {
            vocabulary.Save(path);
            var loaded = CharVocabulary.Load(path);
            Assert.Equal(text, loaded.Decode(vocabulary.Encode(text)));
            Assert.Equal(vocabulary.Characters, loaded.Characters);
            Assert.Contains("U+0071", Assert.Throws<ArgumentException>(() => loaded.Encode("q")).Message);
            File.WriteAllText(path, """{"Version":1,"Characters":"aa"}""");
            Assert.Throws<InvalidDataException>(() => CharVocabulary.Load(path));
            File.WriteAllText(path, "{");
            Assert.Throws<InvalidDataException>(() => CharVocabulary.Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Targets_are_one_token_later()
    {
        var set = new TokenDataset([.. Enumerable.Range(0, 10)], 3, stride: 2);
        Assert.Equal(4, set.Count);
        var (x, y) = set.Gather([3, 0]);
        Assert.Equal([6, 7, 8, 0, 1, 2], x.ToArray<long>());
        Assert.Equal([7, 8, 9, 1, 2, 3], y.ToArray<long>());
        Assert.Throws<DatasetException>(() => set.Gather([4]));
        Assert.Throws<ArgumentException>(() => new TokenDataset([1, 2, 3], 3));
    }

    [Fact]
    public void Windows_are_drawn_again_alike_from_any_batch()
    {
        var set = new TokenDataset([.. Enumerable.Range(0, 50)], 4);
        DataLoader Loader() => new(set, 3, shuffle: true, seed: 5);
        var all = Loader().Epoch(1).Select(b => b.Input.ToArray<long>()).ToArray();
        var rest = Loader().Epoch(1, 7).Select(b => b.Input.ToArray<long>()).ToArray();
        Assert.Equal(all[7..], rest);
        Assert.NotEqual(Enumerable.Range(0, 46).Select(i => (long)i), all.Select(batch => batch[0]));
    }

    [Fact]
    public void Files_are_read_as_UTF8_or_refused_by_their_byte()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. "aé"u8]);
            Assert.Equal("aé", TextCorpus.Read(path));
            File.WriteAllBytes(path, [.. "abc"u8, 0xFF, .. "d"u8]);
            Assert.Contains("byte 3", Assert.Throws<InvalidDataException>(() => TextCorpus.Read(path)).Message);
            File.WriteAllText(path, "");
            Assert.Throws<InvalidDataException>(() => TextCorpus.Read(path));
            Assert.Throws<FileNotFoundException>(() => TextCorpus.Read(path + ".missing"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Sums_are_right_and_follow_the_seed()
    {
        Assert.Equal(TextCorpus.Sums(20, 3), TextCorpus.Sums(20, 3));
        Assert.NotEqual(TextCorpus.Sums(20, 3), TextCorpus.Sums(20, 4));
        Assert.Contains(" makes ".Trim()[..4], TextCorpus.Sums(200));
    }

    static readonly float[] s_logits = [1, 3, 2, -1, 3];

    static int[] Draws(Sampler sampler, int count = 2000)
    {
        var generator = new Generator(1);
        return [.. Enumerable.Range(0, count).Select(_ => sampler.Pick(s_logits, generator))];
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_their_probability_says()
    {
        var draws = Draws(new() { Temperature = 2 }, 20000);
        double[] weights = [.. s_logits.Select(l => Math.Exp(l / 2))];
        for (int i = 0; i < weights.Length; i++)
            Assert.Equal(weights[i] / weights.Sum(), draws.Count(d => d == i) / 20000.0, 0.02);
    }

    [Fact]
    public void Limits_leave_out_the_unlikely()
    {
        Assert.Equal([1, 2, 4], Draws(new() { TopK = 3 }).Distinct().Order());
        Assert.Equal([1, 4], Draws(new() { TopP = 0.7 }).Distinct().Order());
        Assert.Equal([1], Draws(new() { TopP = 0.01 }).Distinct());
        Assert.Equal([1], Draws(new() { Temperature = 0 }).Distinct());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { TopK = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { TopP = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { Temperature = -1 });
    }
}
