namespace Descent.Tabular;

/// <summary>How neighbours count.</summary>
public enum NeighborWeighting
{
    /// <summary>All alike.</summary>
    Uniform,

    /// <summary>By the inverse of their distance; where some lie at the very place, only these.</summary>
    Distance,
}

/// <summary>Which neighbours are asked, and how they count.</summary>
public abstract record NeighborOptions
{
    private protected NeighborOptions() { }

    /// <summary>How many.</summary>
    public int Neighbors { get; init => field = Check.AtLeast(1, value); } = 5;

    /// <summary>How far apart rows lie.</summary>
    public NeighborMetric Metric { get; init; }

    /// <summary>How neighbours count.</summary>
    public NeighborWeighting Weighting { get; init; }

    private protected double[] Rows(string learner, Features x)
    {
        Training.NoGaps(learner, x);
        if (Neighbors > x.Rows) throw new ArgumentException($"{learner}: {Neighbors} neighbours are asked for, and there are {x.Rows} rows.", nameof(x));
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        return rows;
    }
}
