using System.Text.Json;
using Descent.Tensors;
using Descent.Tensors.Formats;
using Descent.Testing;

namespace Descent.NN.Tests.Interchange;

public sealed class TorchInteropTests
{
    static readonly string[] s_layers =
    [
        """["Conv2d", [1, 4, 3]]""", """["BatchNorm2d", [4]]""", """["ReLU", []]""", """["MaxPool2d", [2]]""", """["Flatten", []]""", """["Linear", [36, 5]]""",
    ];

    static Sequential Network() => new(new Conv2d(1, 4, 3), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(36, 5));

    [TorchFact]
    public void A_state_dict_goes_to_PyTorch_is_trained_there_comes_back_and_trains_on()
    {
        using var folder = new TemporaryFolder();
        var x = Tensor.Randn([3, 1, 8, 8], generator: new Generator(1));
        var model = Network();
        Train(model, x);
        model.SaveTorch(folder["ours.pt"]);
        Ask(folder, model, x);

        var answer = (OrderedDictionary<object, object?>)TorchCheckpoint.Load(folder["answer.pt"])!;
        TorchCheckpoint.Save(folder["state.pt"], answer["model"]);
        var back = Network();
        Assert.True(back.LoadTorch(folder["state.pt"]).IsEmpty);
        Assert.InRange((back.Eval().Forward(x) - (Tensor)answer["output"]!).Abs().Max().Item(), 0, 1e-5);

        Train(back, x);
        back.SaveTorch(folder["ours.pt"]);
        Ask(folder, back, x);
    }

    static void Train(Module model, Tensor x)
    {
        var optimizer = new SGD(model.Train().Parameters(), 0.1);
        for (int step = 0; step < 3; step++)
        {
            optimizer.ZeroGrad();
            model.Forward(x).Square().Mean().Backward();
            optimizer.Step();
        }
    }

    /// <summary>PyTorch loads the checkpoint, gives the same output, takes a step and writes <c>answer.pt</c>.</summary>
    static void Ask(TemporaryFolder folder, Module model, Tensor x)
    {
        var y = model.Eval().Forward(x);
        File.WriteAllText(folder["run.json"], $$"""
            {"layers": [{{string.Join(", ", s_layers)}}],
             "input": {{Json(x)}}, "input_shape": [{{string.Join(", ", x.Shape)}}],
             "output": {{Json(y)}}, "output_shape": [{{string.Join(", ", y.Shape)}}]}
            """);
        Interop.Script(Interop.Python!, "torch_checkpoint.py", folder["ours.pt"], folder["run.json"], folder["answer.pt"]);
    }

    static string Json(Tensor x) => JsonSerializer.Serialize(x.Detach().AsSpan<float>().ToArray());
}
