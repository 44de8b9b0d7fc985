namespace Descent.Tabular;

/// <summary>A column of free text.</summary>
public sealed class TextColumn : Column<string>
{
    readonly string?[] _values;

    /// <param name="name">Its name.</param>
    /// <param name="values">The texts, null where missing; not copied.</param>
    public TextColumn(string name, string?[] values) : base(name, (values ?? throw new ArgumentNullException(nameof(values))).Length) => _values = values;

    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Text;

    /// <inheritdoc/>
    public override string this[int row] => _values[row] ?? "";

    /// <inheritdoc/>
    public override bool IsMissing(int row) => _values[row] is null;

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        string?[] values = new string?[rows.Length];
        for (int i = 0; i < rows.Length; i++) values[i] = rows[i] < 0 ? null : _values[rows[i]];
        return new TextColumn(Name, values);
    }

    /// <inheritdoc/>
    public override Column WithName(string name) => new TextColumn(name, _values);

    /// <inheritdoc/>
    public override string? Format(int row) => _values[row];

    internal override void CopyNumbers(Span<double> values) => throw new InvalidOperationException(
        $"Column '{Name}' holds text, which is no number. Drop it, make it a category, or turn it into features first.");
}
