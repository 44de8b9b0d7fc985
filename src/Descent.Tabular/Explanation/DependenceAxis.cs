using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>The values of a column at which predictions are asked for.</summary>
public sealed record DependenceAxis
{
    /// <summary>The column's name.</summary>
    public required string Column { get; init; }

    /// <summary>The values as text, rising; of a category the most frequent ones.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>The values as numbers; empty of categories, texts and dates.</summary>
    public ImmutableArray<double> Numbers { get; init; } = [];

    /// <summary>
    /// Rows that have these values: all different values where they are few, else those at even shares of the rows; of what has no order
    /// the most frequent.
    /// </summary>
    internal static int[] Choose(int rows, int points, bool isOrdered, Func<int, bool> isMissing, Comparison<int> compare)
    {
        int[] present = [.. Enumerable.Range(0, rows).Where(i => !isMissing(i))];
        // Equal values stay in the order of their rows.
        Array.Sort(present, (a, b) => compare(a, b) is var order && order != 0 ? order : a.CompareTo(b));
        var firsts = new List<(int Place, int Count)>();
        for (int i = 0; i < present.Length; i++)
        {
            if (i == 0 || compare(present[i - 1], present[i]) != 0) firsts.Add((i, 0));
            firsts[^1] = (firsts[^1].Place, firsts[^1].Count + 1);
        }
        if (firsts.Count <= points) return [.. firsts.Select(f => present[f.Place])];
        if (!isOrdered) return [.. firsts.OrderByDescending(f => f.Count).ThenBy(f => f.Place).Take(points).OrderBy(f => f.Place).Select(f => present[f.Place])];
        var chosen = new List<int>();
        for (int p = 0; p < points; p++)
        {
            int row = present[(int)((long)p * (present.Length - 1) / Math.Max(1, points - 1))];
            if (chosen.Count == 0 || compare(chosen[^1], row) != 0) chosen.Add(row);
        }
        return [.. chosen];
    }
}
