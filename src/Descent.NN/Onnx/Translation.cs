using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// One operation on its way into a graph, as two traces saw it that had another batch and other values: what differs
/// between them is no constant.
/// </summary>
sealed class Translation(TraceTranslator translator, TracedStep a, TracedStep b)
{
    internal GraphBuilder Graph => translator.Graph;

    internal TracedOperation Operation => a.Operation;

    /// <summary>The number of inputs.</summary>
    internal int Inputs => a.Inputs.Length;

    /// <summary>The name of an input.</summary>
    internal string this[int input] => translator.NameOf(a.Inputs[input], b.Inputs[input], Operation.Name);

    /// <summary>The name of an input, converted where its type is another.</summary>
    internal string As(int input, DType type) => Cast(this[input], In(input).DType, type);

    /// <summary>An input as the first trace saw it.</summary>
    internal Tensor In(int input) => Operation.Inputs[input];

    /// <summary>A result as the first trace saw it.</summary>
    internal Tensor Out(int output = 0) => Operation.Outputs[output];

    /// <summary>Whether there is such a result and the outputs are made of it.</summary>
    internal bool IsNeeded(int output) => output < a.Outputs.Length && translator.Needs(a.Outputs[output]);

    /// <summary>An attribute that both traces agree in.</summary>
    internal T Attribute<T>(int index)
    {
        if (index >= Operation.Attributes.Count || Operation.Attributes[index] is not T value || b.Operation.Attributes[index] is not T other)
            throw Unsupported($"its attribute {index} is not the {typeof(T).Name} that the export expects");
        bool same = value is Array one && other is Array two ? one.Cast<object?>().SequenceEqual(two.Cast<object?>()) : Equals(value, other);
        return same ? value : throw Unsupported($"its attribute {index} changes with the batch or with the values of the input");
    }

    internal bool Has<T>(int index) => index < Operation.Attributes.Count && Operation.Attributes[index] is T;

    /// <summary>The shape of a result, as an input of Reshape or Expand: constant but for what follows the batch.</summary>
    /// <param name="free">Whether one size may be −1, for the operator to find out.</param>
    internal string ResultShape(bool free) => translator.ShapeValue(Out().Shape, b.Operation.Outputs[0].Shape, free, Operation.Name);

    /// <summary>Whether a size of a result follows the batch.</summary>
    internal bool Varies(int dim) => Out().Shape[dim] != b.Operation.Outputs[0].Shape[dim];

    /// <summary>Whether a size of an input follows the batch.</summary>
    internal bool InputVaries(int input, int dim) => In(input).Shape[dim] != b.Operation.Inputs[input].Shape[dim];

    internal string Add(string operation, string?[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Graph.Add(operation, inputs, attributes);

    /// <summary>The value of the result.</summary>
    internal void Give(string name, int output = 0) => translator.Bind(a.Outputs[output], b.Outputs[output], name);

    /// <summary>The result is one operator of the graph.</summary>
    internal void Give(string operation, string?[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Give(Graph.Add(operation, inputs, attributes));

    internal string Number(double value) => Graph.Scalar(value, Out().DType);

    internal string Number(Scalar value) => Graph.Scalar(value, Out().DType);

    internal string Cast(string name, DType from, DType to) =>
        from == to ? name : Graph.Add("Cast", [name], ("to", (long)OnnxTypes.Number(to)));

    internal NotSupportedException Unsupported(string why) => new($"Onnx.Export: {Operation.Name} giving {Out().Shape} cannot be exported: {why}.");
}
