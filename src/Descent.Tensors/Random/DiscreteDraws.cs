using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>low + ⌊r · range / 2¹²⁸⌋ for a 128-bit r: no value is likelier than another by more than 2⁻⁶⁴.</summary>
readonly struct IntegerDraw(long low, ulong range) : IDraw<long>
{
    public static int WordsPerElement => 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Group(ReadOnlySpan<uint> words, Span<long> y)
    {
        for (var i = 0; i < y.Length; i++)
        {
            var lower = words[i + 16] | (ulong)words[i] << 32;
            var upper = words[i + 48] | (ulong)words[i + 32] << 32;
            var high = Math.BigMul(upper, range, out var middle);
            var carry = middle + Math.BigMul(lower, range, out _) < middle ? 1UL : 0UL;
            y[i] = (long)((ulong)low + high + carry);
        }
    }
}

/// <summary>⌊2⁶⁴ u⌋: all bits of two words.</summary>
readonly struct BitsDraw : IDraw<ulong>
{
    public static int WordsPerElement => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Group(ReadOnlySpan<uint> words, Span<ulong> y)
    {
        for (var i = 0; i < 16; i++)
        {
            y[i] = words[i] | (ulong)words[i + 16] << 32;
            y[i + 16] = words[i + 32] | (ulong)words[i + 48] << 32;
        }
    }
}

/// <summary><paramref name="value"/> with the given probability, else 0; the probability is rounded to 2⁻³².</summary>
readonly struct BernoulliSingle(double probability, float value) : IDraw<float>
{
    // 2³² itself does not fit a word, hence the comparison with the largest word that still is a success.
    readonly long _last = BernoulliBoolean.LastSuccess(probability);

    public static int WordsPerElement => 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Group(ReadOnlySpan<uint> words, Span<float> y)
    {
        if (_last < 0)
        {
            y.Clear();
            return;
        }

        var bits = MemoryMarshal.Cast<uint, Vector<uint>>(words);
        var values = MemoryMarshal.Cast<float, Vector<float>>(y);
        var (last, success) = (new Vector<uint>((uint)_last), new Vector<float>(value));
        for (var i = 0; i < bits.Length; i++)
            values[i] = Vector.ConditionalSelect(
                Vector.LessThanOrEqual(bits[i], last).As<uint, float>(), success, Vector<float>.Zero);
    }
}

/// <summary>True with the given probability: where <see cref="BernoulliSingle"/> is not 0.</summary>
readonly struct BernoulliBoolean(double probability) : IDraw<bool>
{
    readonly long _last = LastSuccess(probability);

    public static int WordsPerElement => 1;

    public static long LastSuccess(double probability) => (long)Math.Round(probability * (1L << 32)) - 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Group(ReadOnlySpan<uint> words, Span<bool> y)
    {
        for (var i = 0; i < y.Length; i++)
            y[i] = words[i] <= _last;
    }
}
