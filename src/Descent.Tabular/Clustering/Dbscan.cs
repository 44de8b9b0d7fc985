using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Parts of any form: rows that have enough others within a radius, joined with those; what is near none is noise.</summary>
/// <remarks>Ester, Kriegel, Sander and Xu, "A Density-Based Algorithm for Discovering Clusters in Large Spatial Databases with Noise", 1996.</remarks>
public sealed record Dbscan
{
    const int BlockRows = 256;

    /// <summary>The greatest distance of two rows that are neighbours, above 0.</summary>
    public double Radius { get; init => field = Check.Above(0, value); } = 0.5;

    /// <summary>The weight of rows within the radius, its own among them, that makes a row the core of a part.</summary>
    public double MinSamples { get; init => field = Check.Above(0, value); } = 5;

    /// <summary>How far apart rows lie: any that needs no covariance.</summary>
    public NeighborMetric Metric { get; init; }

    /// <summary>The power of Minkowski's metric, at least 1.</summary>
    public double Power { get; init => field = Check.AtLeast(1, value); } = 2;

    /// <summary>How neighbours are found, which changes nothing but the time it takes.</summary>
    public NeighborAlgorithm Algorithm { get; init; }

    /// <summary>Finds the parts, numbered by their first core rows.</summary>
    /// <exception cref="ArgumentException">A value is not finite, or the metric is Mahalanobis'.</exception>
    public DbscanResult Fit(Features x, ReadOnlySpan<double> weights = default)
    {
        if (Metric == NeighborMetric.Mahalanobis) throw new ArgumentException("Dbscan: Mahalanobis' metric is none of rows alone. Whiten the features first, and take the Euclidean one.", nameof(x));
        double[] w = Training.CheckRows(nameof(Dbscan), x, weights), rows = x.ToRows();
        var search = INeighborSearch.Create(rows, x.Columns, new(Metric, Power), Algorithm);
        int[][] near = new int[x.Rows][];
        bool[] isCore = new bool[x.Rows];
        WorkerPool.For((x.Rows + BlockRows - 1) / BlockRows, block =>
        {
            int first = block * BlockRows, count = Math.Min(BlockRows, x.Rows - first);
            var found = search.Within(rows.AsSpan(first * x.Columns, count * x.Columns), Radius);
            for (int i = 0; i < count; i++)
            {
                near[first + i] = [.. found[i].Select(n => n.Row)];
                isCore[first + i] = near[first + i].Sum(n => w[n]) >= MinSamples;
            }
        });
        int[] codes = new int[x.Rows];
        Array.Fill(codes, -1);
        int clusters = 0;
        var waiting = new Stack<int>();
        for (int i = 0; i < codes.Length; i++)
        {
            if (!isCore[i] || codes[i] >= 0) continue;
            codes[i] = clusters;
            waiting.Push(i);
            while (waiting.TryPop(out int row))
                foreach (int n in isCore[row] ? near[row] : [])
                {
                    if (codes[n] >= 0) continue;
                    codes[n] = clusters;
                    waiting.Push(n);
                }
            clusters++;
        }
        return new() { Clusters = clusters, Codes = [.. codes], IsCore = [.. isCore] };
    }
}

/// <summary>What <see cref="Dbscan"/> found. It says nothing of other rows.</summary>
public sealed record DbscanResult
{
    /// <summary>The number of parts.</summary>
    public required int Clusters { get; init; }

    /// <summary>The part of each row, −1 of noise.</summary>
    public required ImmutableArray<int> Codes { get; init; }

    /// <summary>Whether each row is a core.</summary>
    public required ImmutableArray<bool> IsCore { get; init; }
}
