namespace Descent.Search;

/// <summary>What an index that <see cref="AutoIndex"/> chooses is to do.</summary>
public sealed record AutoOptions
{
    /// <summary>The share of the true nearest that searches by default are to find.</summary>
    public double Recall { get; init => field = Check.Within(0.01, 1.0, value); } = 0.95;

    /// <summary>How many nearest that share is of.</summary>
    public int K { get; init => field = Check.Within(1, 1000, value); } = 10;

    /// <summary>Bytes that vectors, codes and graph may take together; null for any number.</summary>
    public long? MemoryBytes { get; init => field = value is { } bytes ? Check.AtLeast(1, bytes) : null; }

    /// <summary>Vectors on which candidates are tried at most.</summary>
    public int Sample { get; init => field = Check.AtLeast(100, value); } = 20_000;

    /// <summary>Vectors held out as queries at most.</summary>
    public int Queries { get; init => field = Check.AtLeast(1, value); } = 300;
}
