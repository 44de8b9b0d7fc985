using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>A distance and a node in one number that sorts by distance, then by node; its lowest bit tells that the node's edges were followed.</summary>
static class NodeKey
{
    const uint Sign = 0x8000_0000;

    internal const ulong Followed = 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Of(float distance, int node)
    {
        uint bits = BitConverter.SingleToUInt32Bits(distance);
        // Negative numbers sort the other way round.
        bits ^= (uint)((int)bits >> 31) | Sign;
        return (ulong)bits << 32 | (uint)node << 1;
    }

    internal static int Node(ulong key) => (int)((uint)key >> 1);

    internal static float Distance(ulong key)
    {
        uint bits = (uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((bits & Sign) != 0 ? bits ^ Sign : ~bits);
    }
}
