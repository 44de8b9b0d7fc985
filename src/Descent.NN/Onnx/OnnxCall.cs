using Descent.Tensors;

namespace Descent.NN;

/// <summary>What an operator of ONNX does.</summary>
delegate Tensor[] OnnxOperator(OnnxCall call);

/// <summary>A call of an operator: its inputs, those left out as null, and its attributes.</summary>
sealed class OnnxCall(OnnxNode node, Tensor?[] inputs, int opset)
{
    internal int Opset => opset;

    /// <summary>The number of inputs, left-out ones at the end not counted.</summary>
    internal int Count => inputs.Length;

    internal int Outputs => node.Outputs.Count;

    internal IReadOnlyList<string> OutputNames => node.Outputs;

    /// <summary>An input that must be there.</summary>
    internal Tensor this[int i] => Optional(i) ?? throw new ArgumentException($"input {i} is missing.");

    internal Tensor? Optional(int i) => i < inputs.Length ? inputs[i] : null;

    internal Tensor[] All => [.. Enumerable.Range(0, inputs.Length).Select(i => this[i])];

    internal bool Has(string name) => node.Attributes.ContainsKey(name);

    internal int Integer(string name, int missing) => checked((int)Get<long>(name, missing));

    internal bool Flag(string name, bool missing = false) => Get<long>(name, missing ? 1 : 0) != 0;

    internal float Float(string name, float missing) => Get(name, missing);

    internal string Text(string name, string missing) => Get(name, missing);

    internal int[]? Integers(string name) => Has(name) ? Narrow(Get<long[]>(name, [])) : null;

    internal string[]? Texts(string name) => Has(name) ? Get<string[]>(name, []) : null;

    internal Tensor? Tensor(string name) => Has(name) ? Get<Tensor>(name, null!) : null;

    /// <summary>Integers that later operator sets take as an input, earlier ones as an attribute.</summary>
    internal int[]? IntegersOr(int input, string name) => Optional(input) is { } x ? Values(x) : Integers(name);

    /// <summary>The elements of an input of integers.</summary>
    internal int[]? Values(int input) => Optional(input) is { } x ? Values(x) : null;

    static int[] Values(Tensor x) => x.DType.IsInteger ? Narrow(x.To(DType.Int64).ToArray<long>()) : throw new ArgumentException($"{x.DType} was given where integers are expected.");

    /// <summary>The ends of slices may be the greatest numbers there are.</summary>
    static int[] Narrow(long[] values) => Array.ConvertAll(values, v => (int)Math.Clamp(v, int.MinValue, int.MaxValue));

    /// <summary>An axis counted from the front.</summary>
    internal static int Axis(Shape shape, int axis) => axis >= -shape.Rank && axis < Math.Max(1, shape.Rank) ? axis < 0 ? axis + shape.Rank : axis
        : throw new ArgumentException($"the axis {axis} is outside of the shape {shape}.");

    T Get<T>(string name, T missing) => !node.Attributes.TryGetValue(name, out object? value) ? missing
        : value is T typed ? typed
        : value is Array { Length: 0 } && typeof(T).IsArray ? missing
        : throw new ArgumentException($"the attribute {name} is a {value.GetType().Name}; expected {typeof(T).Name}.");
}
