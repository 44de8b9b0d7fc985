namespace Descent.Search;

/// <summary>Texts in the order of their codes, so that those between bounds are known without comparing each.</summary>
sealed class TextOrder
{
    readonly string[] _sorted;
    readonly int[] _rank;

    /// <param name="texts">By number.</param>
    internal TextOrder(string[] texts)
    {
        int[] numbers = new int[texts.Length];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = i;
        _sorted = (string[])texts.Clone();
        Array.Sort(_sorted, numbers, StringComparer.Ordinal);
        _rank = new int[numbers.Length];
        for (int i = 0; i < numbers.Length; i++) _rank[numbers[i]] = i;
    }

    /// <summary>Texts from number 0 on that it knows.</summary>
    internal int Count => _rank.Length;

    /// <summary>Where in the order a text is.</summary>
    internal int this[int number] => _rank[number];

    /// <summary>The first that is not too small, and the first after it that is too large.</summary>
    internal (int From, int To) Within(ITextBounds bounds) => (Partition(bounds.IsBelow), Partition(text => !bounds.IsAbove(text)));

    /// <summary>How many hold, of which those that do come before the others.</summary>
    int Partition(Predicate<string> holds)
    {
        int low = 0, high = _sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (holds(_sorted[middle])) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
