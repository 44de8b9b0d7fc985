namespace Descent.NN;

/// <summary>Weighted means by name, each Σ w·x / Σ w.</summary>
sealed class MetricMeans
{
    /// <summary>Σ w·x and Σ w by name, as a checkpoint keeps them.</summary>
    public OrderedDictionary<string, WeightedSum> Sums { get; init; } = [];

    internal void Add(string name, double value, double weight)
    {
        var sum = Sums.GetValueOrDefault(name);
        Sums[name] = new(sum.Sum + value * weight, sum.Weight + weight);
    }

    internal IEnumerable<(string Name, double Mean)> Means => Sums.Select(s => (s.Key, s.Value.Sum / s.Value.Weight));

    internal void Clear() => Sums.Clear();
}

/// <summary>Σ w·x and Σ w.</summary>
readonly record struct WeightedSum(double Sum, double Weight);
