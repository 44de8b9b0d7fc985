namespace Descent.Metrics;

/// <summary>The mean of numbers, such as the losses of batches weighed by their sizes; NaN of nothing. Its sums are exact.</summary>
public sealed class MeanMeter : IMetric<MeanMeter, double>
{
    readonly ExactSum _sum = new(), _weight = new();

    /// <summary>Adds a number.</summary>
    public void Update(double value, double weight = 1)
    {
        _sum.AddProduct(weight, value);
        _weight.Add(weight);
    }

    /// <inheritdoc/>
    public double Compute() => _sum.Over(_weight);

    /// <inheritdoc/>
    public void Reset()
    {
        _sum.Clear();
        _weight.Clear();
    }

    /// <inheritdoc/>
    public void Merge(MeanMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _sum.Merge(other._sum);
        _weight.Merge(other._weight);
    }
}
