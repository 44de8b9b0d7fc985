namespace Descent.Tabular;

/// <summary>Which rows a join keeps.</summary>
public enum JoinKind
{
    /// <summary>Pairs of rows that match.</summary>
    Inner,

    /// <summary>These, and the left rows that match none.</summary>
    Left,

    /// <summary>These, and the right rows that match none.</summary>
    Right,

    /// <summary>These, and the rows of either side that match none.</summary>
    Outer,
}

/// <summary>Two frames beside one another, by equal keys.</summary>
public static class FrameJoin
{
    extension(Frame left)
    {
        /// <summary>
        /// Every pair of rows that agree in the key columns, in the order of the left rows and then the right ones; unmatched right
        /// rows come last. A missing key matches nothing. Columns of the right frame whose name is taken get <c>_right</c> behind it.
        /// </summary>
        /// <exception cref="ArgumentException">A key is not a column of both, differs in type, or there is none.</exception>
        public Frame Join(Frame right, IReadOnlyList<string> on, JoinKind kind = JoinKind.Inner)
        {
            ArgumentNullException.ThrowIfNull(right);
            if (on.Count == 0) throw new ArgumentException("Join: no key columns; name at least one.", nameof(on));
            var (own, others) = Keys(left, right, on);
            var matches = others.Select((key, row) => (key, row)).Where(p => p.key >= 0).ToLookup(p => p.key, p => p.row);

            var (leftRows, rightRows) = (new List<int>(), new List<int>());
            bool[] matched = new bool[right.Rows];
            for (int row = 0; row < own.Length; row++)
            {
                bool any = false;
                if (own[row] >= 0)
                {
                    foreach (int other in matches[own[row]])
                    {
                        leftRows.Add(row);
                        rightRows.Add(other);
                        any = matched[other] = true;
                    }
                }
                if (any || kind is JoinKind.Inner or JoinKind.Right) continue;
                leftRows.Add(row);
                rightRows.Add(-1);
            }
            if (kind is JoinKind.Right or JoinKind.Outer)
            {
                for (int row = 0; row < matched.Length; row++)
                {
                    if (matched[row]) continue;
                    leftRows.Add(-1);
                    rightRows.Add(row);
                }
            }
            return Beside(left, right, on, [.. leftRows], [.. rightRows]);
        }
    }

    /// <summary>Numbers of the keys of both sides; −1 where a part is missing.</summary>
    static (int[] Own, int[] Others) Keys(Frame left, Frame right, IReadOnlyList<string> on)
    {
        var (own, others) = (new int[left.Rows], new int[right.Rows]);
        foreach (string name in on)
        {
            var (a, b, _) = left[name].Factorize(right[name]);
            var pairs = new Dictionary<(int, int), int>();
            Combine(own, a, pairs);
            Combine(others, b, pairs);
        }
        return (own, others);
    }

    static void Combine(int[] keys, int[] codes, Dictionary<(int, int), int> pairs)
    {
        for (int row = 0; row < keys.Length; row++)
        {
            if (keys[row] < 0 || codes[row] < 0) keys[row] = -1;
            else if (pairs.TryGetValue((keys[row], codes[row]), out int number)) keys[row] = number;
            else pairs.Add((keys[row], codes[row]), keys[row] = pairs.Count);
        }
    }

    static Frame Beside(Frame left, Frame right, IReadOnlyList<string> on, int[] leftRows, int[] rightRows)
    {
        var (a, b) = (left.Take(leftRows), right.Take(rightRows));
        // Where only the right row is there, its key is the key.
        int[] source = new int[leftRows.Length];
        for (int i = 0; i < source.Length; i++) source[i] = leftRows[i] >= 0 ? leftRows[i] : left.Rows + rightRows[i];
        var columns = a.Columns.Select(c => on.Contains(c.Name) ? FrameConcatenation.Join([left[c.Name], right[c.Name]]).Take(source) : c).ToList();
        foreach (var column in b.Columns.Where(c => !on.Contains(c.Name)))
            columns.Add(left.Has(column.Name) ? column.WithName($"{column.Name}_right") : column);
        return new(columns);
    }
}
