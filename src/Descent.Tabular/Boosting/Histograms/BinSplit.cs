namespace Descent.Tabular;

/// <summary>A split between bins; by default none.</summary>
/// <param name="Gain">By how much it improves the objective.</param>
/// <param name="Feature">What it asks for.</param>
/// <param name="Bin">The last bin that goes left, −1 where none does, of a split on numbers.</param>
/// <param name="MissingLeft">Where missing values go.</param>
/// <param name="Left">The sum of the rows that go left.</param>
/// <param name="LeftBins">The bins that go left of a split on a category, else null.</param>
readonly record struct BinSplit(float Gain, int Feature, int Bin, bool MissingLeft, BinSum Left, byte[]? LeftBins)
{
    /// <summary>For each bin 1 where it goes left, else 0.</summary>
    internal void WriteTable(byte[] goesLeft)
    {
        goesLeft.AsSpan().Clear();
        if (LeftBins is null) goesLeft.AsSpan(0, Bin + 1).Fill(1);
        else
            foreach (byte bin in LeftBins) goesLeft[bin] = 1;
        goesLeft[FeatureBins.Missing] = MissingLeft ? (byte)1 : (byte)0;
    }
}

/// <summary>What the splits of a node are measured by.</summary>
/// <param name="Sum">The sum of its rows.</param>
/// <param name="Gain">What it gains as a leaf.</param>
/// <param name="Bounds">What its children may predict.</param>
/// <param name="Point">How sums are written.</param>
readonly record struct SplitNode(BinSum Sum, float Gain, WeightBounds Bounds, FixedPoint Point);
