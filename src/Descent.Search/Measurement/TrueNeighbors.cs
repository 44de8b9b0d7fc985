namespace Descent.Search;

/// <summary>The vectors that are really nearest to some queries, which what an index finds is held against.</summary>
public sealed class TrueNeighbors
{
    readonly HashSet<long>[] _nearest;

    TrueNeighbors(HashSet<long>[] nearest, int k) => (_nearest, K) = (nearest, k);

    /// <summary>How many of each query count.</summary>
    public int K { get; }

    /// <summary>How many queries there are.</summary>
    public int Queries => _nearest.Length;

    /// <summary>Finds them by an index that measures all.</summary>
    /// <param name="exact">Holds the vectors.</param>
    /// <param name="queries">One after another, <c>(queries, dimension)</c>.</param>
    /// <param name="k">How many of each query count; others as near as the last of them count too.</param>
    public static TrueNeighbors Find(FlatIndex exact, ReadOnlySpan<float> queries, int k)
    {
        ArgumentNullException.ThrowIfNull(exact);
        Check.Within(1, exact.Count, k, nameof(k));
        // Where bits are counted, many are as near as the last.
        int wide = Math.Min(exact.Count, exact.Metric == VectorMetric.Hamming ? 16 * k : 2 * k), count = queries.Length / exact.Dimension;
        var found = exact.SearchMany(queries, wide);
        var nearest = new HashSet<long>[count];
        for (int q = 0; q < count; q++)
        {
            nearest[q] = [];
            foreach (var neighbor in found.AsSpan(q * wide, wide))
                if (neighbor.Distance <= found[q * wide + k - 1].Distance) nearest[q].Add(neighbor.Id);
        }
        return new(nearest, k);
    }

    /// <summary>Takes them from an .ivecs file, a line of ids for each query, nearest first.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or has fewer than <paramref name="k"/> for a query.</exception>
    public static TrueNeighbors Load(string path, int k)
    {
        Check.AtLeast(1, k, nameof(k));
        int[][] rows = VectorFiles.LoadIntegers(path);
        if (rows.Length == 0 || rows[0].Length < k)
            throw new InvalidDataException($"{path}: {rows.Length} queries with {(rows.Length == 0 ? 0 : rows[0].Length)} true neighbours each; expected at least {k}.");
        return new([.. rows.Select(row => row.Take(k).Select(id => (long)id).ToHashSet())], k);
    }

    /// <summary>The share of them that was found: recall@k.</summary>
    /// <param name="found">As <see cref="VectorIndex.SearchMany"/> gives them for the same queries and k.</param>
    public double Recall(ReadOnlySpan<Neighbor> found)
    {
        if (found.Length != (long)Queries * K) throw new ArgumentException($"Recall: {found.Length} neighbours for {Queries} queries; expected {K} for each.", nameof(found));
        long hits = 0;
        for (int i = 0; i < found.Length; i++)
            if (_nearest[i / K].Contains(found[i].Id)) hits++;
        return (double)hits / found.Length;
    }
}
