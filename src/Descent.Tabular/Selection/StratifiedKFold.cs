using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Folds that hold each class in the share it has among all rows; allotted as scikit-learn does.</summary>
public sealed record StratifiedKFold : ISplitter
{
    /// <summary>How many folds, at least 2 and at most as many as the largest class has rows.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Whether rows are shuffled within their class.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Decides the order.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null) =>
        Split(Splitting.Need(nameof(StratifiedKFold), "classes", rows, classes));

    /// <summary>The rows to train on and those to test on, of each fold, both rising.</summary>
    /// <exception cref="ArgumentException">No class has as many rows as there are folds.</exception>
    public IEnumerable<(int[] Train, int[] Test)> Split(Labels y)
    {
        ArgumentNullException.ThrowIfNull(y);
        int classes = y.Classes.Length;
        var members = Enumerable.Range(0, classes).Select(_ => new List<int>()).ToArray();
        var order = new List<int>();
        for (int row = 0; row < y.Count; row++)
        {
            if (members[y.Codes[row]].Count == 0) order.Add(y.Codes[row]);
            members[y.Codes[row]].Add(row);
        }
        if (members.Max(m => m.Count) < Folds) throw new ArgumentException($"StratifiedKFold: {Folds} folds, but no class has as many rows. Take fewer folds.", nameof(y));

        // Rows sorted by class, dealt out in turn, say how many of each class a fold gets.
        int[,] shares = new int[Folds, classes];
        int dealt = 0;
        foreach (int k in order)
            for (int i = 0; i < members[k].Count; i++) shares[dealt++ % Folds, k]++;
        int[] fold = new int[y.Count];
        foreach (int k in order)
        {
            int[] own = [.. Enumerable.Range(0, Folds).SelectMany(f => Enumerable.Repeat(f, shares[f, k]))];
            if (Shuffle) new Generator(Seed, (ulong)k + 1).Shuffle<int>(own);
            for (int i = 0; i < own.Length; i++) fold[members[k][i]] = own[i];
        }
        return KFold.Parts(fold, Folds);
    }
}
