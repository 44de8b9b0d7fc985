using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>
/// Philox4x32-10: a bijection of 128-bit counters under a 64-bit key whose outputs pass as random, so that any part of
/// the stream is had without computing what comes before it.
/// </summary>
/// <remarks>Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.</remarks>
static class Philox4x32
{
    /// <summary>Blocks, of four words each, that <see cref="Group"/> computes together.</summary>
    public const int GroupBlocks = 16;

    /// <summary>32-bit words in a group.</summary>
    public const int GroupWords = 4 * GroupBlocks;

    const int Rounds = 10;

    // The paper's multipliers, and its Weyl increments of the key: the golden ratio and √3 − 1.
    const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>The four words of one counter.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(ulong counterLow, ulong counterHigh, ulong key)
    {
        var (x0, x1, x2, x3) = Apply<PhiloxLanes1>(new(counterLow), new(counterLow >> 32), counterHigh, key);
        return ((uint)x0.Value, (uint)x1.Value, (uint)x2.Value, (uint)x3.Value);
    }

    /// <summary>
    /// Blocks 16·<paramref name="index"/> … + 15 of a stream as four rows of sixteen: the word w of block b stands at
    /// 16w + b. Rows, not blocks, are what registers load without shuffling.
    /// </summary>
    public static void Group(ulong key, ulong stream, ulong index, Span<uint> words)
    {
        if (PhiloxLanes8.IsSupported) Group<PhiloxLanes8>(key, stream, index, words);
        else if (PhiloxLanes4.IsSupported) Group<PhiloxLanes4>(key, stream, index, words);
        else if (PhiloxLanes2.IsSupported) Group<PhiloxLanes2>(key, stream, index, words);
        else Group<PhiloxLanes1>(key, stream, index, words);
    }

    /// <summary><see cref="Group(ulong, ulong, ulong, Span{uint})"/> on registers of a given width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Group<T>(ulong key, ulong stream, ulong index, Span<uint> words) where T : struct, IPhiloxLanes<T>
    {
        for (var block = 0; block < GroupBlocks; block += 2 * T.Count)
        {
            var first = index * GroupBlocks + (ulong)block;
            var low = T.Sequence(first);
            var high = T.Sequence(first + (ulong)T.Count);
            var a = Apply(low, T.High(low), stream, key);
            var b = Apply(high, T.High(high), stream, key);
            T.Store(a.X0, b.X0, words[block..]);
            T.Store(a.X1, b.X1, words[(block + GroupBlocks)..]);
            T.Store(a.X2, b.X2, words[(block + 2 * GroupBlocks)..]);
            T.Store(a.X3, b.X3, words[(block + 3 * GroupBlocks)..]);
        }
    }

    static (T X0, T X1, T X2, T X3) Apply<T>(T x0, T x1, ulong counterHigh, ulong key) where T : struct, IPhiloxLanes<T>
    {
        var (x2, x3) = (T.Fill(counterHigh), T.Fill(counterHigh >> 32));
        var (key0, key1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = T.Multiply(x0, T.Fill(Multiplier0));
            var product1 = T.Multiply(x2, T.Fill(Multiplier1));
            x0 = T.High(product1) ^ x1 ^ T.Fill(key0);
            x1 = product1;
            x2 = T.High(product0) ^ x3 ^ T.Fill(key1);
            x3 = product0;
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return (x0, x1, x2, x3);
    }
}
