using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What of a date becomes a number.</summary>
public enum DatePart
{
    /// <summary>The year.</summary>
    Year,

    /// <summary>The quarter, 1 to 4.</summary>
    Quarter,

    /// <summary>The month, 1 to 12.</summary>
    Month,

    /// <summary>The day of the month, 1 to 31.</summary>
    Day,

    /// <summary>The day of the year, 1 to 366.</summary>
    DayOfYear,

    /// <summary>The day of the week, Monday 0 to Sunday 6.</summary>
    Weekday,

    /// <summary>The hour, 0 to 23.</summary>
    Hour,

    /// <summary>The minute, 0 to 59.</summary>
    Minute,

    /// <summary>The second, 0 to 59, with its fraction.</summary>
    Second,

    /// <summary>The days since the first date of training, with their fraction.</summary>
    Elapsed,
}

/// <summary>Turns dates into numbers, <c>when.year</c>, <c>when.month</c>, …; the dates are dropped.</summary>
public sealed record DateParts : ITransformer<DatePartColumns>
{
    /// <summary>The columns; by default all dates.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>The parts; empty is year, month, day, weekday, hour, minute and elapsed days, as far as they differ in training.</summary>
    public ImmutableArray<DatePart> Parts { get; init; } = [];

    /// <summary>Whether parts that come round again (month, day, weekday, hour …) are each given as a sine and a cosine, so that December is beside January.</summary>
    public bool Cyclic { get; init; }

    static readonly DatePart[] s_usual = [DatePart.Year, DatePart.Month, DatePart.Day, DatePart.Weekday, DatePart.Hour, DatePart.Minute, DatePart.Elapsed];

    /// <inheritdoc/>
    public DatePartColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(DateParts), train, StepColumns.Dates);
        return new() { Columns = [.. names.Select(n => Learn(train[n]))], Cyclic = Cyclic };
    }

    DatePartColumn Learn(Column column)
    {
        DateTime[] dates = column is DateTimeColumn own ? [.. Enumerable.Range(0, own.Count).Where(row => !own.IsMissing(row)).Select(row => own[row])] : [];
        var start = dates.Length == 0 ? DateTime.UnixEpoch : dates.Min();
        var parts = !Parts.IsEmpty ? Parts : [.. s_usual.Where(p => dates.Select(d => DatePartColumns.Value(d, p, start)).Distinct().Skip(1).Any())];
        // A column whose dates are all one still has to give a number.
        return new(column.Name, start.Ticks, parts.IsEmpty ? [DatePart.Elapsed] : parts);
    }
}

/// <summary>A column of dates and the parts taken of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="StartTicks">The date that days are counted from, in units of 100 ns since the year 1.</param>
/// <param name="Parts">The parts.</param>
public sealed record DatePartColumn(string Name, long StartTicks, ImmutableArray<DatePart> Parts);

/// <summary>What <see cref="DateParts"/> learned.</summary>
public sealed record DatePartColumns : IFittedTransformer
{
    /// <summary>The columns that are taken apart, with the parts each gives.</summary>
    public required ImmutableArray<DatePartColumn> Columns { get; init; }

    /// <summary>Whether parts that come round again are given as a sine and a cosine.</summary>
    public required bool Cyclic { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(DateParts), frame, Columns.Select(c => c.Name), i => Split(Columns[i], frame[Columns[i].Name]));

    IEnumerable<Column> Split(DatePartColumn own, Column column)
    {
        if (column is not DateTimeColumn && column.MissingCount < column.Count)
            throw new ArgumentException($"DateParts: column '{own.Name}' is {column.Type}; it was fitted to dates.");
        var dates = column as DateTimeColumn;
        var start = new DateTime(own.StartTicks);
        foreach (var part in own.Parts)
        {
            string name = $"{own.Name}.{Name(part)}";
            double[] values = [.. Enumerable.Range(0, column.Count).Select(row => dates is null || dates.IsMissing(row) ? double.NaN : Value(dates[row], part, start))];
            if (!Cyclic || Period(part) is not { } period)
            {
                yield return Column.Of(name, values);
                continue;
            }
            yield return Column.Of(name + ".sin", Array.ConvertAll(values, v => Math.Sin(2 * Math.PI * v / period)));
            yield return Column.Of(name + ".cos", Array.ConvertAll(values, v => Math.Cos(2 * Math.PI * v / period)));
        }
    }

    internal static double Value(DateTime date, DatePart part, DateTime start) => part switch
    {
        DatePart.Year => date.Year,
        DatePart.Quarter => (date.Month + 2) / 3,
        DatePart.Month => date.Month,
        DatePart.Day => date.Day,
        DatePart.DayOfYear => date.DayOfYear,
        DatePart.Weekday => ((int)date.DayOfWeek + 6) % 7,
        DatePart.Hour => date.Hour,
        DatePart.Minute => date.Minute,
        DatePart.Second => date.Ticks % TimeSpan.TicksPerMinute / (double)TimeSpan.TicksPerSecond,
        _ => (date - start).TotalDays,
    };

    /// <summary>After how many it comes round again; null where it does not.</summary>
    static double? Period(DatePart part) => part switch
    {
        DatePart.Quarter => 4,
        DatePart.Month => 12,
        DatePart.Day => 31,
        DatePart.DayOfYear => 365.25,
        DatePart.Weekday => 7,
        DatePart.Hour => 24,
        DatePart.Minute or DatePart.Second => 60,
        _ => null,
    };

    static string Name(DatePart part) => part switch
    {
        DatePart.DayOfYear => "day_of_year",
        _ => part.ToString().ToLowerInvariant(),
    };

    string? IFittedTransformer.Fault() => Columns.Any(c => c.StartTicks < 0 || c.StartTicks > DateTime.MaxValue.Ticks) ? "a date is none" : null;
}
