using System.Globalization;

namespace Descent.Search;

/// <summary>What <see cref="AutoIndex"/> tried, what it chose and why.</summary>
public sealed record AutoReport
{
    /// <summary>All that was tried.</summary>
    public required IReadOnlyList<AutoCandidate> Candidates { get; init; }

    /// <summary>The candidate that was built of all vectors.</summary>
    public required AutoCandidate Chosen { get; init; }

    /// <summary>Why it was chosen, as a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Vectors that candidates were tried on.</summary>
    public required int Sample { get; init; }

    /// <summary>Vectors that the fastest candidates were tried on again; as many as the sample where there are not many more.</summary>
    public required int LargerSample { get; init; }

    /// <summary>Vectors of the index.</summary>
    public required int Count { get; init; }

    /// <summary>How many near vectors searches by default keep in view.</summary>
    public required int Ef { get; init; }

    /// <summary>The share of the true nearest that searches by default find, measured with vectors held out of the whole index.</summary>
    public required double Recall { get; init; }

    /// <summary>Queries per second of the whole index by default, measured so; not a number where so few vectors are that nothing was tried.</summary>
    public required double QueriesPerSecond { get; init; }

    /// <summary>Seconds it took to build.</summary>
    public required double BuildSeconds { get; init; }

    /// <summary>A line for each candidate, the reason, and what came of it; the reason alone where nothing was tried.</summary>
    public override string ToString() => double.IsNaN(QueriesPerSecond) ? Reason : string.Join('\n',
    [
        string.Create(CultureInfo.InvariantCulture, $"tried on {Sample:N0} vectors{(LargerSample > Sample ? $", the fastest on {LargerSample:N0} too" : "")}, expected of {Count:N0}:"),
        .. Candidates.Select(c => (c == Chosen ? "> " : "  ") + c),
        Reason,
        string.Create(CultureInfo.InvariantCulture, $"{Chosen.Name}: recall {Recall:0.000} at ef {Ef}, {QueriesPerSecond:N0} queries/s, built in {BuildSeconds:N1} s"),
    ]);
}
