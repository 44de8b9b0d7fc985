using System.Globalization;

namespace Descent.Tabular;

/// <summary>What a column that is to be predicted was taken for, and why.</summary>
/// <param name="Kind">Numbers or classes.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record TargetGuess(TargetKind Kind, string Reason)
{
    const int MostClasses = 20, MostNamed = 100, RowsPerClass = 10;

    /// <summary>Classes where the values are names, truth values, or few whole numbers that come again and again; else numbers.</summary>
    /// <exception cref="ArgumentException">It holds dates, or texts of which hardly any comes again.</exception>
    public static TargetGuess Of(Column target)
    {
        ArgumentNullException.ThrowIfNull(target);
        int distinct = target.Factorize(null).Distinct, rows = target.Count - target.MissingCount;
        switch (target.Type)
        {
            case ColumnType.Boolean:
                return new(TargetKind.Class, "its values are true or false");
            case ColumnType.Category:
            case ColumnType.Text:
                if (distinct > MostNamed || (distinct > 2 && 2 * distinct > rows))
                    throw new ArgumentException($"'{target.Name}' holds {distinct} different texts in {rows} rows, too many to be classes. Name another target, or group them first.", nameof(target));
                return new(TargetKind.Class, $"its values are {distinct} names");
            case ColumnType.DateTime:
                throw new ArgumentException($"'{target.Name}' holds dates, which are neither classes nor numbers. Predict the days from some date on instead.", nameof(target));
        }
        if (distinct <= 2) return new(TargetKind.Class, $"it has {(distinct == 1 ? "one value" : "two values")}");
        bool areWhole = Enumerable.Range(0, target.Count).All(row => target.IsMissing(row) || double.IsInteger(double.Parse(target.Format(row)!, CultureInfo.InvariantCulture)));
        if (!areWhole) return new(TargetKind.Number, "its values are not whole numbers");
        return distinct <= MostClasses && rows >= RowsPerClass * distinct
            ? new(TargetKind.Class, $"it has {distinct} different whole numbers in {rows} rows; if they are amounts, say so")
            : new(TargetKind.Number, $"it has {distinct} different whole numbers");
    }
}
