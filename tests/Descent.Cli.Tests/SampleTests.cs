namespace Descent.Cli.Tests;

public sealed class SampleTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-sample-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    static string Run(params string[] arguments)
    {
        var (exit, output, error) = DescentProcess.Run(arguments);
        Assert.True(exit == 0, output + error);
        return output;
    }

    [Theory]
    [InlineData("char-gpt", "layers=1", "width=32")]
    [InlineData("char-lstm", "layers=1", "hidden=32")]
    public void A_trained_run_writes_text_that_follows_the_prompt_and_the_seed(string model, string layers, string width)
    {
        Run("train", "--model", model, "--steps", "20", "--set", layers, "--set", width, "--set", "context=16", "--out", At(model));
        string Sample(string seed) => Run("sample", At(model), "--prompt", "Seven", "--tokens", "40", "--seed", seed).ReplaceLineEndings("\n");
        string text = Sample("1");
        Assert.StartsWith("Seven", text);
        Assert.Equal(5 + 40 + 1, text.Length);
        Assert.Equal(text, Sample("1"));
        Assert.NotEqual(text, Sample("2"));
        var (exit, _, error) = DescentProcess.Run("sample", At(model), "--prompt", "Ωmega");
        Assert.Equal(2, exit);
        Assert.Contains("U+03A9", error);
    }

    [Fact]
    public void A_text_file_is_learned_and_one_that_is_not_UTF8_is_refused()
    {
        File.WriteAllText(At("text.txt"), string.Concat(Enumerable.Repeat("to be or not to be\n", 40)));
        Run("train", "--model", "char-gpt", "--data", At("text.txt"), "--steps", "2", "--set", "layers=1", "--set", "width=16", "--set", "context=8", "--out", At("run"));
        Assert.Contains("to be", File.ReadAllText(Path.Combine(At("run"), "config.json")) + Run("sample", At("run"), "--prompt", "to be", "--tokens", "3"));

        File.WriteAllBytes(At("text.txt"), [0x61, 0xFF]);
        var (exit, _, error) = DescentProcess.Run("train", "--model", "char-gpt", "--data", At("text.txt"), "--out", At("other"));
        Assert.Equal(2, exit);
        Assert.Contains("byte 1", error);
    }
}
