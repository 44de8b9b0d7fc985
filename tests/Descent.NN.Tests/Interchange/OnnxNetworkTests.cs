using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests.Interchange;

/// <summary>The ready networks, each exported and run elsewhere with batches of one and of three.</summary>
public sealed class OnnxNetworkTests
{
    static Tensor Images(int size = 28) => Tensor.Randn([3, 1, size, size], generator: new Generator(1));

    static Tensor Tokens() => Tensor.RandInt(0, 20, [3, 12], generator: new Generator(1));

    public static TheoryData<string, Func<Module>, Func<Tensor>> Networks => new()
    {
        { "mlp", () => ImageModels.Mlp(28, 10), () => Images() },
        { "cnn", () => ImageModels.Cnn(28, 10), () => Images() },
        { "LeNet-5", () => new LeNet5(), () => Images() },
        { "ResNet-20", () => ResNet.Cifar(20, channels: 1), () => Images(16) },
        { "ResNet-56", () => ResNet.Cifar(56, channels: 1), () => Images(16) },
        { "ResNet-18", () => ResNet.Small18(channels: 1), () => Images(16) },
        { "char-LSTM", () => new CharLstm(20, 16, 32), Tokens },
        { "char-GPT", () => new CharGpt(Gpt), Tokens },
        { "char-GPT, rotary positions", () => new CharGpt(Gpt with { Positions = PositionKind.Rotary }), Tokens },
        { "autoencoder", () => new Autoencoder(), () => Images() },
        { "DCGAN generator", () => new Dcgan(width: 8).Generator, () => Tensor.Randn([3, 100], generator: new Generator(1)) },
        { "DCGAN discriminator", () => new Dcgan(width: 8).Discriminator, () => Images() },
        { "VAE", () => new VariationalAutoencoder(), () => Images() },
        { "VAE's decoder", () => new Decoder(), () => Tensor.Randn([3, 20], generator: new Generator(1)) },
    };

    static GptConfig Gpt => new() { VocabularySize = 20, ContextLength = 16, Layers = 2, Heads = 2, Width = 16 };

    sealed class Decoder : Module
    {
        readonly VariationalAutoencoder _vae = new();

        public override Tensor Forward(Tensor x) => _vae.Decode(x);
    }

    /// <summary>The network in evaluation, after running statistics have seen something.</summary>
    static Module Create(Func<Module> create, Tensor x)
    {
        Generator.ManualSeed(1);
        var model = create();
        using var _ = Autograd.NoGrad();
        model.Forward(x);
        return model.Eval();
    }

    [Theory, MemberData(nameof(Networks))]
    public void A_network_gives_the_same_when_it_is_imported(string name, Func<Module> create, Func<Tensor> input)
    {
        using var folder = new TemporaryFolder();
        var x = input();
        var model = Create(create, x);
        Onnx.Export(model, x, folder["a.onnx"]);
        var imported = OnnxModel.Load(folder["a.onnx"]).Eval();
        using var _ = Autograd.NoGrad();
        foreach (var batch in (Tensor[])[x, x.Narrow(0, 1, 1)])
            Assert.True(TensorComparer.Difference(imported.Forward(batch), model.Forward(batch), 1e-5, 1e-5) is null, name);
    }

    [OnnxRuntimeFact]
    public void Every_network_gives_the_same_in_ONNX_Runtime()
    {
        using var batch = new OnnxRuntime.Batch();
        foreach (object[] row in Networks)
        {
            var x = ((Func<Tensor>)row[2])();
            var model = Create((Func<Module>)row[1], x);
            Onnx.Export(model, x, batch.ModelPath);
            batch.Add((string)row[0], Array.ConvertAll((Tensor[])[x, x.Narrow(0, 1, 1)], t =>
                ((IReadOnlyList<(string, Tensor)>)[("input", t)], (IReadOnlyList<(string, Tensor)>)[("output", model.Forward(t))])));
        }
        batch.AssertSame(1e-5);
    }
}
