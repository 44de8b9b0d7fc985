namespace Descent.Tabular;

/// <summary>Rows in the order of time: each test follows what it is trained on, as with scikit-learn.</summary>
public sealed record TimeSeriesSplit : ISplitter
{
    /// <summary>How many tests, one after another to the last row.</summary>
    public int Splits { get; init => field = Check.AtLeast(1, value); } = 5;

    /// <summary>Rows of a test; 0 is the rows divided by one more than the splits.</summary>
    public int TestRows { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The most rows to train on, the latest: a window that rolls; 0 is all that went before, a window that grows.</summary>
    public int MaxTrainRows { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Rows left out between training and test, as many as a target looks ahead.</summary>
    public int Gap { get; init => field = Check.AtLeast(0, value); }

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        int size = TestRows > 0 ? TestRows : rows / (Splits + 1);
        if (size == 0 || (long)rows - (long)size * Splits - Gap <= 0)
            throw new ArgumentException($"TimeSeriesSplit: {Splits} tests of {Math.Max(1, size)} rows and a gap of {Gap} leave nothing of {rows} rows to train on. Take fewer or smaller tests.", nameof(rows));
        return Enumerable.Range(0, Splits).Select(s =>
        {
            int start = rows - (Splits - s) * size, end = start - Gap, first = MaxTrainRows > 0 ? Math.Max(0, end - MaxTrainRows) : 0;
            return (Enumerable.Range(first, end - first).ToArray(), Enumerable.Range(start, size).ToArray());
        });
    }
}

/// <summary>
/// Folds of neighbouring rows in the order of time, trained on what lies before and after: rows next to the test are left
/// out, as targets that look ahead overlap there.
/// </summary>
/// <remarks>López de Prado, "Advances in Financial Machine Learning", 2018, chapter 7.</remarks>
public sealed record PurgedKFold : ISplitter
{
    /// <summary>How many tests, each later than the one before; at least 2.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Rows left out on either side of the test, as many as a target looks ahead.</summary>
    public int Purge { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Rows left out behind the test beyond these, as many as features look back.</summary>
    public int Embargo { get; init => field = Check.AtLeast(0, value); }

    /// <inheritdoc/>
    public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null)
    {
        var folds = new KFold { Folds = Folds }.Split(rows).Select(fold =>
        {
            int first = fold.Test[0] - Purge, last = fold.Test[^1] + Purge + Embargo;
            return (Train: Array.FindAll(fold.Train, row => row < first || row > last), fold.Test);
        }).ToArray();
        int empty = Array.FindIndex(folds, f => f.Train.Length == 0);
        return empty < 0 ? folds : throw new ArgumentException($"PurgedKFold: a purge of {Purge} and an embargo of {Embargo} leave fold {empty} of {rows} rows nothing to train on.", nameof(rows));
    }
}
