using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests.Interchange;

public sealed class OnnxExportTests
{
    public static TheoryData<LayerRow> Layers => [.. OnnxLayer.Rows];

    [Theory, MemberData(nameof(Layers))]
    public void An_exported_layer_gives_the_same_when_it_is_imported(LayerRow row)
    {
        using var folder = new TemporaryFolder();
        var layer = OnnxLayer.Of(row);
        if (OnnxLayer.Refused.TryGetValue(row.Name, out string? told))
        {
            Assert.Contains(told, Assert.Throws<NotSupportedException>(() => layer.Export(folder["a.onnx"])).Message, StringComparison.Ordinal);
            return;
        }
        layer.Export(folder["a.onnx"]);
        var imported = OnnxModel.Load(folder["a.onnx"]).Eval();
        foreach (var inputs in layer.Batches)
            Assert.Null(TensorComparer.Difference(imported.Run(inputs)[0].Detach(), row.Run(layer.Layer, inputs).Detach(), 1e-5, 1e-5));
        var keys = layer.Layer.StateDict();
        Assert.All(imported.StateDict(), s => Assert.Null(TensorComparer.Difference(s.Value, keys[s.Key], 0, 0)));
    }

    /// <summary>Every layer in a file of its own, run by ONNX Runtime with the batch of its row and with a smaller one.</summary>
    [OnnxRuntimeFact]
    public void Every_layer_gives_the_same_in_ONNX_Runtime()
    {
        using var batch = new OnnxRuntime.Batch();
        foreach (var row in OnnxLayer.Rows)
        {
            if (OnnxLayer.Refused.ContainsKey(row.Name)) continue;
            var layer = OnnxLayer.Of(row);
            layer.Export(batch.ModelPath);
            batch.Add(row.Name, Array.ConvertAll(layer.Batches, Run));

            (IReadOnlyList<(string, Tensor)>, IReadOnlyList<(string, Tensor)>) Run(Tensor[] x)
            {
                var named = new List<(string, Tensor)>();
                foreach (var t in x) named.Add((x.Length == 1 ? "input" : $"input_{named.Count}", t));
                return (named, [("output", row.Run(layer.Layer, x))]);
            }
        }
        batch.AssertSame(1e-5);
    }

    sealed class Function(Func<Tensor, Tensor> f) : Module
    {
        public override Tensor Forward(Tensor x) => f(x);
    }

    static string Refusal(Func<Tensor, Tensor> f)
    {
        using var folder = new TemporaryFolder();
        return Assert.Throws<NotSupportedException>(() => Onnx.Export(new Function(f), Tensor.Randn([2, 4], generator: new Generator(1)), folder["a.onnx"])).Message;
    }

    public static TheoryData<string, Func<Tensor, Tensor>, string> Unexportable => new()
    {
        { "random numbers", x => x + Tensor.Randn(x.Shape), "drawn at random" },
        { "elements computed outside of operations", x => x * (float)x.Select(1, 0).Sum().Item(), "changes with the batch or with the values" },
        { "a constant made of elements", x => x * Tensor.From<float>([.. x.Select(0, 0).ToArray<float>().Select(v => v + 1)]), "no traced operation made it" },
        { "an unknown operation", x => x.Cumprod(1), "Cumprod has no translation" },
        { "an assignment where a mask says", x => { var y = x.Clone(); y[x.Gt(0)] = Tensor.Scalar(2f); return y; }, "masks" },
        { "an assignment to a part of the batch", x => { var y = x.Clone(); y[..2] = Tensor.Scalar(2f); return y; }, "changes with the batch" },
        { "steps that follow the values", x => x.Select(0, 0).Sum().Item() > 1 == x.Shape[0] > 2 ? x.Exp() : x.Exp().Exp(), "must not depend on the batch" },
        { "steps that follow the batch", x => x.Shape[0] > 2 ? x.Exp() : x.Relu(), "must not depend on the batch" },
    };

    [Theory, MemberData(nameof(Unexportable))]
    public void What_would_become_a_silent_constant_is_an_error(string what, Func<Tensor, Tensor> f, string message) =>
        Assert.True(Refusal(f).Contains(message, StringComparison.Ordinal), $"{what}: {Refusal(f)}");

