using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>
/// A checkpoint is one safetensors file: <c>model.*</c>, <c>optimizer.0.*</c>, averaged weights as <c>average.*</c>,
/// gradients that are being added up as <c>gradient.*</c>, and the <see cref="TrainingState"/> as metadata.
/// </summary>
static class Checkpoints
{
    const string StateKey = "descent.training", ModelPrefix = "model.", GradientPrefix = "gradient.", AveragePrefix = "average.";

    /// <summary>Writes the whole file or nothing.</summary>
    internal static void Save(string file, TrainingTask task, WeightAverage? average, TrainingState state, bool gradients)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var (name, tensor) in task.Model.StateDict()) tensors.Add(ModelPrefix + name, tensor);
        foreach (var (name, tensor) in average?.StateDict() ?? []) tensors.Add(AveragePrefix + name, tensor);
        state.Optimizers.Clear();
        for (int i = 0; i < task.Optimizers.Count; i++)
        {
            var known = task.Optimizers[i].StateDict();
            state.Optimizers.Add(known.Numbers);
            foreach (var (name, tensor) in known.Tensors) tensors.Add(OptimizerPrefix(i) + name, tensor);
        }
        if (gradients)
            foreach (var (name, parameter) in task.Model.NamedParameters())
                if (parameter.Grad is { } gradient) tensors.Add(GradientPrefix + name, gradient);
        Safetensors.Save(file, tensors, [new(StateKey, state.ToJson())]);
    }

    /// <summary>Loads model and optimizers, and returns where training stood.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another model.</exception>
    internal static TrainingState Load(string file, TrainingTask task, WeightAverage? average)
    {
        var (tensors, metadata) = Read(file);
        if (!metadata.TryGetValue(StateKey, out string? json))
            throw new InvalidDataException($"{file} holds no training state; it is no checkpoint of descent train.");
        var state = TrainingState.FromJson(json);
        LoadModel(file, tensors, task.Model);
        if (state.Optimizers.Count != task.Optimizers.Count)
            throw new InvalidDataException($"{file}: it was written with {state.Optimizers.Count} optimizer(s), but there are {task.Optimizers.Count}.");
        for (int i = 0; i < task.Optimizers.Count; i++)
        {
            try
            {
                task.Optimizers[i].LoadStateDict(new() { Tensors = Under(tensors, OptimizerPrefix(i)), Numbers = state.Optimizers[i] });
            }
            catch (Exception error) when (error is StateDictException or ArgumentException or KeyNotFoundException)
            {
                throw new InvalidDataException($"{file}: the optimizer's state does not fit: {error.Message}", error);
            }
        }
        try
        {
            average?.LoadStateDict(Under(tensors, AveragePrefix));
        }
        catch (StateDictException error)
        {
            throw new InvalidDataException($"{file}: the averaged weights do not fit: {error.Message}", error);
        }
        foreach (var (name, parameter) in task.Model.NamedParameters())
            parameter.Grad = tensors.GetValueOrDefault(GradientPrefix + name);
        return state;
    }

    /// <summary>Loads the model alone, with averaged weights where there are some.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another model.</exception>
    internal static void LoadModel(string file, Module model)
    {
        var tensors = Read(file).Tensors;
        foreach (var (name, tensor) in Under(tensors, AveragePrefix))
            if (tensors.ContainsKey(ModelPrefix + name)) tensors[ModelPrefix + name] = tensor;
        LoadModel(file, tensors, model);
    }

    static string OptimizerPrefix(int index) => $"optimizer.{index}.";

    static (OrderedDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string file)
    {
        // Read whole, not mapped: the file is replaced while training goes on.
        var opened = SafetensorsFile.Open((ReadOnlyMemory<byte>)File.ReadAllBytes(file), file);
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (string name in opened.Names) tensors.Add(name, opened.Read(name));
        return (tensors, opened.Metadata);
    }

    static void LoadModel(string file, OrderedDictionary<string, Tensor> tensors, Module model)
    {
        try
        {
            model.LoadStateDict(Under(tensors, ModelPrefix));
        }
        catch (StateDictException error)
        {
            throw new InvalidDataException($"{file}: the weights do not fit the model: {error.Message}", error);
        }
    }

    static OrderedDictionary<string, Tensor> Under(OrderedDictionary<string, Tensor> tensors, string prefix)
    {
        var under = new OrderedDictionary<string, Tensor>();
        foreach (var (name, tensor) in tensors)
            if (name.StartsWith(prefix, StringComparison.Ordinal)) under.Add(name[prefix.Length..], tensor);
        return under;
    }
}
