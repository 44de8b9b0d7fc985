namespace Descent.Tabular;

/// <summary>How the final learner of a stack gets its features: what members say of rows they were not trained on.</summary>
/// <remarks>Wolpert, "Stacked Generalization", 1992. A final learner that is a stack itself makes another layer.</remarks>
public abstract record StackingOptions
{
    private protected StackingOptions() { }

    /// <summary>The folds by which members predict out of fold; afterwards they are trained on all rows.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Blending: the share of rows, drawn by <see cref="Seed"/>, that the final learner is trained on and the members never see; 0 is stacking by folds.</summary>
    public double HoldOut { get; init => field = Check.Within(0, 0.9, value); }

    /// <summary>Whether the final learner sees the features too.</summary>
    public bool PassThrough { get; init; }

    /// <summary>Decides which rows are held out.</summary>
    public ulong Seed { get; init; }

    /// <summary>The features of the final learner from the columns of what members say.</summary>
    private protected Features Final(Features x, double[][] said)
    {
        var columns = said.Select((values, i) => ($"member_{i}", values));
        return PassThrough ? x.With(columns) : new Features(new() { Features = [.. columns.Select(c => new Feature(c.Item1, []))] }, x.Rows, said);
    }
}
