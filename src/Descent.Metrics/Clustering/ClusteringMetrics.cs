namespace Descent.Metrics;

/// <summary>What two entropies are made one by.</summary>
public enum EntropyMean
{
    /// <summary>Half their sum.</summary>
    Arithmetic,
    /// <summary>The root of their product.</summary>
    Geometric,
    /// <summary>The lesser.</summary>
    Min,
    /// <summary>The greater.</summary>
    Max,
}

/// <summary>How well clusters agree with classes; the numbers of both are only names.</summary>
/// <remarks>Both are lists of one integer a sample. Two lists that are each one cluster agree; so do two empty ones.</remarks>
public static class ClusteringMetrics
{
    /// <summary>The share of pairs of samples on which both agree: together in both, or apart in both.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Rand(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted)
    {
        var (neither, clusterOnly, classOnly, both) = Contingency.Of(truth, predicted, nameof(Rand)).Pairs();
        return Means.Quotient(neither + both, neither + clusterOnly + classOnly + both, 1);
    }

    /// <summary><see cref="Rand"/> scaled so that chance gives 0 and agreement 1.</summary>
    /// <remarks>Hubert and Arabie, "Comparing partitions", 1985.</remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double AdjustedRand(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted)
    {
        var (neither, clusterOnly, classOnly, both) = Contingency.Of(truth, predicted, nameof(AdjustedRand)).Pairs();
        if (clusterOnly == 0 && classOnly == 0) return 1;
        return 2 * (both * neither - classOnly * clusterOnly) /
            ((both + classOnly) * (classOnly + neither) + (both + clusterOnly) * (clusterOnly + neither));
    }

    /// <summary>The mutual information of classes and clusters, in nats.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double MutualInformation(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted) =>
        Contingency.Of(truth, predicted, nameof(MutualInformation)).MutualInformation();

    /// <summary>The mutual information over a mean of the two entropies, 0 to 1.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double NormalizedMutualInformation(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, EntropyMean mean = EntropyMean.Arithmetic)
    {
        var table = Contingency.Of(truth, predicted, nameof(NormalizedMutualInformation));
        if (IsTrivial(table)) return 1;
        double information = table.MutualInformation();
        return information == 0 ? 0 : information / Combined(table, mean);
    }

    /// <summary>The mutual information less that of chance, over the mean of the entropies less that of chance.</summary>
    /// <remarks>Vinh, Epps and Bailey, "Information Theoretic Measures for Clusterings Comparison", JMLR 2010.</remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double AdjustedMutualInformation(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, EntropyMean mean = EntropyMean.Arithmetic)
    {
        const double Least = 2.220446049250313e-16;
        var table = Contingency.Of(truth, predicted, nameof(AdjustedMutualInformation));
        if (IsTrivial(table)) return 1;
        double chance = table.ExpectedMutualInformation(), room = Combined(table, mean) - chance;
        // Never 0, and with the sign that it has.
        room = room < 0 ? Math.Min(room, -Least) : Math.Max(room, Least);
        return (table.MutualInformation() - chance) / room;
    }

    /// <summary>
    /// Homogeneity, 1 where every cluster is of one class; completeness, 1 where every class is in one cluster; and their
    /// harmonic mean, with completeness counted <paramref name="beta"/> times.
    /// </summary>
    /// <remarks>Rosenberg and Hirschberg, "V-Measure", EMNLP 2007.</remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static (double Homogeneity, double Completeness, double VMeasure) HomogeneityCompletenessVMeasure(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, double beta = 1)
    {
        var table = Contingency.Of(truth, predicted, nameof(HomogeneityCompletenessVMeasure));
        double information = table.MutualInformation();
        double homogeneity = Means.Quotient(information, Contingency.Entropy(table.Classes), 1);
        double completeness = Means.Quotient(information, Contingency.Entropy(table.Clusters), 1);
        return (homogeneity, completeness, Means.Quotient((1 + beta) * homogeneity * completeness, beta * homogeneity + completeness, 0));
    }

    /// <summary>The geometric mean of pairwise precision and recall: of pairs together in one, the share together in the other.</summary>
    /// <remarks>Fowlkes and Mallows, "A Method for Comparing Two Hierarchical Clusterings", 1983.</remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double FowlkesMallows(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted)
    {
        var (_, clusterOnly, classOnly, both) = Contingency.Of(truth, predicted, nameof(FowlkesMallows)).Pairs();
        return both == 0 ? 0 : Math.Sqrt(both / (both + clusterOnly)) * Math.Sqrt(both / (both + classOnly));
    }

    static bool IsTrivial(Contingency table) => table.Classes.Length == table.Clusters.Length && table.Classes.Length <= 1;

    static double Combined(Contingency table, EntropyMean mean)
    {
        double a = Contingency.Entropy(table.Classes), b = Contingency.Entropy(table.Clusters);
        return mean switch
        {
            EntropyMean.Arithmetic => (a + b) / 2,
            EntropyMean.Geometric => Math.Sqrt(a * b),
            EntropyMean.Min => Math.Min(a, b),
            _ => Math.Max(a, b),
        };
    }
}
