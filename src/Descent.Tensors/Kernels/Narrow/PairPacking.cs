using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>Brings two neighbours in k together as one 32-bit pair of bfloat16, the even one in the lower half.</summary>
static unsafe class PairPacking
{
    /// <summary>Panels from a matrix whose indices are neighbours in memory, row after row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns<T>(T* source, nint kStride, uint* destination, int count, int panel, int step, int kc) where T : unmanaged
    {
        int pairs = (kc + 1) / 2;
        for (int p = 0; p < pairs; p++, source += 2 * kStride)
        {
            T* odd = 2 * p + 1 < kc ? source + kStride : null;
            for (int done = 0; done < count; done += panel)
            {
                int left = Math.Min(panel, count - done), width = (left + step - 1) / step * step;
                uint* row = destination + (nint)done * pairs + (nint)p * width;
                if (typeof(T) == typeof(float)) Interleave((float*)source + done, odd == null ? null : (float*)odd + done, row, left);
                else Interleave((ushort*)source + done, odd == null ? null : (ushort*)odd + done, row, left);
                Packing.Clear(row + left, width - left);
            }
        }
    }

    /// <summary>Panels from a matrix of bfloat16 whose indices lie apart; fast where k are neighbours in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Lines(ushort* source, nint stride, nint kStride, uint* destination, int count, int panel, int step, int kc)
    {
        int pairs = (kc + 1) / 2, block = Vector128<uint>.Count;
        float** rows = stackalloc float*[block];
        for (int done = 0; done < count; done += panel, destination += (nint)panel * pairs)
        {
            int left = Math.Min(panel, count - done), width = (left + step - 1) / step * step;
            int i = 0;
            if (kStride == 1)
                for (; i + block <= left; i += block)
                {
                    for (int r = 0; r < block; r++) rows[r] = (float*)(source + (done + i + r) * stride);
                    Packing.Transpose(rows, (float*)destination + i, width, kc / 2);
                    if ((kc & 1) != 0)
                        for (int r = 0; r < block; r++) destination[(nint)(pairs - 1) * width + i + r] = ((ushort*)rows[r])[kc - 1];
                }
            for (; i < left; i++)
            {
                ushort* from = source + (done + i) * stride;
                uint* to = destination + i;
                for (nint k = 0; k < kc; k += 2, to += width)
                    *to = from[k * kStride] | (k + 1 < kc ? (uint)from[(k + 1) * kStride] << 16 : 0);
            }
            if (left < width)
                for (nint p = 0; p < pairs; p++) Packing.Clear(destination + p * width + left, width - left);
        }
    }

    /// <summary>Pairs of two rows of float32; a null second row is zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Interleave(float* even, float* odd, uint* pairs, int count)
    {
        int i = 0;
        var upper = new Vector<uint>(0xFFFF0000);
        if (odd != null)
            for (; i <= count - Vector<uint>.Count; i += Vector<uint>.Count)
            {
                var low = NarrowFloats.Upper(Vector.Load((uint*)even + i)) >>> 16;
                var high = NarrowFloats.Upper(Vector.Load((uint*)odd + i)) & upper;
                (low | high).Store(pairs + i);
            }
        for (; i < count; i++) pairs[i] = ((BFloat16)even[i]).Bits | (odd == null ? 0 : (uint)((BFloat16)odd[i]).Bits << 16);
    }

    /// <summary>Pairs of two rows of bfloat16; a null second row is zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Interleave(ushort* even, ushort* odd, uint* pairs, int count)
    {
        int i = 0;
        if (odd != null)
        {
            for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
            {
                Vector.Widen(Vector.Load(even + i), out var evenLow, out var evenHigh);
                Vector.Widen(Vector.Load(odd + i), out var oddLow, out var oddHigh);
                (evenLow | (oddLow << 16)).Store(pairs + i);
                (evenHigh | (oddHigh << 16)).Store(pairs + i + Vector<uint>.Count);
            }
            for (; i <= count - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
            {
                var (evenLow, evenHigh) = Vector128.Widen(Vector128.Load(even + i));
                var (oddLow, oddHigh) = Vector128.Widen(Vector128.Load(odd + i));
                (evenLow | (oddLow << 16)).Store(pairs + i);
                (evenHigh | (oddHigh << 16)).Store(pairs + i + Vector128<uint>.Count);
            }
        }
        for (; i < count; i++) pairs[i] = even[i] | (odd == null ? 0 : (uint)odd[i] << 16);
    }
}
