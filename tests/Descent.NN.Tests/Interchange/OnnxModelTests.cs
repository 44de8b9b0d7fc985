using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests.Interchange;

public sealed class OnnxModelTests
{
    static byte[] Exported(Module model, Tensor example)
    {
        using var folder = new TemporaryFolder();
        Onnx.Export(model, example, folder["a.onnx"]);
        return File.ReadAllBytes(folder["a.onnx"]);
    }

    static Sequential Network() => new(new Conv2d(1, 4, 3), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(36, 5));

    /// <summary>A file of nodes, each "Operator input,input -> output", from x to y.</summary>
    static byte[] Graph(params string[] nodes)
    {
        var graph = new ProtobufWriter();
        foreach (string line in nodes)
        {
            string[] parts = line.Split([" ", "->"], StringSplitOptions.RemoveEmptyEntries);
            graph.Message(1, node =>
            {
                foreach (string input in parts[1].Split(',')) node.String(1, input);
                node.String(2, parts[2]);
                node.String(4, parts[0]);
            });
        }
        graph.Message(11, v => v.String(1, "x"));
        graph.Message(12, v => v.String(1, "y"));
        var model = new ProtobufWriter();
        model.Varint(1, 8);
        model.Bytes(7, graph.Written);
        model.Message(8, set => set.Varint(2, 17));
        return model.Written.ToArray();
    }

    [Fact]
    public void An_imported_model_trains_on()
    {
        Generator.ManualSeed(3);
        var x = Tensor.Randn([8, 1, 8, 8]);
        var target = Tensor.RandInt(0, 5, [8]);
        var model = OnnxModel.Load(Exported(Network(), x));
        Assert.Equal(6, model.Parameters().Count());
        Assert.Equal(2, model.NamedBuffers().Count());
        var optimizer = new SGD(model.Parameters(), 0.1);
        double first = 0, last = 0;
        for (int step = 0; step < 30; step++)
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(x), target);
            loss.Backward();
            optimizer.Step();
            last = loss.Item();
            if (step == 0) first = last;
        }
        Assert.InRange(last, 0, first / 4);
    }

    public static TheoryData<string, string[]> Broken => new()
    {
        { "takes \"b\", which nothing before it gives", ["Relu b -> a", "Relu a -> b", "Add a,b -> y"] },
        { "takes \"y\", which nothing before it gives", ["Add x,y -> y"] },
        { "\"a\" is given twice", ["Relu x -> a", "Relu x -> a", "Relu a -> y"] },
        { "The output \"y\" is given by nothing", ["Relu x -> a"] },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Graphs_that_lead_nowhere_or_in_circles_are_refused(string message, string[] nodes) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => OnnxModel.Load(Graph(nodes))).Message, StringComparison.Ordinal);

    [Fact]
    public void All_unknown_operators_are_named_at_once()
    {
        string message = Assert.Throws<NotSupportedException>(() => OnnxModel.Load(Graph("Warp x -> a", "Relu a -> b", "Weave b -> c", "Warp c -> y"), "strange.onnx")).Message;
        Assert.Contains("strange.onnx", message, StringComparison.Ordinal);
        Assert.Contains("\"Warp\" (2), \"Weave\" (1)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_operator_cannot_take_is_told_with_its_name()
    {
        var model = OnnxModel.Load(Graph("Concat x -> a", "Gather a -> y"));
        Assert.Contains("Gather (\"y\"): input 1 is missing", Assert.Throws<ArgumentException>(() => model.Forward(Tensor.Ones(2, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("Expected 1: x", Assert.Throws<ArgumentException>(() => model.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_give_clean_errors_and_take_little_memory()
    {
        byte[] file = Exported(Network(), Tensor.Randn([2, 1, 8, 8], generator: new Generator(1)));
        Fuzz.Verify(Mutator.Mutate(file, 1_500, seed: 1), f =>
        {
            try
            {
                OnnxModel.Load(f);
            }
            catch (NotSupportedException)
            {
                // An operator's name was hit.
            }
        });
        for (int length = 0; length < file.Length; length += 97)
            Assert.Throws<InvalidDataException>(() => OnnxModel.Load(file.AsSpan(0, length)));
    }
}
