using System.Text.Json;
using System.Text.Json.Serialization;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Where a training stands: with the tensors of a checkpoint, all that it needs to go on bit for bit.</summary>
public sealed record TrainingState
{
    /// <summary>Version of this form; a reader refuses others.</summary>
    public int Version { get; init; } = 2;

    /// <summary>Whole passes over the training data so far.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches of the epoch under way that are done.</summary>
    public int Batch { get; set; }

    /// <summary>Optimizer steps done.</summary>
    public long Step { get; set; }

    /// <summary>Seconds of training so far, those before a resumption included.</summary>
    public double Seconds { get; set; }

    /// <summary>Why training ended before its limits, or null.</summary>
    public string? Stopped { get; set; }

    /// <summary>The state of <see cref="Generator.Default"/>, which dropout draws from.</summary>
    public GeneratorState Random { get; set; }

    /// <summary>The rows so far.</summary>
    public List<MetricRow> Rows { get; init; } = [];

    /// <summary>Some of the steps so far, evenly spread.</summary>
    public StepSeries Steps { get; init; } = new();

    /// <summary>Sums of the training figures since the last row.</summary>
    [JsonInclude]
    internal OrderedDictionary<string, WeightedSum> Sums { get; set; } = [];

    /// <summary>The numbers of the optimizers.</summary>
    [JsonInclude]
    internal List<OrderedDictionary<string, double>> Optimizers { get; set; } = [];

    /// <summary>The numbers of the schedules.</summary>
    [JsonInclude]
    internal List<OrderedDictionary<string, double>> Schedules { get; set; } = [];

    /// <summary>The scale of the loss, in Float16.</summary>
    [JsonInclude]
    internal OrderedDictionary<string, double>? Scaler { get; set; }

    /// <summary>The states of the callbacks, in their order.</summary>
    [JsonInclude]
    internal List<string?> Callbacks { get; set; } = [];

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
            throw new InvalidDataException($"The checkpoint's training state is damaged: byte {error.BytePositionInLine}: {error.Path ?? "it"} is not what a training state holds there.", error);
        }
        if (state is { Version: not 2 })
            throw new InvalidDataException($"The checkpoint's training state has version {state.Version}; this program reads version 2.");
        return state is
            {
                Epoch: >= 0, Batch: >= 0, Step: >= 0, Seconds: >= 0, Rows: not null, Steps: { Every: > 0, Records: not null },
            } && state.Rows.TrueForAll(r => r is { Values: not null }) && !state.Optimizers.Contains(null!) && !state.Schedules.Contains(null!)
            ? state : throw new InvalidDataException("The checkpoint's training state is damaged: a part is negative or missing.");
    }
}

/// <summary>Steps at equal distances; where they become too many, every other one is dropped and the distance doubled.</summary>
public sealed record StepSeries
{
    const int Capacity = 1024;

    /// <summary>Steps between two that are kept.</summary>
    public int Every { get; set; } = 1;

    /// <summary>The steps kept.</summary>
    public List<StepRecord> Records { get; init; } = [];

    internal bool Wants(long step) => step % Every == 0;

    internal void Add(StepRecord record)
    {
        Records.Add(record);
        if (Records.Count < Capacity) return;
        Every *= 2;
        Records.RemoveAll(r => r.Step % Every != 0);
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrainingState))]
sealed partial class TrainingJson : JsonSerializerContext;
