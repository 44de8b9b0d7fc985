using System.Text.Json;
using System.Text.Json.Serialization;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Where a training run stands: with the weights and the optimizer's state, all that it needs to go on.</summary>
public sealed record TrainingState
{
    /// <summary>Version of this form; a reader refuses newer ones.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches of the epoch under way that are done.</summary>
    public int Batch { get; set; }

    /// <summary>Optimizer steps done.</summary>
    public long Step { get; set; }

    /// <summary>Sum of the losses of the items of this epoch so far.</summary>
    public double LossSum { get; set; }

    /// <summary>Items of this epoch so far.</summary>
    public long Seen { get; set; }

    /// <summary>Of them, those classified right.</summary>
    public long Correct { get; set; }

    /// <summary>Seconds spent on this epoch so far.</summary>
    public double Seconds { get; set; }

    /// <summary>The state of the random numbers that the model draws from.</summary>
    public GeneratorState Random { get; set; }

    /// <summary>The epochs done.</summary>
    public List<EpochRecord> History { get; init; } = [];

    internal string ToJson() => JsonSerializer.Serialize(this, TrainingJson.Default.TrainingState);

    internal static TrainingState FromJson(string json)
    {
        TrainingState? state;
        try
        {
            state = JsonSerializer.Deserialize(json, TrainingJson.Default.TrainingState);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"The checkpoint's training state is damaged: {error.Message}", error);
        }
        if (state is not { Epoch: >= 0, Batch: >= 0, Step: >= 0, History: not null })
            throw new InvalidDataException("The checkpoint's training state is damaged: a count is negative or missing.");
        return state.Version == 1 ? state : throw new InvalidDataException(
            $"The checkpoint's training state has version {state.Version}; this program reads version 1. Use a newer one.");
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingState))]
[JsonSerializable(typeof(ImageRunConfig))]
[JsonSerializable(typeof(Dictionary<string, double>))]
sealed partial class TrainingJson : JsonSerializerContext;
