using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>Turns a group of 64 random words (<see cref="Philox4x32.Group"/>) into values of a distribution.</summary>
/// <remarks>
/// Element i of a group depends on that group alone, so a stream can be cut anywhere and its parts filled in any
/// order, by any number of threads.
/// </remarks>
interface IDraw<T> where T : unmanaged
{
    /// <summary>Words that an element takes: 1, 2 or 4. A group gives 64 / that many elements.</summary>
    static abstract int WordsPerElement { get; }

    /// <summary>Writes all elements of one group.</summary>
    void Group(ReadOnlySpan<uint> words, Span<T> y);
}

static class Draw
{
    /// <summary>
    /// Fills <paramref name="y"/> with the elements that stand from <paramref name="position"/> on in the stream, counted
    /// in words; a multiple of the words per element.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<T, TDraw>(Span<T> y, ulong key, ulong stream, ulong position, TDraw draw)
        where T : unmanaged where TDraw : struct, IDraw<T>
    {
        var perGroup = Philox4x32.GroupWords / TDraw.WordsPerElement;
        Span<uint> words = stackalloc uint[Philox4x32.GroupWords];
        Span<T> partial = stackalloc T[perGroup];

        var group = position / Philox4x32.GroupWords;
        var skip = (int)(position % Philox4x32.GroupWords) / TDraw.WordsPerElement;
        while (!y.IsEmpty)
        {
            Philox4x32.Group(key, stream, group++, words);
            var count = Math.Min(perGroup - skip, y.Length);
            if (count == perGroup)
            {
                draw.Group(words, y[..perGroup]);
            }
            else
            {
                draw.Group(words, partial);
                partial.Slice(skip, count).CopyTo(y);
            }

            y = y[count..];
            skip = 0;
        }
    }
}
