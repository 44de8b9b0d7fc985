using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The features that a tree, a level or a node may split on.</summary>
static class ColumnDraws
{
    /// <summary>A share of the features, at least one, in rising order.</summary>
    internal static int[] Draw(int[] columns, double share, Generator generator)
    {
        if (share >= 1) return columns;
        int[] drawn = (int[])columns.Clone();
        generator.Shuffle<int>(drawn);
        drawn = drawn[..Math.Max(1, (int)(share * drawn.Length))];
        Array.Sort(drawn);
        return drawn;
    }
}
