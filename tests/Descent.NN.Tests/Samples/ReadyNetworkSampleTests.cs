using Descent.Samples;

namespace Descent.NN.Tests;

/// <summary>The samples of the ready networks in small form: they run, learn what they say, and leave the files they name.</summary>
public sealed class ReadyNetworkSampleTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-samples").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, Func<TextWriter, string, double>, double, double, string[]> Samples => new()
    {
        { "mlp", (output, folder) => MlpRegression.Run(output, folder, epochs: 40), 0.85, 1, ["mlp.safetensors", "mlp.pt"] },
        { "lenet", (output, _) => LeNetDigits.Run(output, images: 1_500, epochs: 3), 0.7, 1, [] },
        { "resnet", (output, folder) => ResNetDigits.Run(output, folder, images: 500, size: 12, epochs: 3), 0.5, 1, ["resnet20.onnx"] },
        { "lstm", (output, _) => CharLstmText.Run(output, steps: 100, hiddenSize: 64), 0.3, 1.2, [] },
        { "gpt", (output, _) => CharGptText.Run(output, steps: 40, width: 32), 0.5, 2.6, [] },
        { "autoencoder", (output, folder) => AutoencoderDigits.Run(output, folder, images: 1_500, epochs: 6), 0.05, 0.9, ["autoencoder.png"] },
        { "vae", (output, folder) => VaeDigits.Run(output, folder, images: 1_500, epochs: 3), -270, -130, ["vae.png"] },
        { "dcgan", (output, folder) => DcganDigits.Run(output, folder, images: 1_280, epochs: 12, width: 8), 0, 0.25, ["dcgan.png"] },
    };

    [Theory, MemberData(nameof(Samples))]
    public void A_sample_learns_what_it_shows_and_leaves_its_files(string name, Func<TextWriter, string, double> run, double low, double high, string[] files)
    {
        using var output = new StringWriter();
        double figure = run(output, _folder);
        Assert.True(figure >= low && figure <= high, $"{name}: {figure}\n{output}");
        foreach (string file in files.Select(f => Path.Combine(_folder, f)))
        {
            Assert.True(File.Exists(file), $"{name}: {file}");
            if (file.EndsWith(".png", StringComparison.Ordinal)) Assert.True(PngImage.Load(file).Pixels.Distinct().Count() > 50, $"{name}: the picture is empty");
        }
    }
}