    public static TheoryData<string, Func<Tensor, Tensor>> Functions => new()
    {
        { "a change in place", x => { var y = x * 2; y.Add_(x); return y.Mul_(0.5); } },
        { "constants that grow with the batch", x => x + Tensor.Arange(4).Unsqueeze(0).Expand(x.Shape) },
        { "zeros of the batch's size", x => Tensor.Cat([Tensor.Zeros([x.Shape[0], 1]), x], 1) },
        { "reshapes of several sizes that follow the batch", x => x.Reshape(x.Shape[0], 2, 2).Transpose(0, 1).Reshape(2, x.Shape[0] * 2).Reshape(2, x.Shape[0], 2).Transpose(0, 1) },
        { "a matrix by its transpose", x => x.MatMul(x.T) },
        { "masks", x => x.MaskedFill(x.Gt(0.1), -1) + Tensor.Where(x.Lt(0).LogicalOr(x.Ge(1)), x, x * x) },
        { "extremes and positions", x => x.Amax(1, keepDim: true) + x.Argmax(1, keepDim: true).To(DType.Float32) - x.Min(1).Values.Unsqueeze(1) },
        { "moments", x => (x - x.Mean(1, keepDim: true)) / x.Std(1, 1, keepDim: true) + x.LogSumExp(1, keepDim: true) + x.Var(1, keepDim: true) },
        { "slices", x => x[.., TensorIndex.Slice(step: -1)] + x[TensorIndex.Ellipsis, 1..2] + x.Flip(1) + x[.., ^1].Unsqueeze(1) },
        { "pieces", x => Tensor.Cat([.. x.Chunk(2, 1).Reverse()], 1) * x.Unbind(1)[2].Unsqueeze(1) },
        { "powers and roundings", x => x.Abs().Add(0.5).Pow(1.5) + x.Trunc() + x.Div(0.3).Floor() + x.Log1p().NanToNum(2) },
        { "functions of one element", x => x.Sin() + x.Cos() + x.Atan() + x.Sinh() + x.Cosh() + x.Asinh() + x.Exp2() + x.Expm1() + x.Erf() + x.Erfc() + x.Frac() + x.Sign() + x.Round() + x.Ceil() + x.Neg() },
        { "functions of positive elements", x => x.Square().Add(0.5) is var y ? y.Rsqrt() + y.Log2() + y.Log10() + y.Sqrt() + y.Reciprocal() + y.RDiv(2) + y.RSub(3) : x },
        { "bounds", x => x.Clamp(-0.5, 0.5) + x.Clamp(null, 0.1) + x.Maximum(x * -2) + x.Minimum(Tensor.Zeros(4)) },
        { "remainders", x => x.Remainder(0.7) + x.Fmod(0.7) + x.Div(x.Abs() + 1, "floor") + x.Div(x.Abs() + 0.3, "trunc") + x.FloorDivide(0.4) },
        { "triangles and running sums", x => x.Cumsum(1) + (x.Unsqueeze(1) * Tensor.Ones(4, 1)).Tril(-1).Sum(1) + (x.Unsqueeze(1) * Tensor.Ones(4, 1)).Triu(1).Sum(1) },
        { "norms and truths", x => x.Norm(3, 1, keepDim: true) + x / x.Norm(2, 1, keepDim: true) + x.Gt(0).All(1, keepDim: true).To(DType.Float32) + x.Gt(0).Any(1).To(DType.Float32).Unsqueeze(1) },
        { "integers", x => (x * 10).To(DType.Int64).Mul(3).Add(1).Remainder(Tensor.Scalar(7L)).To(DType.Float32) + x.Argmin(1).Unsqueeze(1) },
        { "repeated and rolled elements", x => x.Repeat(1, 2).Roll(3, 1).RepeatInterleave(2, 1)[.., ..4] },
        { "gathered elements", x => x.Gather(1, x.Argmax(1, keepDim: true)) + x.IndexSelect(1, Tensor.From<long>([3, 0])).Sum(1, keepDim: true) },
        { "a dropped batch", x => x.Mean(0) },
        { "maxima put back in their places", x => F.MaxPool2dWithIndices(x.Reshape(x.Shape[0], 2, 1, 2), (1, 2)) is var (y, at) ? F.MaxUnpool2d(y, at, (1, 2)).Reshape(x.Shape) : x },
        { "the places of maxima", x => F.AdaptiveMaxPool1dWithIndices(x.Unsqueeze(1), 1).Indices.Squeeze(1).To(DType.Float32) + x },
        { "scattered elements", x => x.Scatter(1, x.Argmax(1, keepDim: true), 3) + x.ScatterAdd(1, Tensor.From<long>([0, 3, 3, 1]).Expand(x.Shape), x) },
        { "rows copied and added", x => x.IndexAdd(1, Tensor.From<long>([2, 0, 2]), x[.., ..3]) + x.IndexCopy(1, Tensor.From<long>([3, 1]), x[.., 1..3]) + x.IndexAdd(0, Tensor.From<long>([0]), x[..1], 2) },
        { "values put at indices", x => x.T.IndexPut([Tensor.From<long>([3, -4])], x.T[..1] * 2) is var y ? y.IndexPut([Tensor.From<long>([1, 1]), Tensor.From<long>([0, 0])], Tensor.From<float>([1, 2]), accumulate: true).T : x },
        { "an assignment of a part", x => { var y = x.Clone(); y[.., 1..3] = x[.., ..2] * 3; y[.., ^1] = x[.., 0] + 1; y[TensorIndex.Ellipsis, 0] = Tensor.Scalar(5f); return y; } },
        { "assignments in steps of several dimensions", x => { var y = Tensor.Cat([x, x * 2], 1).Reshape(-1, 2, 4).Clone(); y[.., 1, TensorIndex.Slice(step: 2)] = x[.., 2..]; y[.., .., 1..3] = Tensor.From<float>([7, 8]); return y.IndexPut([TensorIndex.Slice(), 0, TensorIndex.Slice(1)], x[.., 1..], accumulate: true); } },
        { "pixels at places", x => F.GridSample(x.Reshape(-1, 1, 2, 2), (x * 1.5).Reshape(-1, 1, 2, 2)) + F.GridSample(x.Reshape(-1, 1, 2, 2), x.Reshape(-1, 1, 2, 2), padding: PaddingMode.Replicate, alignCorners: true) },
        { "pixels at places by other ways", x => F.GridSample(x.Reshape(-1, 1, 2, 2), x.Reshape(-1, 1, 2, 2), InterpolationMode.Nearest) + F.GridSample(x.Reshape(-1, 1, 2, 2), x.Reshape(-1, 1, 2, 2), InterpolationMode.Bicubic, PaddingMode.Reflect) },
        { "voxels at places", x => F.GridSample(x.Reshape(-1, 1, 2, 2, 1), Tensor.Cat([x, x.Flip(1)[.., ..2]], 1).Reshape(-1, 1, 2, 1, 3)) },
        { "images moved by affine maps", x => F.GridSample(Tensor.Cat([x, x * 2], 1).Reshape(-1, 1, 2, 4), F.AffineGrid(Tensor.Cat([x, x[.., ..2]], 1).Reshape(-1, 2, 3), [x.Shape[0], 1, 3, 5])) },
        { "patches", x => F.Fold(F.Unfold(Tensor.Cat([x, x * 2, x * 3], 1).Reshape(-1, 1, 3, 4), 2, dilation: (1, 2), padding: (1, 0), stride: 2), (3, 4), 2, dilation: (1, 2), padding: (1, 0), stride: 2) },
        { "windows along a dimension", x => x.Unfold(1, 2, 1).Sum(2) },
        { "einsum", x => Tensor.Einsum("bi,bj->bij", x, x) },
        { "attention by hand", x => (x.Unsqueeze(2) * x.Unsqueeze(1)).MaskedFill(Tensor.Ones([4, 4]).Triu(1).To(DType.Bool), double.NegativeInfinity).Softmax(-1) },
    };

