using System.Globalization;

namespace Descent.Tabular;

/// <summary>A column of real numbers; NaN is missing.</summary>
public sealed class FloatColumn : Column<double>
{
    readonly double[] _values;

    /// <param name="name">Its name.</param>
    /// <param name="values">The numbers, not copied.</param>
    public FloatColumn(string name, double[] values) : base(name, (values ?? throw new ArgumentNullException(nameof(values))).Length) => _values = values;

    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Float;

    /// <inheritdoc/>
    public override double this[int row] => _values[row];

    /// <summary>All values, NaN where missing.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <inheritdoc/>
    public override bool IsMissing(int row) => double.IsNaN(_values[row]);

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        double[] values = new double[rows.Length];
        for (int i = 0; i < rows.Length; i++) values[i] = rows[i] < 0 ? double.NaN : _values[rows[i]];
        return new FloatColumn(Name, values);
    }

    /// <inheritdoc/>
    public override Column WithName(string name) => new FloatColumn(name, _values);

    /// <inheritdoc/>
    public override string? Format(int row) => IsMissing(row) ? null : _values[row].ToString("R", CultureInfo.InvariantCulture);

    internal override void CopyNumbers(Span<double> values) => _values.CopyTo(values);
}
