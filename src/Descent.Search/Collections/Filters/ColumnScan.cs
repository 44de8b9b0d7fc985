using System.Runtime.Intrinsics;

namespace Descent.Search;

/// <summary>Comparing 64 slots of a column at once; what holds for them comes as bits.</summary>
static class ColumnScan
{
    internal const int Slots = 64;

    /// <summary>Those of a kind.</summary>
    internal static ulong OfKind(ReadOnlySpan<byte> kinds, PayloadKind kind) =>
        Vector512.Equals(Vector512.Create(kinds[..Slots]), Vector512.Create((byte)kind)).ExtractMostSignificantBits();

    /// <summary>Those from one number to another, both included.</summary>
    internal static ulong Within(ReadOnlySpan<long> bits, long low, long high)
    {
        ulong found = 0;
        var (from, to) = (Vector512.Create(low), Vector512.Create(high));
        for (int i = 0; i < Slots; i += Vector512<long>.Count)
        {
            var part = Vector512.Create(bits[i..]);
            found |= (Vector512.GreaterThanOrEqual(part, from) & Vector512.LessThanOrEqual(part, to)).ExtractMostSignificantBits() << i;
        }
        return found;
    }
}
