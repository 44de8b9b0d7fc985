using Descent.Tensors;

namespace Descent.NN;

/// <summary>A function read from an ONNX file, operator sets 7 to 24, over single tensors.</summary>
/// <remarks>
/// Initializers keep their names as keys of the state dict. Those of a floating type and at least one dimension are parameters
/// and can be trained on, but for the running statistics of batch normalisation; operators run as in evaluation.
/// </remarks>
public sealed class OnnxModel : Module
{
    [Name("")]
    readonly OrderedDictionary<string, Module> _initializers = [];

    readonly OnnxGraph _graph;
    readonly (OnnxNode Node, OnnxOperator Run)[] _steps;
    readonly HashSet<string>[] _last;

    OnnxModel(OnnxGraph graph)
    {
        _graph = graph;
        _steps = [.. Resolve(graph)];
        var statistics = graph.Nodes.Where(n => n.Operator == "BatchNormalization" && n.Inputs.Count >= 5).SelectMany(n => n.Inputs.Skip(3).Take(2)).ToHashSet();
        foreach (var (name, x) in graph.Initializers)
            _initializers.Add(name, x.DType.IsFloatingPoint && x.Rank > 0 && !statistics.Contains(name) ? new NamedParameter(new(x)) : new NamedBuffer(x));
        InputNames = [.. graph.Inputs.Select(v => v.Name).Where(n => !graph.Initializers.ContainsKey(n))];
        OutputNames = [.. graph.Outputs.Select(v => v.Name)];
        CheckOrder();
        _last = LastUses();
    }

    /// <summary>Names of the inputs, in the order of the file.</summary>
    public IReadOnlyList<string> InputNames { get; }

    /// <summary>Names of the outputs, in the order of the file.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Reads an <c>.onnx</c> file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or its graph is none: a value is not made before it is used, or twice.</exception>
    /// <exception cref="NotSupportedException">Operators are not known; the message lists all of them.</exception>
    public static OnnxModel Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Load(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads a file in memory.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or its graph is none: a value is not made before it is used, or twice.</exception>
    /// <exception cref="NotSupportedException">Operators are not known; the message lists all of them.</exception>
    public static OnnxModel Load(ReadOnlySpan<byte> file, string name = "onnx")
    {
        try
        {
            return new(OnnxReader.Read(file));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{name}: {error.Message}", error);
        }
        catch (NotSupportedException error)
        {
            throw new NotSupportedException($"{name}: {error.Message}", error);
        }
    }

    /// <summary>The first output, of graphs of one input.</summary>
    /// <exception cref="ArgumentException">There are several inputs.</exception>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(Run(x)[0]);

    /// <summary>All outputs, from one tensor for each of <see cref="InputNames"/>.</summary>
    /// <exception cref="ArgumentException">The number of inputs is another, or an operator cannot take what it is given.</exception>
    /// <exception cref="ShapeException">Shapes do not fit.</exception>
    public Tensor[] Run(params ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length != InputNames.Count)
            throw new ArgumentException($"OnnxModel: {inputs.Length} inputs were given. Expected {InputNames.Count}: {string.Join(", ", InputNames)}.", nameof(inputs));
        var values = new Dictionary<string, Tensor>();
        foreach (var (name, module) in _initializers) values.Add(name, module is NamedParameter parameter ? parameter.Value : ((NamedBuffer)module).Value);
        for (int i = 0; i < inputs.Length; i++) values[InputNames[i]] = inputs[i];
        for (int i = 0; i < _steps.Length; i++)
        {
            var (node, run) = _steps[i];
            var made = Apply(node, run, new(node, [.. node.Inputs.Select(n => n.Length == 0 ? null : values[n])], _graph.Opset));
            for (int k = 0; k < Math.Min(made.Length, node.Outputs.Count); k++)
                if (node.Outputs[k].Length > 0) values[node.Outputs[k]] = made[k];
            foreach (string name in _last[i]) values.Remove(name);
        }
        return [.. OutputNames.Select(n => values[n])];
    }

    static Tensor[] Apply(OnnxNode node, OnnxOperator run, OnnxCall call)
    {
        try
        {
            var made = run(call);
            return made.Length >= node.Outputs.Count ? made
                : throw new NotSupportedException($"{node.Outputs.Count} outputs are asked for; {made.Length} are supported.");
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or InvalidOperationException or IndexOutOfRangeException or OverflowException)
        {
            throw new ArgumentException($"OnnxModel: {node.Operator} ({OnnxReader.Quoted(node.Outputs[0])}): {error.Message}", error);
        }
    }

    static IEnumerable<(OnnxNode, OnnxOperator)> Resolve(OnnxGraph graph)
    {
        var unknown = graph.Nodes.Where(n => n.Domain.Length > 0 || !OnnxOperators.All.ContainsKey(n.Operator))
            .GroupBy(n => n.Domain.Length > 0 ? $"{n.Domain}.{n.Operator}" : n.Operator).ToArray();
        if (unknown.Length > 0)
            throw new NotSupportedException("These operators are not supported: " + string.Join(", ", unknown.Take(50).Select(g => $"{OnnxReader.Quoted(g.Key)} ({g.Count()})")) + ".");
        return graph.Nodes.Select(n => (n, OnnxOperators.All[n.Operator]));
    }

    /// <summary>Every value is made once, before it is used: no node can lead back to itself.</summary>
    void CheckOrder()
    {
        var made = new HashSet<string>(_graph.Initializers.Keys);
        foreach (string name in InputNames)
            if (!made.Add(name)) throw new InvalidDataException($"The input {OnnxReader.Quoted(name)} occurs twice.");
        foreach (var node in _graph.Nodes)
        {
            foreach (string name in node.Inputs)
                if (name.Length > 0 && !made.Contains(name))
                    throw new InvalidDataException($"{node.Operator} takes {OnnxReader.Quoted(name)}, which nothing before it gives.");
            if (node.Outputs.Count == 0 || node.Outputs[0].Length == 0 && node.Outputs.All(n => n.Length == 0))
                throw new InvalidDataException($"{node.Operator} gives nothing.");
            foreach (string name in node.Outputs)
                if (name.Length > 0 && !made.Add(name)) throw new InvalidDataException($"The value {OnnxReader.Quoted(name)} is given twice.");
        }
        foreach (string name in OutputNames)
            if (!made.Contains(name)) throw new InvalidDataException($"The output {OnnxReader.Quoted(name)} is given by nothing.");
        if (OutputNames.Count == 0) throw new InvalidDataException("The graph has no output.");
    }

    /// <summary>The values that nobody needs after each node.</summary>
    HashSet<string>[] LastUses()
    {
        var kept = new HashSet<string>(OutputNames);
        var last = new HashSet<string>[_graph.Nodes.Count];
        for (int i = last.Length - 1; i >= 0; i--)
        {
            var node = _graph.Nodes[i];
            last[i] = [.. node.Inputs.Concat(node.Outputs).Where(n => n.Length > 0 && kept.Add(n))];
        }
        return last;
    }
}

/// <summary>One buffer as a child, so that its name can be made up.</summary>
sealed class NamedBuffer(Tensor value) : Module
{
    [Name("")]
    readonly Tensor _value = value;

    internal Tensor Value => _value;
}
