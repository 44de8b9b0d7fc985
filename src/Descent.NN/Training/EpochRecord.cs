namespace Descent.NN;

/// <summary>What one epoch of training came to.</summary>
public sealed record EpochRecord
{
    /// <summary>Which epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Optimizer steps since the start of training.</summary>
    public required long Step { get; init; }

    /// <summary>Mean loss over the epoch's training items, each as it was when its batch was seen.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Share of training items classified right, likewise; from 0 to 1.</summary>
    public required double TrainAccuracy { get; init; }

    /// <summary>Mean loss over the held-out items at the end of the epoch.</summary>
    public required double ValidationLoss { get; init; }

    /// <summary>Share of held-out items classified right; from 0 to 1.</summary>
    public required double ValidationAccuracy { get; init; }

    /// <summary>Seconds the epoch took, validation included, as far as this process saw it.</summary>
    public required double Seconds { get; init; }
}