    [Theory, MemberData(nameof(Functions))]
    public void Functions_of_tensors_give_the_same_when_they_are_imported(string what, Func<Tensor, Tensor> f)
    {
        using var folder = new TemporaryFolder();
        Onnx.Export(new Function(f), Tensor.Randn([2, 4], generator: new Generator(1)), folder["a.onnx"]);
        var imported = OnnxModel.Load(folder["a.onnx"]);
        foreach (int batch in (int[])[1, 2, 5])
        {
            var x = Tensor.Randn([batch, 4], generator: new Generator(2));
            Assert.True(TensorComparer.Difference(imported.Forward(x), f(x), 1e-5, 1e-5) is null, what);
        }
    }

    [OnnxRuntimeFact]
    public void Functions_of_tensors_give_the_same_in_ONNX_Runtime()
    {
        using var batch = new OnnxRuntime.Batch();
        foreach (object[] row in Functions)
        {
            var (what, f) = ((string)row[0], (Func<Tensor, Tensor>)row[1]);
            Onnx.Export(new Function(f), Tensor.Randn([2, 4], generator: new Generator(1)), batch.ModelPath);
            batch.Add(what, Array.ConvertAll((int[])[1, 5], n =>
            {
                var x = Tensor.Randn([n, 4], generator: new Generator(2));
                return ((IReadOnlyList<(string, Tensor)>)[("input", x)], (IReadOnlyList<(string, Tensor)>)[("output", f(x))]);
            }));
        }
        batch.AssertSame(1e-5);
    }

    [Fact]
    public void The_training_mode_is_left_as_it_was_and_dropout_is_gone()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Linear(4, 3), new Dropout(), new Linear(3, 2));
        model[1].Eval();
        Onnx.Export(model, Tensor.Randn([2, 4]), folder["a.onnx"], new() { InputNames = ["pixels"], OutputNames = ["logits"] });
        Assert.Equal([true, true, false, true], model.NamedModules().Select(m => m.Module.IsTraining));
        var imported = OnnxModel.Load(folder["a.onnx"]);
        Assert.Equal(["pixels"], imported.InputNames);
        Assert.Equal(["logits"], imported.OutputNames);
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], imported.StateDict().Keys);
    }
}
