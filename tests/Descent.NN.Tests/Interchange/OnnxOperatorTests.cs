using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests.Interchange;

/// <summary>Operators that files of others have and exported ones do not, over x <c>(2, 2, 2, 4)</c>.</summary>
public sealed class OnnxOperatorTests
{
    static readonly Dictionary<string, (int Opset, Func<GraphBuilder, string> Build, Func<Tensor, Tensor> Expected)> s_rows = new()
    {
        ["Places of maxima"] = (17, g => g.Add("Gather", [g.Add("Reshape", ["x", g.Integers(-1)]), Maxima(g)[1]], ("axis", 0L)), x => F.MaxPool2d(x, (1, 2))),
        ["MaxUnpool"] = (17, g => g.Add("MaxUnpool", Maxima(g), ("kernel_shape", (long[])[1, 2]), ("strides", (long[])[1, 2])),
            x => Tensor.Where(x.Ge(x.Reshape(2, 2, 2, 2, 2).Amax(-1).RepeatInterleave(2, -1)), x, Tensor.ZerosLike(x))),
        ["Col2Im"] = (18, g => g.Add("Col2Im", [g.Add("Reshape", ["x", g.Integers(2, 8, 2)]), g.Integers(2, 4), g.Integers(2, 2)], ("dilations", (long[])[1, 2])),
            x => F.Fold(x.Reshape(2, 8, 2), (2, 4), 2, dilation: (1, 2))),
        ["ScatterElements, mul"] = (18, g => Scatter(g, "mul"), x => First(x, 0.75 * x[.., .., .., ..1] * -0.5)),
        ["ScatterElements, max"] = (18, g => Scatter(g, "max"), x => First(x, x[.., .., .., ..1].Clamp(0.75, null))),
        ["ScatterElements, min"] = (18, g => Scatter(g, "min"), x => First(x, x[.., .., .., ..1].Clamp(null, -0.5))),
        ["AffineGrid"] = (20, g => g.Add("AffineGrid", [Part(g, 6, [2, 2, 3]), g.Integers(2, 1, 3, 5)], ("align_corners", 1L)),
            x => F.AffineGrid(x.Reshape(2, -1)[.., ..6].Reshape(2, 2, 3), [2, 1, 3, 5], alignCorners: true)),
        ["GridSample of volumes"] = (20, g => g.Add("GridSample", [g.Add("Reshape", ["x", g.Integers(2, 1, 2, 2, 4)]), Part(g, 12, [2, 1, 2, 2, 3])], ("mode", "linear"), ("padding_mode", "border")),
            x => F.GridSample(x.Reshape(2, 1, 2, 2, 4), x.Reshape(2, -1)[.., ..12].Reshape(2, 1, 2, 2, 3), padding: PaddingMode.Replicate)),
    };

    public static TheoryData<string> Names => [.. s_rows.Keys];

    static string[] Maxima(GraphBuilder g) => g.Add("MaxPool", ["x"], 2, ("kernel_shape", (long[])[1, 2]), ("strides", (long[])[1, 2]));

    /// <summary>Two values for the first element of each line.</summary>
    static string Scatter(GraphBuilder g, string reduction) => g.Add("ScatterElements", ["x", g.Value(Tensor.Zeros([2, 2, 2, 2], DType.Int64)),
        g.Value(Tensor.From<float>([0.75f, -0.5f]).Expand(2, 2, 2, 2))], ("axis", 3L), ("reduction", reduction));

    static Tensor First(Tensor x, Tensor first) => Tensor.Cat([first, x[.., .., .., 1..]], -1);

    /// <summary>So many elements of each example.</summary>
    static string Part(GraphBuilder g, int count, long[] shape) =>
        g.Add("Reshape", [g.Add("Slice", [g.Add("Reshape", ["x", g.Integers(2, 16)]), g.Integers(0), g.Integers(count), g.Integers(1)]), g.Integers(shape)]);

    static Tensor Write(string name, string path)
    {
        var (opset, build, expected) = s_rows[name];
        var x = Tensor.Randn([2, 2, 2, 4], generator: new Generator(5));
        var graph = new GraphBuilder(opset);
        Assert.Equal(["x", "y"], [graph.Name("x"), graph.Name("y")]);
        graph.Rename(build(graph), "y");
        OnnxWriter.Write(path, graph.Finish([new("x", DType.Float32, [2, 2, 2, 4])], [new("y", DType.Float32, [.. expected(x).Shape.Select(d => (object)d)])]));
        return x;
    }

    [Theory, MemberData(nameof(Names))]
    public void An_imported_operator_gives_what_is_expected(string name)
    {
        using var folder = new TemporaryFolder();
        var x = Write(name, folder["a.onnx"]);
        Assert.Null(TensorComparer.Difference(OnnxModel.Load(folder["a.onnx"]).Forward(x), s_rows[name].Expected(x), 1e-5, 1e-5));
    }

    [OnnxRuntimeFact]
    public void ONNX_Runtime_gives_what_is_expected()
    {
        using var batch = new OnnxRuntime.Batch();
        foreach (string name in s_rows.Keys)
        {
            var x = Write(name, batch.ModelPath);
            batch.Add(name, ([("x", x)], [("y", s_rows[name].Expected(x))]));
        }
        batch.AssertSame(1e-5);
    }
}
