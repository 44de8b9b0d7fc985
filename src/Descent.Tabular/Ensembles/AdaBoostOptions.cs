namespace Descent.Tabular;

/// <summary>How members are trained one after another.</summary>
public abstract record AdaBoostOptions
{
    private protected AdaBoostOptions() { }

    /// <summary>The greatest number of members; fewer where one makes no mistake, or is no better than chance.</summary>
    public int Rounds { get; init => field = Check.AtLeast(1, value); } = 50;

    /// <summary>Shrinks the weights of the members.</summary>
    public double LearningRate { get; init => field = Check.Above(0, value); } = 1;
}
