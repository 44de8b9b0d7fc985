using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests.Interchange;

public sealed class OnnxExportTests
{
    /// <summary>Layers that ONNX cannot say, and what the error must tell.</summary>
    static readonly Dictionary<string, string> s_refused = new()
    {
        ["AdaptiveAvgPool1d"] = "does not divide",
        ["AdaptiveAvgPool2d"] = "does not divide",
        ["AdaptiveAvgPool3d"] = "does not divide",
        ["AdaptiveMaxPool1d"] = "does not divide",
        ["AdaptiveMaxPool2d"] = "does not divide",
        ["AdaptiveMaxPool3d"] = "does not divide",
        ["MaxUnpool1d"] = "Scatter has no translation",
        ["MaxUnpool2d"] = "Scatter has no translation",
        ["MaxUnpool3d"] = "Scatter has no translation",
        ["LSTM with projection, both directions, the last cell"] = "projections",
    };

    /// <summary>Every layer in a file of its own, run by ONNX Runtime with the batch of its row and with a smaller one.</summary>
    [OnnxRuntimeFact]
    public void Every_layer_gives_the_same_in_ONNX_Runtime()
    {
        using var batch = new OnnxRuntime.Batch();
        var failures = new List<string>();
        foreach (LayerRow row in LayerTable.Layers)
        {
            // Its lengths stand in the test, beside the batch.
            if (row.Name == "LSTM of packed sequences") continue;
            Generator.ManualSeed(1);
            var layer = row.Create().Eval();
            var inputs = row.Sample(DType.Float32);
            // States of recurrent layers have the batch in their second dimension.
            int[] dims = Array.ConvertAll(inputs, x => x.Shape.ToArray().IndexOf(inputs[0].Shape[0]));
            try
            {
                Onnx.Export(layer, x => [row.Run(layer, x)], inputs, batch.ModelPath, new() { BatchDims = dims });
            }
            catch (NotSupportedException error)
            {
                if (!s_refused.TryGetValue(row.Name, out string? told) || !error.Message.Contains(told, StringComparison.Ordinal)) failures.Add($"{row.Name}: {error.Message}");
                continue;
            }
            batch.Add(row.Name, Run(inputs), Run([.. inputs.Zip(dims, (x, dim) => dim < 0 ? x : x.Narrow(dim, 0, 1))]));

            (IReadOnlyList<(string, Tensor)>, IReadOnlyList<(string, Tensor)>) Run(Tensor[] x)
            {
                var named = new List<(string, Tensor)>();
                foreach (var t in x) named.Add((x.Length == 1 ? "input" : $"input_{named.Count}", t));
                return (named, [("output", row.Run(layer, x))]);
            }
        }
        foreach (var (name, (difference, error)) in batch.Run())
        {
            if (error is not null) failures.Add($"{name}: {error}");
            else if (!(difference <= 1e-5)) failures.Add($"{name}: differs by {difference:G3}");
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }
}
