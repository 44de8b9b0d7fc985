namespace Descent.Metrics;

/// <summary>For each of some labels: how often it was found, predicted and true, by weight. What precision and its kin are made of.</summary>
sealed class LabelCounts(int labels)
{
    internal double[] Hits { get; } = new double[labels];
    internal double[] Predicted { get; } = new double[labels];
    internal double[] True { get; } = new double[labels];

    /// <summary>Counts of one class a sample; labels that are not among <paramref name="labels"/> count for none.</summary>
    internal static LabelCounts Of(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<double> weights, ReadOnlySpan<long> labels)
    {
        var index = LabelIndex.Of(labels);
        var counts = new LabelCounts(labels.Length);
        for (int i = 0; i < truth.Length; i++)
        {
            double w = weights.At(i);
            int t = index.Find(truth[i]), p = index.Find(predicted[i]);
            if (t >= 0) counts.True[t] += w;
            if (p >= 0) counts.Predicted[p] += w;
            if (t >= 0 && truth[i] == predicted[i]) counts.Hits[t] += w;
        }
        return counts;
    }

    /// <summary>Counts of rows of labels that each hold or not: by label, or by sample.</summary>
    internal static LabelCounts Of(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, ReadOnlySpan<double> weights, int labels, bool bySample)
    {
        var counts = new LabelCounts(bySample ? truth.Length / labels : labels);
        for (int i = 0; i < truth.Length; i++)
        {
            int at = bySample ? i / labels : i % labels;
            double w = bySample ? 1 : weights.At(i / labels);
            if (truth[i]) counts.True[at] += w;
            if (predicted[i]) counts.Predicted[at] += w;
            if (truth[i] && predicted[i]) counts.Hits[at] += w;
        }
        return counts;
    }

    /// <summary>All labels as one.</summary>
    internal LabelCounts Together()
    {
        var all = new LabelCounts(1);
        (all.Hits[0], all.Predicted[0], all.True[0]) = (Hits.Sum(), Predicted.Sum(), True.Sum());
        return all;
    }
}

/// <summary>Where a label stands in a list.</summary>
readonly struct LabelIndex
{
    readonly Dictionary<long, int> _places;

    LabelIndex(Dictionary<long, int> places) => _places = places;

    internal int Find(long label) => _places.TryGetValue(label, out int place) ? place : -1;

    internal static LabelIndex Of(ReadOnlySpan<long> labels)
    {
        var places = new Dictionary<long, int>(labels.Length);
        for (int i = 0; i < labels.Length; i++)
            if (!places.TryAdd(labels[i], i)) throw new ArgumentException($"The label {labels[i]} is listed twice; expected each once.", nameof(labels));
        return new(places);
    }

    /// <summary>Every label that occurs, in rising order.</summary>
    internal static long[] Present(ReadOnlySpan<long> one, ReadOnlySpan<long> other = default)
    {
        var seen = new HashSet<long>();
        foreach (long label in one) seen.Add(label);
        foreach (long label in other) seen.Add(label);
        long[] labels = [.. seen];
        Array.Sort(labels);
        return labels;
    }
}
