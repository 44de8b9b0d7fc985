namespace Descent.NN;

/// <summary>The operators of ONNX that can be run, by name.</summary>
static class OnnxOperators
{
    internal static Dictionary<string, OnnxOperator> All { get; } = new IEnumerable<KeyValuePair<string, OnnxOperator>>[]
    {
        OnnxElementwise.Table, OnnxShapes.Table, OnnxIndexing.Table, OnnxReductions.Table, OnnxLayers.Table, OnnxPooling.Table, OnnxResampling.Table, OnnxRecurrent.Table,
    }.SelectMany(table => table).ToDictionary();
}
