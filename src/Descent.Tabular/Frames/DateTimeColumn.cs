using System.Globalization;

namespace Descent.Tabular;

/// <summary>A column of dates, with or without a time of day.</summary>
/// <param name="name">Its name.</param>
/// <param name="values">The dates, not copied.</param>
/// <param name="missing">Which of them are missing, or null if none is.</param>
public sealed class DateTimeColumn(string name, DateTime[] values, bool[]? missing = null) : MaskedColumn<DateTime>(name, values, missing)
{
    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.DateTime;

    private protected override Column Make(string name, DateTime[] values, bool[]? missing) => new DateTimeColumn(name, values, missing);

    private protected override string Format(DateTime value) =>
        value.ToString(value.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    internal override void CopyNumbers(Span<double> values) => throw new InvalidOperationException(
        $"Column '{Name}' holds dates, which are no numbers. Drop it, or turn it into parts such as year and weekday first.");
}
