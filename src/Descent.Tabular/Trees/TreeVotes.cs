namespace Descent.Tabular;

/// <summary>What trees say of blocks of rows.</summary>
static class TreeVotes
{
    /// <summary>Adds a factor times the number that a tree says.</summary>
    internal static void AddNumbers(Tree tree, ReadOnlySpan<double> rows, int columns, Span<double> sums, double factor)
    {
        for (int i = 0; i < sums.Length; i++) sums[i] += factor * tree.Value(tree.Leaf(rows.Slice(i * columns, columns)))[0];
    }

    /// <summary>Adds a factor times the shares of the classes.</summary>
    internal static void AddShares(Tree tree, ReadOnlySpan<double> rows, int columns, Span<double> sums, double factor)
    {
        for (int i = 0; i * tree.Outputs < sums.Length; i++)
            AddShares(tree, rows.Slice(i * columns, columns), sums.Slice(i * tree.Outputs, tree.Outputs), factor);
    }

    /// <summary>The same for one row.</summary>
    internal static void AddShares(Tree tree, ReadOnlySpan<double> row, Span<double> sums, double factor)
    {
        var value = tree.Value(tree.Leaf(row));
        double weight = 0;
        foreach (double v in value) weight += v;
        for (int k = 0; k < value.Length; k++) sums[k] += factor * (value[k] / weight);
    }
}
