namespace Descent.Tabular;

/// <summary>Memory for the histograms of leaves, used again from tree to tree.</summary>
/// <param name="length">Integers of a histogram.</param>
sealed class HistogramPool(int length)
{
    /// <summary>With more than this in use, leaves go without and theirs are added up again when they are split.</summary>
    const long MostBytes = 1L << 30;

    readonly Stack<long[]> _free = new();
    long _made;

    /// <summary>Memory with anything in it, or null where there is too much already.</summary>
    internal long[]? TryRent()
    {
        if (_free.TryPop(out long[]? histogram)) return histogram;
        if (_made > 1 && _made * length * sizeof(long) > MostBytes) return null;
        _made++;
        return Make();
    }

    internal void Return(long[]? histogram)
    {
        if (histogram is not null) _free.Push(histogram);
    }

    internal long[] Make() => GC.AllocateUninitializedArray<long>(length, pinned: true);
}
