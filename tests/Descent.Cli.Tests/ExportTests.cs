using Descent.NN;
using Descent.Tensors;
using Descent.Tensors.Formats;
using Descent.Testing;

namespace Descent.Cli.Tests;

public sealed class ExportTests
{
    static string Run(params string[] arguments)
    {
        var (exit, output, error) = DescentProcess.Run(arguments);
        Assert.True(exit == 0, output + error);
        return output;
    }

    [Theory]
    [InlineData("lenet", "images=120")]
    [InlineData("char-gpt", "layers=1", "width=16", "context=8")]
    [InlineData("vae", "images=160", "hidden=16")]
    [InlineData("dcgan", "images=120", "width=4")]
    public void A_run_is_written_in_every_format(string model, params string[] settings)
    {
        using var folder = new TemporaryFolder();
        Run(["train", "--model", model, "--steps", "2", "--out", folder["run"], .. settings.SelectMany(s => new[] { "--set", s })]);
        foreach (string file in (string[])["a.onnx", "a.safetensors", "a.pt"]) Assert.Contains("bytes", Run("export", folder["run"], "--out", folder[file]));
        var weights = Safetensors.Load(folder["a.safetensors"]);
        var imported = OnnxModel.Load(folder["a.onnx"]).StateDict();
        Assert.All(imported, s => Assert.Equal(weights[s.Key].ToArray<float>(), s.Value.ToArray<float>()));
        Assert.Empty(weights.Keys.Except(TorchCheckpoint.LoadStateDict(folder["a.pt"]).Keys));

        var (exit, _, error) = DescentProcess.Run("export", folder["run"], "--out", folder["a.gguf"]);
        Assert.Equal(2, exit);
        Assert.Contains("--format gguf is not known; the formats are: onnx, safetensors, pt", error);
    }
}
