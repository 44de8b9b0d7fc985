namespace Descent.NN;

/// <summary>What training had come to at one moment: the end of an epoch, or a validation.</summary>
public sealed record MetricRow
{
    /// <summary>The epoch under way or just done, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Optimizer steps since the start of training.</summary>
    public required long Step { get; init; }

    /// <summary>Seconds of training so far, validation included, over all the times it was resumed.</summary>
    public required double Seconds { get; init; }

    /// <summary>Means since the row before, as <c>train_loss</c>, and of the validation, as <c>validation_loss</c>.</summary>
    public required OrderedDictionary<string, double> Values { get; init; }

    /// <summary>A figure by name, NaN where the row has none.</summary>
    public double this[string name] => Values.TryGetValue(name, out double value) ? value : double.NaN;
}

/// <summary>One optimizer step among those that are kept for curves.</summary>
/// <param name="Step">Which, from 1.</param>
/// <param name="Loss">The loss of its last batch.</param>
/// <param name="LearningRate">That of the first group.</param>
/// <param name="GradientNorm">The common norm of the gradients, before clipping.</param>
public readonly record struct StepRecord(long Step, double Loss, double LearningRate, double GradientNorm);
