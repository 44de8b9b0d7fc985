using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Conversions of neighbours in memory between float32 and the floats of 16 bits: to nearest, ties to even; denormals stay,
/// a NaN stays a quiet NaN.
/// </summary>
static unsafe class NarrowFloats
{
    const uint QuietBit = 0x40;

    /// <summary>y = x, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(BFloat16* x, float* y, nint count)
    {
        nint i = 0;
        var source = (ushort*)x;
        var target = (uint*)y;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(source + i), out var low, out var high);
            (low << 16).Store(target + i);
            (high << 16).Store(target + i + Vector<uint>.Count);
        }
        for (; i < count; i++) target[i] = (uint)source[i] << 16;
    }

    /// <summary>y = x rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(float* x, BFloat16* y, nint count)
    {
        nint i = 0;
        var source = (uint*)x;
        var target = (ushort*)y;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
            Vector.Narrow(Upper(Vector.Load(source + i)) >>> 16, Upper(Vector.Load(source + i + Vector<uint>.Count)) >>> 16).Store(target + i);
        for (; i < count; i++) y[i] = (BFloat16)x[i];
    }

    /// <inheritdoc cref="Widen(BFloat16*, float*, nint)"/>
    public static void Widen(Half* x, float* y, nint count) =>
        TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(x, (int)count), new Span<float>(y, (int)count));

    /// <inheritdoc cref="Narrow(float*, BFloat16*, nint)"/>
    public static void Narrow(float* x, Half* y, nint count) =>
        TensorPrimitives.ConvertToHalf(new ReadOnlySpan<float>(x, (int)count), new Span<Half>(y, (int)count));

    /// <summary>y = x rounded to bfloat16 and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(float* x, float* y, nint count)
    {
        nint i = 0;
        for (; i <= count - Vector<uint>.Count; i += Vector<uint>.Count)
            (Upper(Vector.Load((uint*)x + i)) & new Vector<uint>(0xFFFF0000)).Store((uint*)y + i);
        for (; i < count; i++) y[i] = (BFloat16)x[i];
    }

    /// <summary>The bfloat16 values of float32 bits in the upper halves; the lower halves are not cleared.</summary>
    internal static Vector<uint> Upper(Vector<uint> bits)
    {
        var rounded = bits + new Vector<uint>(0x7FFF) + ((bits >>> 16) & Vector<uint>.One);
        var floats = bits.As<uint, float>();
        return Vector.ConditionalSelect(Vector.Equals(floats, floats).As<int, uint>(), rounded, bits | new Vector<uint>(QuietBit << 16));
    }
}
