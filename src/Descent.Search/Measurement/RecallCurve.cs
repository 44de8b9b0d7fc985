using System.Diagnostics;

namespace Descent.Search;

/// <summary>How well and how fast an index searches with so much in view.</summary>
/// <param name="Ef">How many near vectors a search keeps in view.</param>
/// <param name="Recall">The share of the true neighbours that is found.</param>
/// <param name="QueriesPerSecond">All queries as one batch, on the threads there are.</param>
/// <param name="Spread">From the fastest pass to the slowest, as a share of the one in the middle.</param>
public readonly record struct RecallPoint(int Ef, double Recall, double QueriesPerSecond, double Spread)
{
    /// <summary>What a query takes on average; nothing where no graph is walked.</summary>
    public SearchWork Work { get; init; }
}

/// <summary>Recall against speed: what an approximate index is judged by.</summary>
public static class RecallCurve
{
    const int Passes = 5;

    // The run time compiles what is called often anew, which takes a while to set in.
    const double WarmUpSeconds = 0.3;

    static readonly int[] s_efs = [10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 1024, 1536, 2048];

    // Cells to look through may be less than the neighbours that they hold.
    static readonly int[] s_cells = [1, 2, 3, 4, 5, 6, 7, 8, .. s_efs];

    /// <summary>Measures point after point, each when it is asked for, with more and more in view.</summary>
    /// <param name="index">What is measured; an exact one has a single point.</param>
    /// <param name="queries">One after another, <c>(queries, dimension)</c>.</param>
    /// <param name="truth">What they should find.</param>
    /// <param name="enough">The recall at which to stop.</param>
    public static IEnumerable<RecallPoint> Measure(VectorIndex index, ReadOnlyMemory<float> queries, TrueNeighbors truth, double enough = 0.995)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(truth);
        return Points();

        IEnumerable<RecallPoint> Points()
        {
            for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < WarmUpSeconds;) index.SearchMany(queries.Span, truth.K);
            foreach (int ef in index is IvfIndex ? s_cells : s_efs)
            {
                if (ef < truth.K && index is not IvfIndex) continue;
                var point = Measure(index, queries.Span, truth, new SearchOptions { Ef = ef }, ef);
                yield return point;
                if (point.Recall >= enough) yield break;
            }
        }
    }

    /// <summary>The fastest of some points that find at least so much; null if none does.</summary>
    public static RecallPoint? Fastest(IEnumerable<RecallPoint> points, double recall)
    {
        var enough = points.Where(p => p.Recall >= recall).ToList();
        return enough.Count == 0 ? null : enough.MaxBy(p => p.QueriesPerSecond);
    }

    static RecallPoint Measure(VectorIndex index, ReadOnlySpan<float> queries, TrueNeighbors truth, SearchOptions options, int ef)
    {
        double recall = truth.Recall(index.SearchMany(queries, truth.K, options));
        double[] seconds = new double[Passes];
        for (int i = 0; i < Passes; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            index.SearchMany(queries, truth.K, options);
            seconds[i] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
        Array.Sort(seconds);
        return new(ef, recall, truth.Queries / seconds[Passes / 2], (seconds[^1] - seconds[0]) / seconds[Passes / 2]) { Work = Count(index, queries, truth, options) };
    }

    /// <summary>One after another on this thread, whose scratch counts.</summary>
    static SearchWork Count(VectorIndex index, ReadOnlySpan<float> queries, TrueNeighbors truth, SearchOptions options)
    {
        var nearest = new Neighbor[truth.K];
        var scratch = SearchScratch.Rent();
        scratch.Work = default;
        scratch.Return();
        for (int i = 0; i < truth.Queries; i++) index.Search(queries.Slice(i * index.Dimension, index.Dimension), nearest, options);
        scratch = SearchScratch.Rent();
        var work = scratch.Work;
        scratch.Return();
        return work / truth.Queries;
    }
}
