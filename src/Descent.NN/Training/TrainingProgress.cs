namespace Descent.NN;

/// <summary>How far training is, after a batch.</summary>
public readonly record struct TrainingProgress
{
    /// <summary>The epoch under way, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public required long Step { get; init; }

    /// <summary>The part of training that is done, from 0 to 1.</summary>
    public required double Fraction { get; init; }

    /// <summary>Means of the training figures since the last row.</summary>
    public required IReadOnlyList<(string Name, double Value)> Figures { get; init; }

    /// <summary>Training items per second in this process.</summary>
    public required double ItemsPerSecond { get; init; }

    /// <summary>Seconds left at this speed.</summary>
    public required double SecondsLeft { get; init; }
}
