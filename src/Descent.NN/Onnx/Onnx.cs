using Descent.Tensors;

namespace Descent.NN;

/// <summary>How a module is exported.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>Names of the inputs; <c>input</c>, or <c>input_0</c>, … where there are several, if null.</summary>
    public IReadOnlyList<string>? InputNames { get; init; }

    /// <summary>Names of the outputs; <c>output</c>, or <c>output_0</c>, … where there are several, if null.</summary>
    public IReadOnlyList<string>? OutputNames { get; init; }

    /// <summary>Whether the file takes batches of any size, or only that of the example.</summary>
    public bool DynamicBatch { get; init; } = true;

    /// <summary>The dimension of each input that counts the batch, such as 1 for sequences <c>(L, N, …)</c>, or −1 where it has none; all 0 if null.</summary>
    public IReadOnlyList<int>? BatchDims { get; init; }
}

/// <summary>Modules as ONNX files, operator set 17, for other runtimes.</summary>
/// <remarks>
/// The forward pass is run twice in evaluation mode on variants of the example, with another batch size and other values,
/// and its operations are traced. What differs between the two without coming from a traced operation, such as a random
/// number, is an error. Parameters keep the keys of the state dict as names.
/// </remarks>
public static class Onnx
{
    const int Opset = 17;

    /// <summary>Writes a module of one tensor to one tensor.</summary>
    /// <param name="module">The module; its training mode is restored afterwards.</param>
    /// <param name="example">An input: its shape and type are those of the file, and its values must be valid ones.</param>
    /// <param name="path">Where to; what was there before stays whole until the new file is on the disk.</param>
    /// <param name="options">Names, and whether the batch may vary.</param>
    /// <exception cref="NotSupportedException">An operation has no counterpart in ONNX; the message names it.</exception>
    public static void Export(Module module, Tensor example, string path, OnnxExportOptions? options = null) =>
        Export(module, x => [module.Forward(x[0])], [example], path, options);

    /// <summary>Writes a module of any number of inputs and outputs.</summary>
    /// <param name="module">Whose parameters give their names.</param>
    /// <param name="forward">The forward pass.</param>
    /// <param name="examples">An input each.</param>
    /// <param name="path">Where to; what was there before stays whole until the new file is on the disk.</param>
    /// <param name="options">Names, and whether the batch may vary.</param>
    /// <exception cref="ArgumentException">The inputs or names do not fit one another.</exception>
    /// <exception cref="NotSupportedException">An operation has no counterpart in ONNX; the message names it.</exception>
    public static void Export(Module module, Func<Tensor[], Tensor[]> forward, IReadOnlyList<Tensor> examples, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        options ??= new();
        if (examples.Count == 0) throw new ArgumentException("Onnx.Export: there is no input. Expected at least one.", nameof(examples));
        int[] batchDims = BatchDims(options, examples);
        var modes = module.NamedModules().Select(m => (m.Module, m.Module.IsTraining)).ToArray();
        try
        {
            module.Eval();
            using var _ = Autograd.NoGrad();
            var (a, b) = (Traced(forward, examples, batchDims, variant: 0), Traced(forward, examples, batchDims, variant: 1));
            var inputs = Names(options.InputNames, "input", a.Inputs.Length);
            var outputs = Names(options.OutputNames, "output", a.Outputs.Length);
            if (inputs.Concat(outputs).Distinct().Count() != inputs.Count + outputs.Count)
                throw new ArgumentException("Onnx.Export: two inputs or outputs have one name.", nameof(options));
            OnnxWriter.Write(path, new TraceTranslator(a, b, inputs, batchDims, ParameterNames(module), Opset).Run(inputs, outputs));
        }
        finally
        {
            foreach (var (m, isTraining) in modes) m.IsTraining = isTraining;
        }
    }

    /// <summary>The dimension of each input that is to vary, or −1.</summary>
    static int[] BatchDims(OnnxExportOptions options, IReadOnlyList<Tensor> examples)
    {
        int[] dims = options.BatchDims is { } given ? [.. given] : new int[examples.Count];
        bool fits = dims.Length == examples.Count;
        var sizes = new HashSet<int>();
        for (int i = 0; fits && i < dims.Length; i++)
        {
            if (!options.DynamicBatch) dims[i] = -1;
            fits = dims[i] >= -1 && dims[i] < examples[i].Rank;
            if (fits && dims[i] >= 0) sizes.Add(examples[i].Shape[dims[i]]);
        }
        if (!fits || sizes.Count > 1 || sizes.Contains(0))
            throw new ArgumentException($"Onnx.Export: the inputs have shapes {string.Join(", ", examples.Select(x => x.Shape))}. Expected one batch size in the dimensions " +
                $"({string.Join(", ", dims)}); name them with BatchDims, or export with DynamicBatch = false.", nameof(examples));
        return dims;
    }

    static IReadOnlyList<string> Names(IReadOnlyList<string>? given, string name, int count)
    {
        if (given is null) return count == 1 ? [name] : [.. Enumerable.Range(0, count).Select(i => $"{name}_{i}")];
        return given.Count == count ? given
            : throw new ArgumentException($"Onnx.Export: {given.Count} names are given for {count} {name}s.", nameof(given));
    }

    static Dictionary<Tensor, string> ParameterNames(Module module)
    {
        var names = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        foreach (var slot in ModuleTree.Slots(module, distinct: true)) names.Add(slot.Tensor, slot.Key);
        return names;
    }

    static TracedGraph Traced(Func<Tensor[], Tensor[]> forward, IReadOnlyList<Tensor> examples, int[] batchDims, int variant)
    {
        Tensor[] inputs = [.. examples.Select((x, i) => Variant(x.Detach(), batchDims[i], variant))];
        using var trace = OperationTrace.Start();
        var outputs = forward(inputs);
        return new(trace, inputs, outputs);
    }

    /// <summary>The example with a batch of 2 or 3, and in the second variant with other values of the same range.</summary>
    static Tensor Variant(Tensor x, int batchDim, int variant)
    {
        if (batchDim >= 0)
        {
            int batch = x.Shape[batchDim];
            x = x.IndexSelect(batchDim, Tensor.From<long>([.. Enumerable.Range(0, 2 + variant).Select(i => (long)((i + variant) % batch))]));
        }
        if (variant == 0) return x.Clone();
        // Integers are only moved around, for which numbers are valid nobody says.
        if (!x.DType.IsFloatingPoint) return x.Flip([.. Enumerable.Range(0, x.Rank).Where(d => d != batchDim)]);
        return x.Mul(0.75).Add(Tensor.Rand(x.Shape, x.DType, new Generator(1)).Mul(0.05));
    }
}
