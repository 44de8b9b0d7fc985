namespace Descent.Tabular;

/// <summary>FNV-1a in 64 bits: the same number in every process, unlike the runtime's hash codes.</summary>
static class Hashing
{
    internal const ulong Start = 14695981039346656037, Prime = 1099511628211;

    internal static ulong Add(ulong hash, uint value) => (hash ^ value) * Prime;

    internal static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Start;
        foreach (byte b in bytes) hash = (hash ^ b) * Prime;
        return hash;
    }
}
