using Descent.Tensors;

namespace Descent.NN.Tests.Interchange;

/// <summary>A layer of the table of layers with its exported file's inputs.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Layer">The layer in evaluation.</param>
/// <param name="Inputs">The row's inputs.</param>
/// <param name="BatchDims">The dimension of each input that counts the batch.</param>
sealed record OnnxLayer(LayerRow Row, Module Layer, Tensor[] Inputs, int[] BatchDims)
{
    /// <summary>Layers that ONNX cannot say, and what the error must tell.</summary>
    internal static Dictionary<string, string> Refused { get; } = new()
    {
        ["LSTM with projection, both directions, the last cell"] = "projections",
    };

    /// <summary>Where the batch is not in the first dimension, or of a fixed size.</summary>
    static readonly Dictionary<string, int[]> s_batchDims = new()
    {
        ["TransformerEncoderLayer, normalised first, causal"] = [1],
        // Its mask, which stands in the test, has a row for each example.
        ["MultiheadAttention with a key and value of its own, and zeros"] = [-1],
    };

    /// <summary>All layers but one whose test gives it lengths that belong to a batch.</summary>
    internal static IEnumerable<LayerRow> Rows
    {
        get
        {
            foreach (LayerRow row in LayerTable.Layers)
                if (row.Name != "LSTM of packed sequences") yield return row;
        }
    }

    internal static OnnxLayer Of(LayerRow row)
    {
        Generator.ManualSeed(1);
        var layer = row.Create().Eval();
        var inputs = row.Sample(DType.Float32);
        // States of recurrent layers have the batch in their second dimension.
        return new(row, layer, inputs, s_batchDims.GetValueOrDefault(row.Name) ?? Array.ConvertAll(inputs, x => x.Shape.ToArray().IndexOf(inputs[0].Shape[0])));
    }

    internal void Export(string path) => Onnx.Export(Layer, x => [Row.Run(Layer, x)], Inputs, path, new() { BatchDims = BatchDims });

    /// <summary>The row's inputs, and their first example alone.</summary>
    internal Tensor[][] Batches => [Inputs, [.. Inputs.Zip(BatchDims, (x, dim) => dim < 0 ? x : x.Narrow(dim, 0, 1))]];
}
