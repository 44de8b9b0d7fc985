namespace Descent.Search;

/// <summary>How an <see cref="IvfIndex"/> keeps its vectors.</summary>
public sealed record IvfOptions
{
    /// <summary>Cells that the vectors are divided among; 0 for four times the square root of their number.</summary>
    public int Cells { get; init => field = Check.Within(0, 1 << 20, value); }

    /// <summary>The codes by which the vectors of a cell are measured first; what may be among the nearest is measured by the vectors.</summary>
    public VectorCode Code { get; init; } = VectorCode.RaBitQ4;
}
