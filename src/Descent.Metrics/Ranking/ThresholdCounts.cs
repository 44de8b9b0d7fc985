namespace Descent.Metrics;

/// <summary>For every distinct score, falling: the weight of the negatives and of the positives that score at least as much.</summary>
readonly record struct ThresholdCounts(double[] FalsePositives, double[] TruePositives, double[] Thresholds)
{
    internal double Positives => TruePositives.Length == 0 ? 0 : TruePositives[^1];
    internal double Negatives => FalsePositives.Length == 0 ? 0 : FalsePositives[^1];

    /// <summary>Samples of weight 0 are left out, their scores too.</summary>
    internal static ThresholdCounts Of(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights, string metric)
    {
        Check.SameLength(truth.Length, scores.Length, weights.Length, metric);
        Check.NotNaN(scores, metric);
        var keys = new double[truth.Length];
        var order = new int[truth.Length];
        int n = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if (weights.At(i) == 0) continue;
            keys[n] = -scores[i];
            order[n++] = i;
        }
        StableSort.Sort(keys.AsSpan(0, n), order.AsSpan(0, n));

        List<double> negatives = [], positives = [], thresholds = [];
        double tp = 0, fp = 0;
        for (int k = 0; k < n; k++)
        {
            double w = weights.At(order[k]);
            if (truth[order[k]]) tp += w;
            else fp += w;
            if (k + 1 < n && keys[k + 1] == keys[k]) continue;
            negatives.Add(fp);
            positives.Add(tp);
            thresholds.Add(scores[order[k]]);
        }
        return new([.. negatives], [.. positives], [.. thresholds]);
    }
}

/// <summary>Sorting that keeps the order of equal keys, so that results do not depend on the library's choice.</summary>
static class StableSort
{
    /// <summary>Sorts rising by key; items that are rising on entry stay so among equal keys.</summary>
    internal static void Sort(Span<double> keys, Span<int> items)
    {
        keys.Sort(items);
        for (int first = 0, last; first < keys.Length; first = last)
        {
            for (last = first + 1; last < keys.Length && keys[last] == keys[first]; last++) { }
            if (last - first > 1) items[first..last].Sort();
        }
    }

    /// <summary>The places of the scores from the greatest to the least, equal ones in their order.</summary>
    internal static int[] Falling(ReadOnlySpan<double> scores)
    {
        var keys = new double[scores.Length];
        var order = new int[scores.Length];
        for (int i = 0; i < keys.Length; i++) (keys[i], order[i]) = (-scores[i], i);
        Sort(keys, order);
        return order;
    }
}
