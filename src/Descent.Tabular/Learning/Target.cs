namespace Descent.Tabular;

/// <summary>What a learner is to predict of a row.</summary>
public enum TargetKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>One of several classes.</summary>
    Class,
}

/// <summary>What is to be predicted of each row, whatever its kind.</summary>
public sealed class Target
{
    readonly double[]? _numbers;
    readonly Labels? _labels;

    Target(double[]? numbers, Labels? labels) => (_numbers, _labels) = (numbers, labels);

    /// <summary>A number for each row. The array is not copied.</summary>
    public static Target Of(double[] numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return new(numbers, null);
    }

    /// <summary>A class for each row.</summary>
    public static Target Of(Labels classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new(null, classes);
    }

    /// <summary>The values of a column.</summary>
    /// <exception cref="ArgumentException">A row has no value, or one that is no number where numbers are wanted.</exception>
    public static Target Of(Column column, TargetKind kind)
    {
        ArgumentNullException.ThrowIfNull(column);
        return kind == TargetKind.Class ? Of(Labels.From(column)) : Of(FrameFitting.Numbers(column));
    }

    /// <summary>Numbers or classes.</summary>
    public TargetKind Kind => _labels is null ? TargetKind.Number : TargetKind.Class;

    /// <summary>The number of rows.</summary>
    public int Count => _labels?.Count ?? _numbers!.Length;

    /// <summary>The number of each row.</summary>
    /// <exception cref="InvalidOperationException">It consists of classes.</exception>
    public ReadOnlySpan<double> Numbers => _numbers ?? throw new InvalidOperationException("The target consists of classes; this learner predicts numbers. Take a classifier.");

    /// <summary>The class of each row.</summary>
    /// <exception cref="InvalidOperationException">It consists of numbers.</exception>
    public Labels Labels => _labels ?? throw new InvalidOperationException("The target consists of numbers; this learner tells classes apart. Take a regressor.");

    /// <summary>Some rows, in the order given.</summary>
    public Target Take(ReadOnlySpan<int> rows)
    {
        if (_labels is not null) return Of(_labels.Take(rows));
        double[] taken = new double[rows.Length];
        for (int i = 0; i < taken.Length; i++) taken[i] = _numbers![rows[i]];
        return Of(taken);
    }
}
