using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>How a tensor stores the numbers that a kernel computes with.</summary>
enum ElementStorage
{
    /// <summary>As they are computed with.</summary>
    Same,

    /// <summary>Float16, computed as float32.</summary>
    Half,

    /// <summary>BFloat16, computed as float32.</summary>
    BFloat16,
}

/// <summary>Rows of 16-bit numbers to float32 and back, for kernels that convert what they pack.</summary>
static unsafe class NarrowElements
{
    /// <summary>Bytes of an element.</summary>
    internal static int Size<T>(ElementStorage storage) where T : unmanaged => storage == ElementStorage.Same ? sizeof(T) : sizeof(ushort);

    internal static void Widen(ElementStorage storage, void* from, nint step, float* to, int n)
    {
        if (step != 1)
        {
            for (nint i = 0; i < n; i++)
                to[i] = storage == ElementStorage.Half ? (float)((Half*)from)[i * step] : ((BFloat16*)from)[i * step];
            return;
        }
        if (storage == ElementStorage.Half)
        {
            TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(from, n), new Span<float>(to, n));
            return;
        }
        var bits = (ushort*)from;
        int at = 0;
        for (; at <= n - Vector<ushort>.Count; at += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(bits + at), out var low, out var high);
            (low << 16).Store((uint*)to + at);
            (high << 16).Store((uint*)to + at + Vector<uint>.Count);
        }
        for (; at < n; at++) ((uint*)to)[at] = (uint)bits[at] << 16;
    }

    internal static void Narrow(ElementStorage storage, float* from, void* to, int n)
    {
        if (storage == ElementStorage.Half)
        {
            TensorPrimitives.ConvertToHalf(new ReadOnlySpan<float>(from, n), new Span<Half>(to, n));
            return;
        }
        int at = 0;
        for (; at <= n - Vector<ushort>.Count; at += Vector<ushort>.Count)
            Vector.Narrow(Rounded(Vector.Load(from + at)), Rounded(Vector.Load(from + at + Vector<float>.Count))).Store((ushort*)to + at);
        for (; at < n; at++) ((BFloat16*)to)[at] = (BFloat16)from[at];
    }

    /// <summary>The upper halves, rounded to nearest with ties to even; a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<uint> Rounded(Vector<float> x)
    {
        var bits = x.As<float, uint>();
        var rounded = bits + new Vector<uint>(0x7FFF) + (bits >>> 16 & Vector<uint>.One);
        return Vector.ConditionalSelect(Vector.Equals(x, x).As<int, uint>(), rounded, bits | new Vector<uint>(0x400000)) >>> 16;
    }
}
