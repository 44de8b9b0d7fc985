using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Folds that keep the rows of a group together: the largest groups first, each to the fold with fewest rows, as scikit-learn does.</summary>
public sealed record GroupKFold : ISplitter
{
    /// <summary>How many folds, at least 2 and at most as many as groups.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <inheritdoc/>
    public bool NeedsGroups => true;

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        var own = Splitting.Need(nameof(GroupKFold), "groups", rows, groups);
        int[][] members = Splitting.Members(own);
        int occupied = members.Count(m => m.Length > 0);
        if (occupied < Folds) throw new ArgumentException($"GroupKFold: {Folds} folds of {occupied} groups; expected at least as many groups.", nameof(groups));
        int[] foldOfGroup = new int[members.Length], sizes = new int[Folds];
        foreach (int g in Splitting.All(members.Length).OrderByDescending(g => members[g].Length).ThenByDescending(g => g))
        {
            int lightest = Array.IndexOf(sizes, sizes.Min());
            foldOfGroup[g] = lightest;
            sizes[lightest] += members[g].Length;
        }
        return Splitting.ByGroup(own, foldOfGroup, Folds);
    }
}

/// <summary>Folds that keep the rows of a group together and hold each class as nearly in its share as that allows; allotted as scikit-learn does.</summary>
public sealed record StratifiedGroupKFold : ISplitter
{
    /// <summary>How many folds, at least 2 and at most as many as the largest class has rows.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Whether groups that are alike are allotted in an order by chance.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Decides the order.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public bool NeedsGroups => true;

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        var y = Splitting.Need(nameof(StratifiedGroupKFold), "classes", rows, classes);
        var own = Splitting.Need(nameof(StratifiedGroupKFold), "groups", rows, groups);
        int k = y.Classes.Length;
        double[] totals = new double[k];
        var counts = new double[own.Classes.Length][];
        for (int g = 0; g < counts.Length; g++) counts[g] = new double[k];
        for (int row = 0; row < rows; row++)
        {
            totals[y.Codes[row]]++;
            counts[own.Codes[row]][y.Codes[row]]++;
        }
        if (totals.All(t => t < Folds)) throw new ArgumentException($"StratifiedGroupKFold: {Folds} folds, but no class has as many rows. Take fewer folds.", nameof(classes));

        int[] order = Splitting.All(counts.Length);
        if (Shuffle) new Generator(Seed).Shuffle<int>(order);
        // The most lopsided groups first, while there is still room to balance them.
        order = [.. order.OrderByDescending(g => Spread(counts[g]))];
        int[] foldOfGroup = new int[counts.Length];
        var held = new double[Folds][];
        for (int f = 0; f < Folds; f++) held[f] = new double[k];
        foreach (int g in order)
        {
            int best = Best(held, totals, counts[g]);
            foldOfGroup[g] = best;
            for (int c = 0; c < k; c++) held[best][c] += counts[g][c];
        }
        return Splitting.ByGroup(own, foldOfGroup, Folds);
    }

    /// <summary>The fold to which a group brings the shares of the classes closest together; of equals the one with fewest rows.</summary>
    static int Best(double[][] held, double[] totals, double[] group)
    {
        int best = 0;
        double least = double.PositiveInfinity, fewest = double.PositiveInfinity;
        double[] shares = new double[held.Length];
        for (int f = 0; f < held.Length; f++)
        {
            double spread = 0;
            int occupied = 0;
            for (int c = 0; c < totals.Length; c++)
            {
                if (totals[c] == 0) continue;
                for (int other = 0; other < held.Length; other++) shares[other] = (held[other][c] + (other == f ? group[c] : 0)) / totals[c];
                spread += Spread(shares);
                occupied++;
            }
            spread /= occupied;
            double rows = held[f].Sum();
            bool alike = Math.Abs(spread - least) <= 1e-8 + 1e-5 * least;
            if (!(spread < least) && !(alike && rows < fewest)) continue;
            (best, least, fewest) = (f, spread, rows);
        }
        return best;
    }

    static double Spread(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }
}

/// <summary>Each group is the test once.</summary>
public sealed record LeaveOneGroupOut : ISplitter
{
    /// <inheritdoc/>
    public bool NeedsGroups => true;

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        int[][] members = Splitting.Members(Splitting.Need(nameof(LeaveOneGroupOut), "groups", rows, groups));
        int[][] occupied = [.. members.Where(m => m.Length > 0)];
        if (occupied.Length < 2) throw new ArgumentException($"LeaveOneGroupOut: {occupied.Length} groups; expected at least 2.", nameof(groups));
        return occupied.Select(test => (Splitting.Except(rows, test), test));
    }
}
