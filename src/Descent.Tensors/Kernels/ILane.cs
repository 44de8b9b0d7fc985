using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>How the registers of a row are read and written: whole, or what is left at its end.</summary>
unsafe interface ILane
{
    static abstract Vector<T> Load<T>(T* from, int count) where T : unmanaged;

    static abstract void Store<T>(Vector<T> value, T* to, int count) where T : unmanaged;
}

/// <summary>A whole register.</summary>
unsafe readonly struct WholeLane : ILane
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Load<T>(T* from, int count) where T : unmanaged => Vector.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector<T> value, T* to, int count) where T : unmanaged => value.Store(to);
}

/// <summary>The first elements of a register; the others are zeros and not written.</summary>
unsafe readonly struct PartLane : ILane
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector<T> Load<T>(T* from, int count) where T : unmanaged
    {
        Vector<T> value = default;
        new ReadOnlySpan<T>(from, count).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<Vector<T>, T>(ref value), Vector<T>.Count));
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store<T>(Vector<T> value, T* to, int count) where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Vector<T>, T>(ref value), count).CopyTo(new Span<T>(to, count));
}
