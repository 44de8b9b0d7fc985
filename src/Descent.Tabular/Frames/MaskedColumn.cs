namespace Descent.Tabular;

/// <summary>Values beside a mask of the missing ones.</summary>
/// <typeparam name="T">The type of a value.</typeparam>
public abstract class MaskedColumn<T> : Column<T> where T : struct, IComparable<T>
{
    readonly T[] _values;
    readonly bool[]? _missing;

    private protected MaskedColumn(string name, T[] values, bool[]? missing) : base(name, (values ?? throw new ArgumentNullException(nameof(values))).Length)
    {
        if (missing is not null && missing.Length != values.Length)
            throw new ArgumentException($"Column '{name}': {missing.Length} marks of missing values for {values.Length} values; expected as many, or none.");
        (_values, _missing) = (values, missing is not null && missing.Contains(true) ? missing : null);
    }

    /// <inheritdoc/>
    public sealed override T this[int row] => _values[row];

    /// <summary>All values; a missing one is the type's default.</summary>
    public ReadOnlySpan<T> Values => _values;

    /// <inheritdoc/>
    public sealed override bool IsMissing(int row) => _missing is not null && _missing[row];

    /// <inheritdoc/>
    public sealed override Column Take(ReadOnlySpan<int> rows)
    {
        var values = new T[rows.Length];
        bool[] missing = new bool[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] < 0 || IsMissing(rows[i])) missing[i] = true;
            else values[i] = _values[rows[i]];
        }
        return Make(Name, values, missing);
    }

    /// <inheritdoc/>
    public sealed override Column WithName(string name) => Make(name, _values, _missing);

    /// <inheritdoc/>
    public sealed override string? Format(int row) => IsMissing(row) ? null : Format(_values[row]);

    private protected abstract Column Make(string name, T[] values, bool[]? missing);

    private protected abstract string Format(T value);
}
