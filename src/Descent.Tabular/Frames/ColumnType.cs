namespace Descent.Tabular;

/// <summary>What the values of a column are.</summary>
public enum ColumnType
{
    /// <summary>Real numbers, in double precision; NaN is missing.</summary>
    Float,

    /// <summary>Whole numbers of 64 bits.</summary>
    Integer,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>One of a few named levels.</summary>
    Category,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>A date, or a date with a time of day.</summary>
    DateTime,
}
