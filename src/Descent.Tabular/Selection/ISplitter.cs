namespace Descent.Tabular;

/// <summary>Parts rows into those to train on and those to test on, once or several times.</summary>
public interface ISplitter
{
    /// <summary>Whether it needs to know which rows belong together.</summary>
    bool NeedsGroups => false;

    /// <summary>The rows to train on and those to test on, both rising.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="classes">The class of each row, for splitters that give each part its share of them.</param>
    /// <param name="groups">Which rows belong together, for splitters that keep them so.</param>
    /// <exception cref="ArgumentException">There are too few rows or groups, or what is needed is not given.</exception>
    IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null);
}

/// <summary>What splitters share.</summary>
static class Splitting
{
    internal static int[] All(int rows) => [.. Enumerable.Range(0, rows)];

    internal static int[] Except(int rows, int[] sorted)
    {
        bool[] left = new bool[rows];
        foreach (int row in sorted) left[row] = true;
        return [.. Enumerable.Range(0, rows).Where(row => !left[row])];
    }

    internal static Labels Need(string splitter, string what, int rows, Labels? given)
    {
        if (given is null) throw new ArgumentException($"{splitter} needs the {what} of each row, and none are given.");
        return given.Count == rows ? given : throw new ArgumentException($"{splitter}: {given.Count} {what} for {rows} rows; expected as many.");
    }

    /// <summary>Rows by number of their class or group.</summary>
    internal static int[][] Members(Labels labels)
    {
        var members = new List<int>[labels.Classes.Length];
        for (int k = 0; k < members.Length; k++) members[k] = [];
        for (int row = 0; row < labels.Count; row++) members[labels.Codes[row]].Add(row);
        return Array.ConvertAll(members, m => m.ToArray());
    }

    /// <summary>Folds of rows by the fold of each row's group.</summary>
    internal static IEnumerable<(int[] Train, int[] Test)> ByGroup(Labels groups, int[] foldOfGroup, int folds)
    {
        int[] fold = new int[groups.Count];
        for (int row = 0; row < fold.Length; row++) fold[row] = foldOfGroup[groups.Codes[row]];
        return KFold.Parts(fold, folds);
    }
}
