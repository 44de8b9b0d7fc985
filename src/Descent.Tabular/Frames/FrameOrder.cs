namespace Descent.Tabular;

/// <summary>Rows put in order.</summary>
public static class FrameOrder
{
    extension(Frame frame)
    {
        /// <summary>The rows by rising values of a column; equal ones keep their order, missing ones come last.</summary>
        /// <exception cref="ArgumentException">A name is not a column.</exception>
        public Frame Sort(params IEnumerable<string> by) => frame.Sort([.. by.Select(name => (name, false))]);

        /// <summary>The rows by several columns, each rising or falling; missing values come last either way.</summary>
        /// <exception cref="ArgumentException">A name is not a column.</exception>
        public Frame Sort(params IReadOnlyList<(string Column, bool Descending)> by)
        {
            var keys = by.Select(key => (Column: frame[key.Column], Sign: key.Descending ? -1 : 1)).ToArray();
            int[] rows = [.. Enumerable.Range(0, frame.Rows)];
            Array.Sort(rows, (a, b) =>
            {
                foreach (var (column, sign) in keys)
                {
                    bool noA = column.IsMissing(a), noB = column.IsMissing(b);
                    int order = noA || noB ? noA.CompareTo(noB) : sign * column.Compare(a, b);
                    if (order != 0) return order;
                }
                return a.CompareTo(b);
            });
            return frame.Take(rows);
        }
    }
}
