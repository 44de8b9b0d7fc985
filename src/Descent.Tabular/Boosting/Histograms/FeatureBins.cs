using System.Runtime.CompilerServices;

namespace Descent.Tabular;

/// <summary>The bins that the values of a feature fall into.</summary>
sealed class FeatureBins
{
    /// <summary>The bin of missing values.</summary>
    internal const int Missing = 255;

    /// <summary>Distance between the histograms of two features.</summary>
    internal const int Stride = 256;

    /// <summary>The bounds in a table whose size is a power of two, infinite behind the last.</summary>
    readonly float[] _table;

    /// <summary>Bins of numbers: the first whose greatest value is not below.</summary>
    /// <param name="upper">The greatest value of each bin but the last, rising.</param>
    internal FeatureBins(float[] upper)
    {
        (Upper, Count) = (upper, upper.Length + 1);
        _table = new float[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Count)];
        Array.Fill(_table, float.PositiveInfinity);
        upper.CopyTo(_table, 0);
    }

    /// <summary>Bins of the levels of a category.</summary>
    /// <param name="binOfLevel">The bin of each level; those of the last bin may be several, where there are more levels than bins.</param>
    /// <param name="count">The number of bins.</param>
    internal FeatureBins(byte[] binOfLevel, int count) =>
        (BinOfLevel, Count, Upper, _table, HasRest) = (binOfLevel, count, [], [], binOfLevel.Length > count);

    /// <summary>The number of bins, without that of missing values.</summary>
    internal int Count { get; }

    /// <summary>The greatest value of each bin but the last.</summary>
    internal float[] Upper { get; }

    /// <summary>The bin of each level of a category; null of numbers.</summary>
    internal byte[]? BinOfLevel { get; }

    /// <summary>Whether the last bin of a category takes all levels that have none of their own; it never goes left.</summary>
    internal bool HasRest { get; }

    /// <summary>The bins of some rows; true if a value is missing.</summary>
    internal bool Find(ReadOnlySpan<double> values, Span<byte> bins)
    {
        if (BinOfLevel is not null) return FindLevels(values, bins);
        bool hasGaps = false;
        ref float table = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_table);
        for (int i = 0; i < values.Length; i++)
        {
            float x = (float)values[i];
            // Halving without a branch: no comparison is foreseeable.
            int bin = 0;
            for (int half = _table.Length >> 1; half > 0; half >>= 1)
                bin += half & -Unsafe.BitCast<bool, byte>(Unsafe.Add(ref table, bin + half - 1) < x);
            bool isMissing = float.IsNaN(x);
            hasGaps |= isMissing;
            bins[i] = (byte)(bin | -Unsafe.BitCast<bool, byte>(isMissing));
        }
        return hasGaps;
    }

    bool FindLevels(ReadOnlySpan<double> values, Span<byte> bins)
    {
        bool hasGaps = false;
        for (int i = 0; i < values.Length; i++)
        {
            bool isLevel = values[i] >= 0 && values[i] < BinOfLevel!.Length;
            hasGaps |= !isLevel;
            bins[i] = isLevel ? BinOfLevel![(int)values[i]] : (byte)Missing;
        }
        return hasGaps;
    }
}
