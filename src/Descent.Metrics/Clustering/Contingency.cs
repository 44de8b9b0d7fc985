namespace Descent.Metrics;

/// <summary>How many samples are in each class and each cluster: the non-zero places of the table, and its margins.</summary>
readonly record struct Contingency(int Samples, (int Class, int Cluster, long Count)[] Cells, long[] Classes, long[] Clusters)
{
    internal static Contingency Of(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, string metric)
    {
        Check.SameLength(truth.Length, predicted.Length, 0, metric);
        LabelIndex rows = LabelIndex.Of(LabelIndex.Present(truth)), columns = LabelIndex.Of(LabelIndex.Present(predicted));
        var cells = new SortedDictionary<(int, int), long>();
        List<long> classes = [], clusters = [];
        for (int i = 0; i < truth.Length; i++)
        {
            var place = (rows.Find(truth[i]), columns.Find(predicted[i]));
            cells[place] = cells.GetValueOrDefault(place) + 1;
            Count(classes, place.Item1);
            Count(clusters, place.Item2);
        }
        return new(truth.Length, [.. cells.Select(cell => (cell.Key.Item1, cell.Key.Item2, cell.Value))], [.. classes], [.. clusters]);
    }

    static void Count(List<long> counts, int place)
    {
        while (counts.Count <= place) counts.Add(0);
        counts[place]++;
    }

    /// <summary>The entropy of class sizes, in nats.</summary>
    internal static double Entropy(long[] sizes)
    {
        // The entropy of one class is 0 and not a rounding error of it.
        if (sizes.Length <= 1) return 0;
        double n = sizes.Sum(), entropy = 0;
        foreach (long size in sizes)
            if (size > 0) entropy -= size / n * (Math.Log(size) - Math.Log(n));
        return entropy;
    }

    internal double MutualInformation()
    {
        if (Classes.Length <= 1 || Clusters.Length <= 1) return 0;
        double sum = 0, n = Samples;
        foreach (var (row, column, count) in Cells)
        {
            double term = count / n * (Math.Log(count) - Math.Log(n)) + count / n * (-Math.Log((double)Classes[row] * Clusters[column]) + 2 * Math.Log(n));
            if (Math.Abs(term) >= 2.220446049250313e-16) sum += term;
        }
        return Math.Max(0, sum);
    }

    /// <summary>The mutual information that clusters of these sizes have with the classes by chance.</summary>
    /// <remarks>Vinh, Epps and Bailey, "Information Theoretic Measures for Clusterings Comparison", JMLR 2010.</remarks>
    internal double ExpectedMutualInformation()
    {
        int n = Samples;
        var logFactorial = new double[n + 1];
        for (int i = 2; i <= n; i++) logFactorial[i] = logFactorial[i - 1] + Math.Log(i);
        double sum = 0;
        foreach (int a in Classes)
            foreach (int b in Clusters)
            {
                double fixedPart = logFactorial[a] + logFactorial[b] + logFactorial[n - a] + logFactorial[n - b] - logFactorial[n];
                for (int both = Math.Max(1, a + b - n); both <= Math.Min(a, b); both++)
                {
                    double probability = Math.Exp(fixedPart - logFactorial[both] - logFactorial[a - both] - logFactorial[b - both] - logFactorial[n - a - b + both]);
                    sum += (double)both / n * (Math.Log((double)n * both) - Math.Log((double)a * b)) * probability;
                }
            }
        return sum;
    }

    /// <summary>Ordered pairs of samples that are together in neither, in the cluster only, in the class only, in both.</summary>
    internal (double Neither, double ClusterOnly, double ClassOnly, double Both) Pairs()
    {
        double n = Samples, cells = 0, classes = 0, clusters = 0;
        foreach (var cell in Cells) cells += (double)cell.Count * cell.Count;
        foreach (long size in Classes) classes += (double)size * size;
        foreach (long size in Clusters) clusters += (double)size * size;
        return (n * n - classes - clusters + cells, clusters - cells, classes - cells, cells - n);
    }
}
