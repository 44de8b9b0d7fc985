using System.Numerics;

namespace Descent.Tabular;

/// <summary>Rows in the order of a feature, missing values last.</summary>
sealed class FeatureSort
{
    const int Few = 256, Bits = 11, Buckets = 1 << Bits;

    uint[] _keys = [], _otherKeys = [];
    int[] _rows = [], _otherRows = [];
    float[] _values = [];
    readonly int[] _counts = new int[3 * Buckets];

    /// <summary>Sorts; the spans hold until the next call.</summary>
    internal void Sort(float[] column, ReadOnlySpan<int> rows, out ReadOnlySpan<float> values, out ReadOnlySpan<int> sorted, out int missing)
    {
        int n = rows.Length;
        if (_keys.Length < n)
        {
            int size = (int)BitOperations.RoundUpToPowerOf2((uint)n);
            (_keys, _otherKeys, _rows, _otherRows, _values) = (new uint[size], new uint[size], new int[size], new int[size], new float[size]);
        }
        missing = 0;
        if (n <= Few) SortFew(column, rows, ref missing);
        else SortMany(column, rows, ref missing);
        values = _values.AsSpan(0, n);
        sorted = _rows.AsSpan(0, n);
    }

    void SortFew(float[] column, ReadOnlySpan<int> rows, ref int missing)
    {
        int present = 0, last = rows.Length;
        foreach (int row in rows)
        {
            float value = column[row];
            int at = float.IsNaN(value) ? --last : present++;
            (_values[at], _rows[at]) = (value, row);
        }
        missing = rows.Length - present;
        _values.AsSpan(0, present).Sort(_rows.AsSpan(0, present));
    }

    /// <summary>Three passes over eleven bits each of keys whose order as integers is that of the numbers.</summary>
    void SortMany(float[] column, ReadOnlySpan<int> rows, ref int missing)
    {
        int n = rows.Length;
        Array.Clear(_counts);
        for (int i = 0; i < n; i++)
        {
            float value = column[rows[i]];
            uint key = uint.MaxValue;
            if (float.IsNaN(value)) missing++;
            else
            {
                // −0 and 0 are one value.
                uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
                key = bits ^ ((uint)((int)bits >> 31) | 0x80000000);
            }
            (_keys[i], _rows[i]) = (key, rows[i]);
            _counts[key & (Buckets - 1)]++;
            _counts[Buckets + (int)(key >> Bits & (Buckets - 1))]++;
            _counts[2 * Buckets + (int)(key >> 2 * Bits)]++;
        }
        for (int pass = 0; pass < 3; pass++)
        {
            var starts = _counts.AsSpan(pass * Buckets, Buckets);
            int shift = pass * Bits;
            // All keys in one bucket: the pass changes nothing.
            if (starts[(int)(_keys[0] >> shift & (Buckets - 1))] == n) continue;
            int sum = 0;
            for (int b = 0; b < starts.Length; b++) (starts[b], sum) = (sum, sum + starts[b]);
            for (int i = 0; i < n; i++)
            {
                uint key = _keys[i];
                int at = starts[(int)(key >> shift & (Buckets - 1))]++;
                (_otherKeys[at], _otherRows[at]) = (key, _rows[i]);
            }
            (_keys, _otherKeys) = (_otherKeys, _keys);
            (_rows, _otherRows) = (_otherRows, _rows);
        }
        for (int i = 0; i < n; i++) _values[i] = column[_rows[i]];
    }
}
