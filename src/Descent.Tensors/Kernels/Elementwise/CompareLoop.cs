using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Comparisons of neighbouring elements, a register of bytes at a time.</summary>
static unsafe class CompareLoop
{
    /// <summary>y[i] = a[i · aStep] compared with b[i · bStep], 1 or 0; steps are 1, or 0 for an element that repeats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<T, F>(T* a, int aStep, T* b, int bStep, byte* y, int count) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, ICompareKernel
    {
        nint i = 0;
        if (count >= Vector<byte>.Count)
        {
            Operand<T> left = new(a, aStep), right = new(b, bStep);
            for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
                (Bytes<T, F>(left, right, i) & Vector<byte>.One).Store(y + i);
        }
        for (; i < count; i++) y[i] = F.Holds(a[i * aStep], b[i * bStep]) ? (byte)1 : (byte)0;
    }

    /// <summary>As many comparisons as there are bytes in a register, all bits set where they hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<byte> Bytes<T, F>(Operand<T> a, Operand<T> b, nint i) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, ICompareKernel
    {
        int w = Vector<T>.Count;
        if (sizeof(T) == 1) return F.Holds(a.At(i), b.At(i)).As<T, byte>();
        if (sizeof(T) == 4) return Narrowed(Ints<T, F>(a, b, i), Ints<T, F>(a, b, i + w), Ints<T, F>(a, b, i + 2 * w), Ints<T, F>(a, b, i + 3 * w));
        return Narrowed(Longs<T, F>(a, b, i), Longs<T, F>(a, b, i + 2 * w), Longs<T, F>(a, b, i + 4 * w), Longs<T, F>(a, b, i + 6 * w));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<uint> Ints<T, F>(Operand<T> a, Operand<T> b, nint i) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, ICompareKernel =>
        F.Holds(a.At(i), b.At(i)).As<T, uint>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<uint> Longs<T, F>(Operand<T> a, Operand<T> b, nint i) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, ICompareKernel =>
        Vector.Narrow(F.Holds(a.At(i), b.At(i)).As<T, ulong>(), F.Holds(a.At(i + Vector<T>.Count), b.At(i + Vector<T>.Count)).As<T, ulong>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<byte> Narrowed(Vector<uint> a, Vector<uint> b, Vector<uint> c, Vector<uint> d) => Vector.Narrow(Vector.Narrow(a, b), Vector.Narrow(c, d));
}
