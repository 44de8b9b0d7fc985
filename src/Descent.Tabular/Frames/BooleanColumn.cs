namespace Descent.Tabular;

/// <summary>A column of truth values.</summary>
/// <param name="name">Its name.</param>
/// <param name="values">The values, not copied.</param>
/// <param name="missing">Which of them are missing, or null if none is.</param>
public sealed class BooleanColumn(string name, bool[] values, bool[]? missing = null) : MaskedColumn<bool>(name, values, missing)
{
    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Boolean;

    private protected override Column Make(string name, bool[] values, bool[]? missing) => new BooleanColumn(name, values, missing);

    private protected override string Format(bool value) => value ? "true" : "false";

    internal override void CopyNumbers(Span<double> values)
    {
        for (int row = 0; row < values.Length; row++) values[row] = IsMissing(row) ? double.NaN : this[row] ? 1 : 0;
    }
}
