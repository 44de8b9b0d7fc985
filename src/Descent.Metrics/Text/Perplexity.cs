namespace Descent.Metrics;

/// <summary>The perplexity of a text, <c>exp(−mean of log p)</c> over its tokens: as unsure as a choice among so many.</summary>
public sealed class PerplexityMeter : IMetric<PerplexityMeter, double>
{
    readonly MeanMeter _mean = new();

    /// <summary>Adds tokens by the natural logarithms of the probabilities that the model gave them.</summary>
    /// <param name="logProbabilities">The natural logarithm of the probability that the model gave each token.</param>
    public void Update(ReadOnlySpan<double> logProbabilities)
    {
        foreach (double logP in logProbabilities) _mean.Update(-logP);
    }

    /// <summary>Adds tokens by the mean of their losses, as a cross entropy gives it.</summary>
    /// <param name="meanLoss">In nats.</param>
    /// <param name="tokens">How many.</param>
    public void Update(double meanLoss, long tokens) => _mean.Update(meanLoss, tokens);

    /// <summary>The perplexity; NaN of nothing.</summary>
    public double Compute() => Math.Exp(_mean.Compute());

    /// <inheritdoc/>
    public void Reset() => _mean.Reset();

    /// <inheritdoc/>
    public void Merge(PerplexityMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _mean.Merge(other._mean);
    }
}
