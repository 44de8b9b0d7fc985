namespace Descent.Tabular;

/// <summary>One row of a frame, read by the names of columns.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Index">The row's number.</param>
public readonly record struct FrameRow(Frame Frame, int Index)
{
    /// <summary>Whether the row has no value in a column.</summary>
    public bool IsMissing(string column) => Frame[column].IsMissing(Index);

    /// <summary>A number, of a float, integer or boolean column; NaN where it is missing.</summary>
    /// <exception cref="ArgumentException">The column holds no numbers.</exception>
    public double Number(string column) => Frame[column] switch
    {
        var c when c.IsMissing(Index) => double.NaN,
        FloatColumn c => c[Index],
        IntegerColumn c => c[Index],
        BooleanColumn c => c[Index] ? 1 : 0,
        var c => throw new ArgumentException($"Column '{column}' is {c.Type}, which is no number.", nameof(column)),
    };

    /// <summary>A value as text; empty where it is missing.</summary>
    public string Text(string column) => Frame[column].Format(Index) ?? "";

    /// <summary>A truth value; false where it is missing.</summary>
    /// <exception cref="ArgumentException">The column is not boolean.</exception>
    public bool Flag(string column) => Frame.Get<BooleanColumn>(column)[Index];

    /// <summary>A date; the least one where it is missing.</summary>
    /// <exception cref="ArgumentException">The column holds no dates.</exception>
    public DateTime Date(string column) => Frame.Get<DateTimeColumn>(column)[Index];
}
