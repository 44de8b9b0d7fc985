namespace Descent.Tabular;

/// <summary>What trees say of blocks of rows.</summary>
static class TreeVotes
{
    const int ChunkRows = 256;

    /// <summary>Adds a factor times the number that a tree says.</summary>
    internal static void AddNumbers(Tree tree, ReadOnlySpan<double> rows, int columns, Span<double> sums, double factor)
    {
        Span<int> leaves = stackalloc int[Math.Min(sums.Length, ChunkRows)];
        for (int first = 0; first < sums.Length; first += ChunkRows)
        {
            var own = leaves[..Math.Min(ChunkRows, sums.Length - first)];
            PackedTree.Leaves(tree, rows.Slice(first * columns, own.Length * columns), columns, own);
            for (int i = 0; i < own.Length; i++) sums[first + i] += factor * tree.Values[own[i]];
        }
    }

    /// <summary>Adds a factor times the shares of the classes.</summary>
    internal static void AddShares(Tree tree, ReadOnlySpan<double> rows, int columns, Span<double> sums, double factor)
    {
        int classes = tree.Outputs, count = sums.Length / classes;
        Span<int> leaves = stackalloc int[Math.Min(count, ChunkRows)];
        for (int first = 0; first < count; first += ChunkRows)
        {
            var own = leaves[..Math.Min(ChunkRows, count - first)];
            PackedTree.Leaves(tree, rows.Slice(first * columns, own.Length * columns), columns, own);
            for (int i = 0; i < own.Length; i++) AddShares(tree.Value(own[i]), sums.Slice((first + i) * classes, classes), factor);
        }
    }

    /// <summary>The same for one row.</summary>
    internal static void AddShares(Tree tree, ReadOnlySpan<double> row, Span<double> sums, double factor) => AddShares(tree.Value(tree.Leaf(row)), sums, factor);

    static void AddShares(ReadOnlySpan<double> value, Span<double> sums, double factor)
    {
        double weight = 0;
        foreach (double v in value) weight += v;
        for (int k = 0; k < value.Length; k++) sums[k] += factor * (value[k] / weight);
    }
}
