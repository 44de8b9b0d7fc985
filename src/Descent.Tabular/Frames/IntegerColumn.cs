using System.Globalization;

namespace Descent.Tabular;

/// <summary>A column of whole numbers.</summary>
/// <param name="name">Its name.</param>
/// <param name="values">The numbers, not copied.</param>
/// <param name="missing">Which of them are missing, or null if none is.</param>
public sealed class IntegerColumn(string name, long[] values, bool[]? missing = null) : MaskedColumn<long>(name, values, missing)
{
    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Integer;

    private protected override Column Make(string name, long[] values, bool[]? missing) => new IntegerColumn(name, values, missing);

    private protected override string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal override void CopyNumbers(Span<double> values)
    {
        for (int row = 0; row < values.Length; row++) values[row] = IsMissing(row) ? double.NaN : this[row];
    }
}
