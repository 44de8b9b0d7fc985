namespace Descent.Tabular;

/// <summary>A step before a learner. A record of options; what it learns from the training rows is of another type.</summary>
/// <typeparam name="TFitted">What it learns.</typeparam>
public interface ITransformer<out TFitted> where TFitted : IFittedTransformer
{
    /// <summary>Learns from the training rows, without their target, and from the target where it is given.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the target is needed and not given.</exception>
    TFitted Fit(Frame train, Target? target = null);

    /// <summary>
    /// The training rows as the next step is to see them: what was learned, applied to them. Steps that would tell a row
    /// its own target give what they learned from other rows instead.
    /// </summary>
    Frame TrainingRows(Frame train, Target? target, IFittedTransformer fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        return fitted.Apply(train);
    }
}

/// <summary>A step as it was learned: immutable, saved with the model, and the same function of every row.</summary>
public interface IFittedTransformer
{
    /// <summary>The frame with the columns that the step works on changed, replaced or dropped; others stay.</summary>
    /// <exception cref="ArgumentException">A column that it needs is missing or of another type.</exception>
    Frame Apply(Frame frame);

    /// <summary>What is wrong with one that was read from a file, so that applying it would leave its arrays; or null.</summary>
    internal string? Fault() => null;
}
