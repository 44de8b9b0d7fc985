namespace Descent.Tabular;

/// <summary>How a forest is grown.</summary>
public abstract record ForestOptions : TreeOptions
{
    /// <summary>The number of trees.</summary>
    public int Trees { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>Whether each tree draws its rows with replacement; else it takes all of them.</summary>
    public bool Bootstrap { get; init; } = true;

    /// <summary>How many rows a tree draws, as a share of all.</summary>
    public double SampleShare { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>Whether the model is also tried on the rows that each tree did not see.</summary>
    public bool OutOfBag { get; init; }

    private protected Bag Bag => new(Seed, Bootstrap, Bootstrap ? SampleShare : 1);

    private protected void CheckOutOfBag(string learner)
    {
        if (OutOfBag && !Bootstrap) throw new ArgumentException($"{learner}: without drawing, no row is out of the bag. Set Bootstrap, or leave OutOfBag.");
    }
}
