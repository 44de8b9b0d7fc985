using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>
/// The estimated distance to a product code: a query has an offset, and for each byte of a code, which is two parts, a table of 256
/// floats, whose entries are summed.
/// </summary>
readonly unsafe struct ProductDistance : IDistance
{
    /// <summary>Floats before the tables of a query.</summary>
    internal const int QueryHeader = 16;

    internal const int Entries = 256;

    /// <param name="query">The offset and the tables.</param>
    /// <param name="code">The parts.</param>
    /// <param name="width">Bytes of a code.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float* query, byte* code, int width)
    {
        float* table = query + QueryHeader;
        // Four sums, as each addition waits for the last.
        float a = query[0], b = 0, c = 0, d = 0;
        int i = 0;
        for (; i + 4 <= width; i += 4, table += 4 * Entries)
        {
            a += table[code[i]];
            b += table[Entries + code[i + 1]];
            c += table[2 * Entries + code[i + 2]];
            d += table[3 * Entries + code[i + 3]];
        }
        for (; i < width; i++, table += Entries) a += table[code[i]];
        return a + b + (c + d);
    }
}
