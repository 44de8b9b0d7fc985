using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Rows parted into folds, each of which is the test once: neighbouring rows together, or in an order by chance.</summary>
public sealed record KFold : ISplitter
{
    /// <summary>How many folds, at least 2 and at most as many as rows.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Whether rows are shuffled first.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Decides the order.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        if (rows < Folds) throw new ArgumentException($"KFold: {Folds} folds of {rows} rows; expected at least as many rows.", nameof(rows));
        int[] order = [.. Enumerable.Range(0, rows)], fold = new int[rows];
        if (Shuffle) new Generator(Seed).Shuffle<int>(order);
        for (int f = 0, next = 0; f < Folds; f++)
            for (int size = rows / Folds + (f < rows % Folds ? 1 : 0); size > 0; size--) fold[order[next++]] = f;
        return Parts(fold, Folds);
    }

    internal static IEnumerable<(int[] Train, int[] Test)> Parts(int[] fold, int folds)
    {
        int[] rows = [.. Enumerable.Range(0, fold.Length)];
        return Enumerable.Range(0, folds).Select(f => (Array.FindAll(rows, row => fold[row] != f), Array.FindAll(rows, row => fold[row] == f)));
    }
}
