using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What a learner sees of one column.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Levels">The levels of a category, by number; empty for numbers.</param>
public sealed record Feature(string Name, ImmutableArray<string> Levels)
{
    /// <summary>Whether its numbers are those of levels, which have no order.</summary>
    public bool IsCategory => !Levels.IsEmpty;
}

/// <summary>The features a model was trained on, which it finds again in other frames by their names.</summary>
public sealed record FeatureSchema
{
    /// <summary>The features, in the order the model has them.</summary>
    public required ImmutableArray<Feature> Features { get; init; }

    /// <summary>Features that are numbers, called <c>f0</c>, <c>f1</c>, …</summary>
    public static FeatureSchema Numbers(int count) => new() { Features = [.. Enumerable.Range(0, count).Select(i => new Feature($"f{i}", []))] };

    /// <summary>
    /// The features of a frame. Columns are found by name, others are ignored; a level that was not there in training is a missing value.
    /// </summary>
    /// <exception cref="ArgumentException">A column is missing, or holds no numbers where they are expected.</exception>
    public Features Read(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return new(this, frame.Rows, [.. Features.Select(f => Read(frame, f))]);
    }

    static double[] Read(Frame frame, Feature feature)
    {
        if (!frame.Has(feature.Name))
            throw new ArgumentException($"The model needs the column '{feature.Name}'; the columns are: {frame.ListNames()}.", nameof(frame));
        var column = frame[feature.Name];
        double[] values = new double[frame.Rows];
        if (!feature.IsCategory)
        {
            if (column.Type is not (ColumnType.Float or ColumnType.Integer or ColumnType.Boolean) && column.MissingCount < column.Count)
                throw new ArgumentException($"The model needs numbers in column '{feature.Name}', but it is {column.Type}.", nameof(frame));
            if (column.MissingCount == column.Count) Array.Fill(values, double.NaN);
            else column.CopyNumbers(values);
            return values;
        }
        var numbers = feature.Levels.Select((level, i) => (level, i)).ToDictionary(p => p.level, p => (double)p.i, StringComparer.Ordinal);
        for (int row = 0; row < values.Length; row++)
            values[row] = column.Format(row) is { } level ? numbers.GetValueOrDefault(level, double.NaN) : double.NaN;
        return values;
    }
}
