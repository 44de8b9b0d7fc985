using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Folds by chance, several times over with other chances.</summary>
public sealed record RepeatedKFold : ISplitter
{
    /// <summary>How many folds each time, at least 2.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>How often all rows are parted.</summary>
    public int Repeats { get; init => field = Check.AtLeast(1, value); } = 10;

    /// <summary>Whether folds hold each class in its share.</summary>
    public bool IsStratified { get; init; }

    /// <summary>Decides the order.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        ulong[] seeds = [.. Enumerable.Range(0, Repeats).Select(r => (ulong)new Generator(Seed, (ulong)r).NextInt64(0, long.MaxValue))];
        return seeds.SelectMany(seed => IsStratified
            ? new StratifiedKFold { Folds = Folds, Shuffle = true, Seed = seed }.Split(rows, classes)
            : new KFold { Folds = Folds, Shuffle = true, Seed = seed }.Split(rows));
    }
}

/// <summary>Several tests drawn by chance, each without regard to the others.</summary>
public sealed record ShuffleSplit : ISplitter
{
    /// <summary>How many times rows are drawn anew, at least 1.</summary>
    public int Splits { get; init => field = Check.AtLeast(1, value); } = 10;

    /// <summary>The share of rows in a test, rounded up.</summary>
    public double TestShare { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 0.1;

    /// <summary>The share of rows to train on, rounded down; null is all the others.</summary>
    public double? TrainShare { get; init => field = value is { } share ? Check.Above(0, Check.Within(0, 1, share)) : null; }

    /// <summary>Whether parts hold each class in its share.</summary>
    public bool IsStratified { get; init; }

    /// <summary>Decides what is drawn.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        int tests = (int)Math.Ceiling(TestShare * rows), trains = TrainShare is { } share ? (int)(share * rows) : rows - tests;
        if (tests < 1 || trains < 1 || tests + trains > rows)
            throw new ArgumentException($"ShuffleSplit: {tests} rows to test and {trains} to train on, of {rows}; expected at least one of each, and no more than there are.", nameof(rows));
        int[] strata = IsStratified ? Splitting.Need(nameof(ShuffleSplit), "classes", rows, classes).Codes.ToArray() : new int[rows];
        return Enumerable.Range(0, Splits).Select(s =>
        {
            int[] order = Splitting.All(rows);
            new Generator(Seed, (ulong)s).Shuffle<int>(order);
            if (IsStratified) order = Interleave(order, strata);
            int[] test = order[..tests], train = order[tests..(tests + trains)];
            Array.Sort(test);
            Array.Sort(train);
            return (train, test);
        });
    }

    /// <summary>An order of which every beginning and every middle holds the strata nearly in their shares.</summary>
    static int[] Interleave(int[] order, int[] strata)
    {
        double[] place = new double[order.Length];
        foreach (var stratum in order.GroupBy(row => strata[row]))
        {
            int[] members = [.. stratum];
            for (int i = 0; i < members.Length; i++) place[members[i]] = (i + 0.5) / members.Length;
        }
        return [.. order.OrderBy(row => place[row])];
    }
}

/// <summary>Each row is the test once.</summary>
public sealed record LeaveOneOut : ISplitter
{
    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        if (rows < 2) throw new ArgumentException($"LeaveOneOut: {rows} rows; expected at least 2.", nameof(rows));
        return Enumerable.Range(0, rows).Select(row => (Splitting.Except(rows, [row]), new[] { row }));
    }
}
