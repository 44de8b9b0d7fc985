namespace Descent.Tabular;

/// <summary>Numbers as integers of the same order, to sort them by their bits.</summary>
static class FloatKeys
{
    const int Bits = 11, Buckets = 1 << Bits;

    /// <summary>−0 and 0 are one value.</summary>
    internal static uint Of(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return bits ^ ((uint)((int)bits >> 31) | 0x80000000);
    }

    internal static float Value(uint key) => BitConverter.UInt32BitsToSingle((key & 0x80000000) != 0 ? key ^ 0x80000000 : ~key);

    /// <summary>The keys in rising order, in their own memory or in other.</summary>
    internal static Span<uint> Sort(Span<uint> keys)
    {
        int[] counts = new int[3 * Buckets];
        foreach (uint key in keys)
        {
            counts[key & (Buckets - 1)]++;
            counts[Buckets + (int)(key >> Bits & (Buckets - 1))]++;
            counts[2 * Buckets + (int)(key >> 2 * Bits)]++;
        }
        Span<uint> other = new uint[keys.Length];
        for (int pass = 0; pass < 3; pass++)
        {
            var starts = counts.AsSpan(pass * Buckets, Buckets);
            for (int b = 0, sum = 0; b < Buckets; b++) (starts[b], sum) = (sum, sum + starts[b]);
            int shift = pass * Bits;
            foreach (uint key in keys) other[starts[(int)(key >> shift & (Buckets - 1))]++] = key;
            var swapped = keys;
            keys = other;
            other = swapped;
        }
        return keys;
    }
}
