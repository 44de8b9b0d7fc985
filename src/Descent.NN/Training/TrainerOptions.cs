using System.Text.Json.Serialization;

namespace Descent.NN;

/// <summary>How a training runs, whatever is trained. Training ends at the first of the limits that are set.</summary>
public sealed record TrainerOptions
{
    /// <summary>Passes over the training batches at most.</summary>
    public int? Epochs { get; init; }

    /// <summary>Optimizer steps at most.</summary>
    public long? Steps { get; init; }

    /// <summary>Seconds of training at most, over all the times it was resumed.</summary>
    public double? Seconds { get; init; }

    /// <summary>Batches whose gradients are added up for one step; at the end of an epoch it may be fewer.</summary>
    [JsonRequired]
    public int Accumulate { get; init; } = 1;

    /// <summary>The gradients' common norm at most.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The magnitude of every element of the gradients at most.</summary>
    public double? ClipValue { get; init; }

    /// <summary>The arithmetic of products.</summary>
    public Precision Precision { get; init; }

    /// <summary>Decay of an <see cref="ExponentialMovingAverage"/> of the weights, which is what is validated and saved in the end; null keeps none.</summary>
    public double? Ema { get; init; }

    /// <summary>Steps between two validations; null validates at the end of epochs.</summary>
    public int? ValidateSteps { get; init; }

    /// <summary>Epochs between two validations, where <see cref="ValidateSteps"/> is null.</summary>
    [JsonRequired]
    public int ValidateEpochs { get; init; } = 1;

    /// <summary>Training batches of an epoch at most.</summary>
    public int? TrainBatches { get; init; }

    /// <summary>Batches of a validation at most.</summary>
    public int? ValidationBatches { get; init; }

    /// <summary>Trains and validates on so many batches alone, the same in every epoch: what a sound model learns by heart.</summary>
    public int? OverfitBatches { get; init; }

    /// <summary>One training batch, one validation batch, and no checkpoint: does it run at all?</summary>
    public bool FastDevRun { get; init; }

    /// <summary>Batches between two checkpoints; one is also written after every validation and on cancellation.</summary>
    [JsonRequired]
    public int CheckpointBatches { get; init; } = 50;

    /// <summary>Whether to measure where the time goes; costs a few percent.</summary>
    public bool Profile { get; init; }

    /// <summary>Checks that all options are in range.</summary>
    /// <exception cref="ArgumentException">One is not; the message says which.</exception>
    public void Check()
    {
        if (Epochs is null && Steps is null && Seconds is null && !FastDevRun)
            throw new ArgumentException("Training has no end: set epochs, steps or a time.");
        AtLeast("epochs", Epochs, 1);
        AtLeast("steps", Steps, 1);
        AtLeast("accumulate", Accumulate, 1);
        AtLeast("validate steps", ValidateSteps, 1);
        AtLeast("validate epochs", ValidateEpochs, 1);
        AtLeast("train batches", TrainBatches, 1);
        AtLeast("validation batches", ValidationBatches, 1);
        AtLeast("overfit batches", OverfitBatches, 1);
        AtLeast("checkpoint batches", CheckpointBatches, 1);
        if (Ema is { } decay && !(decay is >= 0 and < 1)) throw new ArgumentException($"ema is {decay}; it must be in [0, 1).");
        Above("time", Seconds);
        Above("clip", ClipNorm);
        Above("clip value", ClipValue);
    }

    static void AtLeast(string name, long? value, long least)
    {
        if (value < least) throw new ArgumentException($"{name} is {value}; it must be at least {least}.");
    }

    static void Above(string name, double? value)
    {
        if (value is { } v && !(v > 0 && double.IsFinite(v))) throw new ArgumentException($"{name} is {v}; it must be above 0.");
    }
}
