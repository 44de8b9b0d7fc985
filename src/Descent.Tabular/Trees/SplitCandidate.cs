namespace Descent.Tabular;

/// <summary>A question that a node may ask.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Threshold">The greatest value that goes left.</param>
/// <param name="Levels">Of a category the levels that go left, rising; else null.</param>
/// <param name="MissingLeft">Whether missing values go left.</param>
/// <param name="Proxy">How good it is, comparable within a node.</param>
readonly record struct SplitCandidate(int Feature, double Threshold, int[]? Levels, bool MissingLeft, double Proxy)
{
    internal static SplitCandidate None => new(-1, 0, null, false, double.NegativeInfinity);

    internal bool IsValid => Feature >= 0;

    internal bool GoesLeft(float value)
    {
        if (float.IsNaN(value)) return MissingLeft;
        return Levels is null ? value <= Threshold : Array.BinarySearch(Levels, (int)value) >= 0;
    }
}
