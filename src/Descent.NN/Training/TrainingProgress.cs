namespace Descent.NN;

/// <summary>How far training is, after a batch or an epoch.</summary>
public readonly record struct TrainingProgress
{
    /// <summary>The epoch under way, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The part of all batches of all epochs that is done, from 0 to 1.</summary>
    public required double Fraction { get; init; }

    /// <summary>Mean loss of this epoch so far.</summary>
    public required double Loss { get; init; }

    /// <summary>Share of this epoch's items classified right so far, from 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Training items per second in this process.</summary>
    public required double ItemsPerSecond { get; init; }

    /// <summary>Seconds left at this speed.</summary>
    public required double SecondsLeft { get; init; }
}
