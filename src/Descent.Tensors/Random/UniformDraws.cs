using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>low + u · (high − low) for u = k / 2²⁴, k of 24 bits.</summary>
readonly struct UniformSingle(float low, float high) : IDraw<float>
{
    public static int WordsPerElement => 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Group(ReadOnlySpan<uint> words, Span<float> y)
    {
        var floor = new Vector<float>(low);
        var span = new Vector<float>(high - low);
        // Rounding may reach `high`, which does not belong to the interval.
        var last = new Vector<float>(float.BitDecrement(high));
        var bits = MemoryMarshal.Cast<uint, Vector<uint>>(words);
        var values = MemoryMarshal.Cast<float, Vector<float>>(y);
        for (var i = 0; i < bits.Length; i++)
        {
            var u = Vector.ConvertToSingle((bits[i] >>> 8).As<uint, int>()) * new Vector<float>(1f / (1 << 24));
            values[i] = Vector.MaxNative(floor, Vector.MinNative(last, floor + u * span));
        }
    }
}

/// <summary>low + u · (high − low) for u = k / 2⁵³, k of 53 bits.</summary>
readonly struct UniformDouble(double low, double high) : IDraw<double>
{
    public static int WordsPerElement => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Group(ReadOnlySpan<uint> words, Span<double> y)
    {
        Unit(words[..32], y[..16]);
        Unit(words[32..], y[16..]);
        var span = high - low;
        var last = double.BitDecrement(high);
        foreach (ref var value in y)
            value = Math.Max(low, Math.Min(last, low + value * span));
    }

    /// <summary>k / 2⁵³ from a row of 16 lower words and a row of 16 upper words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unit(ReadOnlySpan<uint> words, Span<double> y)
    {
        var lower = MemoryMarshal.Cast<uint, Vector<uint>>(words[..16]);
        var upper = MemoryMarshal.Cast<uint, Vector<uint>>(words[16..]);
        var values = MemoryMarshal.Cast<double, Vector<double>>(y);
        for (var i = 0; i < lower.Length; i++)
        {
            Vector.Widen(lower[i], out var lower0, out var lower1);
            Vector.Widen(upper[i], out var upper0, out var upper1);
            values[2 * i] = Unit(lower0, upper0);
            values[2 * i + 1] = Unit(lower1, upper1);
        }
    }

    static Vector<double> Unit(Vector<ulong> lower, Vector<ulong> upper) =>
        Vector.ConvertToDouble(((upper << 32 | lower) >>> 11).As<ulong, long>()) * new Vector<double>(1.0 / (1L << 53));
}
