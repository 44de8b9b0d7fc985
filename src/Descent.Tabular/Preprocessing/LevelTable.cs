using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>The distinct values of columns as levels, and the level of each row.</summary>
static class LevelTable
{
    /// <summary>The distinct values in rising order as text, and how many rows have each; missing ones are not counted.</summary>
    internal static (ImmutableArray<string> Levels, int[] Counts) Of(Column column)
    {
        var (codes, _, distinct) = column.Factorize(null);
        int[] firsts = new int[distinct], counts = new int[distinct];
        for (int row = codes.Length - 1; row >= 0; row--)
        {
            if (codes[row] < 0) continue;
            firsts[codes[row]] = row;
            counts[codes[row]]++;
        }
        int[] order = [.. Enumerable.Range(0, distinct)];
        Array.Sort(order, (a, b) => column.Compare(firsts[a], firsts[b]));
        return ([.. order.Select(i => column.Format(firsts[i])!)], [.. order.Select(i => counts[i])]);
    }

    /// <summary>The number of each row's level; −1 where missing, −2 where there is no such level.</summary>
    internal static int[] Codes(Column column, ImmutableArray<string> levels)
    {
        var numbers = new Dictionary<string, int>(levels.Length, StringComparer.Ordinal);
        for (int i = 0; i < levels.Length; i++) numbers.TryAdd(levels[i], i);
        int[] codes = new int[column.Count];
        if (column is CategoryColumn category)
        {
            int[] own = [.. category.Levels.Select(l => numbers.GetValueOrDefault(l, -2))];
            for (int row = 0; row < codes.Length; row++) codes[row] = category.Codes[row] is >= 0 and var code ? own[code] : -1;
            return codes;
        }
        for (int row = 0; row < codes.Length; row++) codes[row] = column.Format(row) is { } text ? numbers.GetValueOrDefault(text, -2) : -1;
        return codes;
    }
}
