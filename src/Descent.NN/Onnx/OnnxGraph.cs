using Descent.Tensors;

namespace Descent.NN;

/// <summary>One operator of a graph. Attributes are <c>long</c>, <c>float</c>, <c>string</c>, arrays of these, or tensors.</summary>
sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, object> Attributes, string Domain = "");

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type, or null where the file does not say.</param>
/// <param name="Sizes">Numbers, or names of what varies; null where the file does not say.</param>
sealed record OnnxValue(string Name, DType? Type, IReadOnlyList<object>? Sizes);

/// <summary>A graph of operators, the constants that it starts from, and the operator set that it is written in.</summary>
sealed record OnnxGraph(int Opset, IReadOnlyList<OnnxNode> Nodes, OrderedDictionary<string, Tensor> Initializers,
    IReadOnlyList<OnnxValue> Inputs, IReadOnlyList<OnnxValue> Outputs)
{
    /// <summary>What else the file tells, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
