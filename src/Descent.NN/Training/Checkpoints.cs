using System.Text.Json;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>A checkpoint is one safetensors file: <c>model.*</c>, <c>optimizer.*</c>, and the training state as metadata.</summary>
static class Checkpoints
{
    const string StateKey = "descent.training", NumbersKey = "descent.optimizer", ModelPrefix = "model.", OptimizerPrefix = "optimizer.";

    /// <summary>Writes the whole file or nothing.</summary>
    internal static void Save(string file, Module model, Optimizer optimizer, TrainingState state)
    {
        var known = optimizer.StateDict();
        var tensors = model.StateDict().Select(t => (ModelPrefix + t.Key, t.Value)).Concat(known.Tensors.Select(t => (OptimizerPrefix + t.Key, t.Value)));
        Safetensors.Save(file, tensors, new Dictionary<string, string>
        {
            [StateKey] = state.ToJson(),
            [NumbersKey] = JsonSerializer.Serialize(new(known.Numbers), TrainingJson.Default.DictionaryStringDouble),
        });
    }

    /// <summary>Loads model and optimizer, and returns where training stood.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another model.</exception>
    internal static TrainingState Load(string file, Module model, Optimizer optimizer)
    {
        var (tensors, metadata) = Read(file);
        LoadModel(file, tensors, model);
        try
        {
            var numbers = JsonSerializer.Deserialize(metadata.GetValueOrDefault(NumbersKey, "{}"), TrainingJson.Default.DictionaryStringDouble) ?? [];
            var state = new OptimizerState { Tensors = Under(tensors, OptimizerPrefix) };
            foreach (var (name, number) in numbers) state.Numbers.Add(name, number);
            optimizer.LoadStateDict(state);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{file}: the optimizer's state does not fit: {error.Message}", error);
        }
        return metadata.TryGetValue(StateKey, out string? json) ? TrainingState.FromJson(json)
            : throw new InvalidDataException($"{file} holds no training state; it is no checkpoint of descent train.");
    }

    /// <summary>Loads the model alone.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another model.</exception>
    internal static void Load(string file, Module model) => LoadModel(file, Read(file).Tensors, model);

    static (OrderedDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string file)
    {
        // Read whole, not mapped: the file is replaced while training goes on.
        var opened = SafetensorsFile.Open((ReadOnlyMemory<byte>)File.ReadAllBytes(file));
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
