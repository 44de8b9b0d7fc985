namespace Descent.Tabular;

/// <summary>How the nearest rows are found; all ways find the same.</summary>
public enum NeighborAlgorithm
{
    /// <summary>A k-d tree up to 15 columns, else brute force.</summary>
    Auto,

    /// <summary>By looking at all rows, through matrix products where the metric allows it.</summary>
    BruteForce,

    /// <summary>By boxes, halved across their widest column.</summary>
    KdTree,

    /// <summary>By balls, halved likewise; steadier than boxes where columns are many.</summary>
    BallTree,
}

/// <summary>Finds the rows next to others.</summary>
interface INeighborSearch
{
    /// <summary>For each query the numbers of its nearest rows, nearest first, and their distances; of equally near ones the first.</summary>
    void Find(ReadOnlySpan<double> queries, int neighbors, Span<int> rows, Span<double> distances);

    /// <summary>For each query the rows no farther than a radius, in rising order, and their distances.</summary>
    List<(int Row, double Distance)>[] Within(ReadOnlySpan<double> queries, double radius);

    /// <summary>The way that is asked for, or the best one.</summary>
    internal static INeighborSearch Create(double[] rows, int columns, RowMetric metric, NeighborAlgorithm algorithm)
    {
        const int FewRows = 100, ManyColumns = 15;
        bool isBrute = metric.Kind == NeighborMetric.Cosine || (algorithm == NeighborAlgorithm.Auto && (columns > ManyColumns || rows.Length / columns < FewRows));
        if (isBrute || algorithm == NeighborAlgorithm.BruteForce) return new BruteSearch(rows, columns, metric);
        return algorithm == NeighborAlgorithm.BallTree ? new TreeSearch<Balls>(rows, columns, metric) : new TreeSearch<Boxes>(rows, columns, metric);
    }
}
