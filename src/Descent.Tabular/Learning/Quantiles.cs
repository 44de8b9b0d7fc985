namespace Descent.Tabular;

/// <summary>Quantiles of weighted numbers.</summary>
static class Quantiles
{
    /// <summary>The number at which half the weight is passed; the mean of two where exactly half lies before the second.</summary>
    /// <param name="sorted">The numbers, rising.</param>
    /// <param name="weights">Their weights.</param>
    internal static double Median(ReadOnlySpan<double> sorted, ReadOnlySpan<double> weights)
    {
        double half = 0;
        foreach (double w in weights) half += w;
        half /= 2;
        double sum = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (weights[i] == 0) continue;
            sum += weights[i];
            if (sum > half) return sorted[i];
            if (sum < half) continue;
            int next = i + 1;
            while (next < sorted.Length && weights[next] == 0) next++;
            return next < sorted.Length ? (sorted[i] + sorted[next]) / 2 : sorted[i];
        }
        return sorted[^1];
    }

    /// <summary>The least number at which a share of the weight is reached.</summary>
    internal static double Lower(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, double share)
    {
        double[] sorted = values.ToArray(), w = weights.ToArray();
        Array.Sort(sorted, w);
        double total = 0;
        for (int i = 0; i < w.Length; i++) w[i] = total += w[i];
        double bound = share * total;
        // A share of 0 is the first number that has weight.
        if (bound == 0) bound = double.Epsilon;
        int at = Array.FindIndex(w, sum => sum >= bound);
        return sorted[at < 0 ? ^1 : at];
    }

    /// <summary>A quantile between neighbours, all numbers of one weight.</summary>
    internal static double Linear(ReadOnlySpan<double> values, double share)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return OfSorted(sorted, share);
    }

    /// <summary>A quantile between neighbours of rising numbers.</summary>
    internal static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int low = (int)place, high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
    }
}
