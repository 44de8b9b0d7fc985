using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A column of named levels, each row holding the number of its level.</summary>
public sealed class CategoryColumn : Column<string>
{
    readonly int[] _codes;

    /// <param name="name">Its name.</param>
    /// <param name="codes">The number of each row's level, −1 where it is missing; not copied.</param>
    /// <param name="levels">The levels' names, no two alike.</param>
    /// <exception cref="ArgumentException">A code has no level, or two levels have one name.</exception>
    public CategoryColumn(string name, int[] codes, ImmutableArray<string> levels) : base(name, (codes ?? throw new ArgumentNullException(nameof(codes))).Length)
    {
        foreach (int code in codes)
            if (code < -1 || code >= levels.Length) throw new ArgumentException($"Column '{name}': there is no level {code}; expected −1 to {levels.Length - 1}.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string level in levels)
            if (!seen.Add(level)) throw new ArgumentException($"Column '{name}': two levels are called '{level}'; their names must differ.");
        (_codes, Levels) = (codes, levels);
    }

    CategoryColumn(ImmutableArray<string> levels, string name, int[] codes) : base(name, codes.Length) => (_codes, Levels) = (codes, levels);

    /// <summary>The levels' names, by number; some may occur in no row.</summary>
    public ImmutableArray<string> Levels { get; }

    /// <summary>The number of each row's level, −1 where it is missing.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Category;

    /// <inheritdoc/>
    public override string this[int row] => _codes[row] < 0 ? "" : Levels[_codes[row]];

    /// <inheritdoc/>
    public override bool IsMissing(int row) => _codes[row] < 0;

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        int[] codes = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++) codes[i] = rows[i] < 0 ? -1 : _codes[rows[i]];
        return new CategoryColumn(Levels, Name, codes);
    }

    /// <inheritdoc/>
    public override Column WithName(string name) => new CategoryColumn(Levels, name, _codes);

    /// <inheritdoc/>
    public override string? Format(int row) => _codes[row] < 0 ? null : Levels[_codes[row]];

    internal override void CopyNumbers(Span<double> values)
    {
        for (int row = 0; row < values.Length; row++) values[row] = _codes[row] < 0 ? double.NaN : _codes[row];
    }

    internal static CategoryColumn From(string name, IEnumerable<string?> values)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var codes = new List<int>();
        foreach (string? value in values)
        {
            int code = -1;
            if (value is not null && !numbers.TryGetValue(value, out code)) numbers.Add(value, code = numbers.Count);
            codes.Add(code);
        }
        return new([.. numbers.Keys], name, [.. codes]);
    }
}
