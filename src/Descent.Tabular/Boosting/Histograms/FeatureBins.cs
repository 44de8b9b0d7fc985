using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tabular;

/// <summary>The bins that the values of a feature fall into.</summary>
sealed unsafe class FeatureBins
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
        int done = 0;
        bool hasGaps = false;
        if (Avx2.IsSupported)
        {
            fixed (double* x = values)
            fixed (byte* to = bins)
            fixed (float* table = _table)
                for (; done <= values.Length - Vector256<float>.Count; done += Vector256<float>.Count)
                    hasGaps |= FindEight(x + done, to + done, table);
        }
        for (; done < values.Length; done++)
        {
            float x = (float)values[done];
            int bin = 0;
            for (int half = _table.Length >> 1; half > 0; half >>= 1)
                if (_table[bin + half - 1] < x) bin += half;
            bool isMissing = float.IsNaN(x);
            hasGaps |= isMissing;
            bins[done] = isMissing ? (byte)Missing : (byte)bin;
        }
        return hasGaps;
    }

    /// <summary>Halves for eight values at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool FindEight(double* values, byte* bins, float* table)
    {
        var x = Vector256.Narrow(Vector256.Load(values), Vector256.Load(values + 4));
        var bin = Vector256<int>.Zero;
        for (int half = _table.Length >> 1; half > 0; half >>= 1)
        {
            var bound = Avx2.GatherVector256(table + half - 1, bin, sizeof(float));
            bin += Vector256.GreaterThan(x, bound).AsInt32() & Vector256.Create(half);
        }
        var missing = ~Vector256.Equals(x, x).AsInt32() & Vector256.Create(Missing);
        var found = (bin | missing).AsUInt32();
        var words = Vector128.Narrow(found.GetLower(), found.GetUpper());
        *(ulong*)bins = Vector128.Narrow(words, words).AsUInt64().ToScalar();
        return missing != Vector256<int>.Zero;
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
