using System.Buffers.Binary;
using System.Numerics;

namespace Descent.Tabular;

/// <summary>MurmurHash3 in 32 bits (Appleby, 2010).</summary>
static class MurmurHash
{
    internal static uint Of(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        uint hash = seed;
        int whole = bytes.Length & ~3;
        for (int i = 0; i < whole; i += 4)
            hash = BitOperations.RotateLeft(hash ^ Mix(BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..])), 13) * 5 + 0xe6546b64;
        uint rest = 0;
        for (int i = bytes.Length - 1; i >= whole; i--) rest = rest << 8 | bytes[i];
        if (bytes.Length > whole) hash ^= Mix(rest);
        hash ^= (uint)bytes.Length;
        hash = (hash ^ hash >> 16) * 0x85ebca6b;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35;
        return hash ^ hash >> 16;
    }

    static uint Mix(uint k) => BitOperations.RotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
}
