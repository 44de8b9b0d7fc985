using System.Globalization;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Collects the operators and constants of a graph, and gives names to values.</summary>
sealed class GraphBuilder(int opset)
{
    readonly List<OnnxNode> _nodes = [];
    readonly OrderedDictionary<string, Tensor> _initializers = [];
    readonly Dictionary<string, string> _constants = [];
    readonly HashSet<string> _taken = [];

    internal OnnxGraph Finish(IReadOnlyList<OnnxValue> inputs, IReadOnlyList<OnnxValue> outputs)
    {
        // Constants may have been made for a form that was not taken in the end.
        var used = _nodes.SelectMany(n => n.Inputs).ToHashSet();
        return new(opset, [.. _nodes.Where(n => n.Operator != "Constant" || used.Contains(n.Outputs[0]))], new(_initializers.Where(i => used.Contains(i.Key))), inputs, outputs);
    }

    /// <summary>A name nobody has.</summary>
    internal string Name(string wish)
    {
        string name = wish;
        for (int i = 1; !_taken.Add(name); i++) name = $"{wish}_{i.ToString(CultureInfo.InvariantCulture)}";
        return name;
    }

    /// <summary>A tensor of the module, under its key.</summary>
    internal string Initializer(string wish, Tensor x)
    {
        string name = Name(wish);
        _initializers.Add(name, x);
        return name;
    }

    /// <summary>A constant that is no parameter.</summary>
    internal string Value(Tensor x)
    {
        string name = Name("constant");
        _nodes.Add(new("Constant", [], [name], new Dictionary<string, object> { ["value"] = x.Detach().Contiguous() }));
        return name;
    }

    /// <summary>A small constant, kept once.</summary>
    internal string Constant(Tensor x)
    {
        string key = $"{x.DType}{x.Shape}{Convert.ToHexString(OnnxTypes.Bytes(x))}";
        if (_constants.TryGetValue(key, out string? known)) return known;
        return _constants[key] = Value(x);
    }

    /// <summary>Integers as a tensor of one dimension.</summary>
    internal string Integers(params ReadOnlySpan<long> values) => Constant(Tensor.From(values));

    internal string Scalar(Scalar value, DType type) => Constant(Tensor.Full([], value, type));

    /// <summary>An operator with one result.</summary>
    internal string Add(string operation, string?[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Add(operation, inputs, 1, attributes)[0];

    /// <summary>An operator with several results. An input that is null is left out.</summary>
    internal string[] Add(string operation, string?[] inputs, int outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var results = new string[outputs];
        for (int i = 0; i < outputs; i++) results[i] = Name(operation.ToLowerInvariant());
        var named = new Dictionary<string, object>();
        foreach (var (name, value) in attributes) named.Add(name, value);
        int given = Array.FindLastIndex(inputs, i => i is not null) + 1;
        _nodes.Add(new(operation, [.. inputs[..given].Select(i => i ?? "")], results, named));
        return results;
    }

    /// <summary>Gives a value another name.</summary>
    internal void Rename(string value, string name) => _nodes.Add(new("Identity", [value], [name], new Dictionary<string, object>()));
}
