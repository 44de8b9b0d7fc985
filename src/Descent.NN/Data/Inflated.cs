namespace Descent.NN;

/// <summary>
/// Compressed data from strangers is unpacked twice: once to count what really comes out, into a small buffer, and
/// only when that is what the header promises into memory of that size.
/// </summary>
static class Inflated
{
    /// <summary>Deflate packs 258 bytes into two bits at best.</summary>
    public const long MaxRatio = 1032;

    /// <summary>Bytes left in the stream, or some number above <paramref name="limit"/> if there are more.</summary>
    public static long Count(Stream stream, long limit)
    {
        Span<byte> buffer = stackalloc byte[4096];
        long count = 0;
        while (count <= limit && stream.Read(buffer) is > 0 and var read)
            count += read;
        return count;
    }
}
