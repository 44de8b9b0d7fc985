namespace Descent.Tabular;

/// <summary>A named, typed, immutable sequence of values, any of which may be missing.</summary>
public abstract class Column
{
    readonly Lazy<int> _missing;

    private protected Column(string name, int count)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Name, Count) = (name, count);
        _missing = new(CountMissing);
    }

    /// <summary>The name, unique in its frame.</summary>
    public string Name { get; }

    /// <summary>The number of rows, missing values included.</summary>
    public int Count { get; }

    /// <summary>What the values are.</summary>
    public abstract ColumnType Type { get; }

    /// <summary>The number of rows that have no value.</summary>
    public int MissingCount => _missing.Value;

    /// <summary>Whether a row has no value.</summary>
    public abstract bool IsMissing(int row);

    /// <summary>The values of some rows, in that order; a row of −1 is a missing value.</summary>
    public abstract Column Take(ReadOnlySpan<int> rows);

    /// <summary>The same values under another name.</summary>
    public abstract Column WithName(string name);

    /// <summary>A value as it is written to a file, or null where it is missing.</summary>
    public abstract string? Format(int row);

    /// <summary>Numbers for learners: a category is the number of its level, a missing value is NaN.</summary>
    /// <exception cref="InvalidOperationException">Text and dates are no numbers.</exception>
    internal abstract void CopyNumbers(Span<double> values);

    /// <summary>The order of the values of two rows, neither of which is missing.</summary>
    internal abstract int Compare(int first, int second);

    /// <summary>Numbers of the distinct values, in order of appearance; −1 of a missing one. Equal values of both columns share a number.</summary>
    internal abstract (int[] Own, int[] Others, int Distinct) Factorize(Column? other);

    int CountMissing()
    {
        int count = 0;
        for (int row = 0; row < Count; row++)
            if (IsMissing(row)) count++;
        return count;
    }

    /// <summary>A column of real numbers; NaN is missing. The array is not copied.</summary>
    public static FloatColumn Of(string name, double[] values) => new(name, values);

    /// <summary>A column of whole numbers. The array is not copied.</summary>
    public static IntegerColumn Of(string name, long[] values) => new(name, values);

    /// <summary>A column of truth values. The array is not copied.</summary>
    public static BooleanColumn Of(string name, bool[] values) => new(name, values);

    /// <summary>A column of dates. The array is not copied.</summary>
    public static DateTimeColumn Of(string name, DateTime[] values) => new(name, values);

    /// <summary>A column of free text; null is missing. The array is not copied.</summary>
    public static TextColumn Of(string name, string?[] values) => new(name, values);

    /// <summary>A column of levels, numbered in order of appearance; null is missing.</summary>
    public static CategoryColumn Categories(string name, IEnumerable<string?> values) => CategoryColumn.From(name, values);
}

/// <summary>A column whose values are of one .NET type.</summary>
/// <typeparam name="T">The type of a value.</typeparam>
public abstract class Column<T> : Column where T : IComparable<T>
{
    private protected Column(string name, int count) : base(name, count) { }

    /// <summary>The value of a row; of a missing one NaN, 0, false, the least date or the empty text.</summary>
    public abstract T this[int row] { get; }

    // Text in the order of its characters, on every machine alike.
    static readonly IComparer<T> s_order = typeof(T) == typeof(string) ? (IComparer<T>)(object)StringComparer.Ordinal : Comparer<T>.Default;

    internal sealed override int Compare(int first, int second) => s_order.Compare(this[first], this[second]);

    internal sealed override (int[] Own, int[] Others, int Distinct) Factorize(Column? other)
    {
        var numbers = new Dictionary<Key, int>();
        if (other is null) return (Number(this, numbers), [], numbers.Count);
        if (other is not Column<T> same)
            throw new ArgumentException($"Column '{Name}' is {Type} and '{other.Name}' is {other.Type}: their values cannot be compared; convert one.");
        var own = Number(this, numbers);
        var others = Number(same, numbers);
        return (own, others, numbers.Count);
    }

    static int[] Number(Column<T> column, Dictionary<Key, int> numbers)
    {
        int[] codes = new int[column.Count];
        for (int row = 0; row < codes.Length; row++)
        {
            if (column.IsMissing(row))
            {
                codes[row] = -1;
                continue;
            }
            var key = new Key(column[row]);
            if (!numbers.TryGetValue(key, out int number)) numbers.Add(key, number = numbers.Count);
            codes[row] = number;
        }
        return codes;
    }

    /// <summary>A value that is there, so that a dictionary takes it.</summary>
    readonly record struct Key(T Value);
}
