using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>The class of each row.</summary>
public sealed class Labels
{
    readonly int[] _codes;

    /// <param name="codes">The number of each row's class.</param>
    /// <param name="classes">The names of the classes, by number.</param>
    /// <exception cref="ArgumentException">A number has no name.</exception>
    public Labels(int[] codes, ImmutableArray<string> classes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        foreach (int code in codes)
            if ((uint)code >= (uint)classes.Length) throw new ArgumentException($"Labels: there is no class {code}; expected 0 to {classes.Length - 1}.", nameof(codes));
        (_codes, Classes) = (codes, classes);
    }

    /// <summary>The names of the classes, by number.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>The number of each row's class.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>The number of rows.</summary>
    public int Count => _codes.Length;

    /// <summary>Classes called by their numbers, those that occur in rising order.</summary>
    public static Labels From(ReadOnlySpan<long> values)
    {
        long[] distinct = [.. new SortedSet<long>(values.ToArray())];
        int[] codes = new int[values.Length];
        for (int i = 0; i < codes.Length; i++) codes[i] = Array.BinarySearch(distinct, values[i]);
        return new(codes, [.. distinct.Select(d => d.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>The classes of a column: numbers in rising order, texts in the order of their characters.</summary>
    /// <exception cref="ArgumentException">A row has no class.</exception>
    public static Labels From(Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        for (int row = 0; row < column.Count; row++)
            if (column.IsMissing(row)) throw new ArgumentException($"The target '{column.Name}' is missing in row {row}. Leave out rows without a target.", nameof(column));
        var (numbers, _, distinct) = column.Factorize(null);
        int[] firsts = new int[distinct];
        for (int row = column.Count - 1; row >= 0; row--) firsts[numbers[row]] = row;
        int[] order = [.. Enumerable.Range(0, distinct)];
        Array.Sort(order, (a, b) => column.Compare(firsts[a], firsts[b]));
        int[] places = new int[distinct];
        for (int i = 0; i < distinct; i++) places[order[i]] = i;
        return new(Array.ConvertAll(numbers, n => places[n]), [.. order.Select(i => column.Format(firsts[i])!)]);
    }

    /// <summary>Some rows, in the order given; the classes stay.</summary>
    public Labels Take(ReadOnlySpan<int> rows)
    {
        int[] codes = new int[rows.Length];
        for (int i = 0; i < codes.Length; i++) codes[i] = _codes[rows[i]];
        return new(codes, Classes);
    }
}
