using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Frames parted by chance.</summary>
public static class FrameSplit
{
    extension(Frame frame)
    {
        /// <summary>The rows in an order that the seed decides.</summary>
        public Frame Shuffle(ulong seed = 0)
        {
            int[] rows = [.. Enumerable.Range(0, frame.Rows)];
            new Generator(seed).Shuffle<int>(rows);
            return frame.Take(rows);
        }

        /// <summary>Two parts by chance, each with its rows in the order they had.</summary>
        /// <param name="testShare">The share of rows in the second part, rounded to a whole number of rows.</param>
        /// <param name="seed">Decides which.</param>
        /// <param name="stratify">A column of whose every value (or fifth of its numbers) both parts get their share, or null.</param>
        /// <exception cref="ArgumentOutOfRangeException">The share is not between 0 and 1.</exception>
        /// <exception cref="ArgumentException"><paramref name="stratify"/> is not a column.</exception>
        public (Frame Train, Frame Test) Split(double testShare = 0.25, ulong seed = 0, string? stratify = null)
        {
            Check.Within(0.0, 1.0, testShare, nameof(testShare));
            int[] rows = [.. Enumerable.Range(0, frame.Rows)];
            new Generator(seed).Shuffle<int>(rows);
            int[] strata = stratify is null ? new int[frame.Rows] : Strata(frame[stratify]);

            bool[] isTest = new bool[frame.Rows];
            double owed = 0;
            // What rounding leaves of one stratum goes to the next, so that the parts have the sizes asked for.
            foreach (var stratum in rows.GroupBy(row => strata[row]).OrderBy(g => g.Key))
            {
                int[] members = [.. stratum];
                owed += members.Length * testShare;
                int taken = Math.Min(members.Length, (int)Math.Round(owed));
                owed -= taken;
                foreach (int row in members.AsSpan(0, taken)) isTest[row] = true;
            }
            return (frame.Take([.. Enumerable.Range(0, frame.Rows).Where(row => !isTest[row])]),
                frame.Take([.. Enumerable.Range(0, frame.Rows).Where(row => isTest[row])]));
        }
    }

    /// <summary>Values by number; real numbers by the fifth they fall in.</summary>
    static int[] Strata(Column column)
    {
        const int Parts = 5;
        if (column is not FloatColumn numbers) return column.Factorize(null).Own;
        int[] strata = new int[column.Count];
        Array.Fill(strata, -1);
        int[] order = [.. Enumerable.Range(0, column.Count).Where(row => !numbers.IsMissing(row)).OrderBy(row => numbers[row])];
        for (int i = 0; i < order.Length; i++) strata[order[i]] = (int)((long)i * Parts / order.Length);
        return strata;
    }
}
