using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>Hints to bring memory into the nearest cache before it is used.</summary>
static unsafe class Prefetch
{
    const int LineBytes = 64;

    /// <summary>The cache lines that hold <paramref name="count"/> elements; does nothing where the machine has no such hint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines<T>(T* from, int count) where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        byte* end = (byte*)(from + count);
        for (byte* at = (byte*)from; at < end; at += LineBytes) Sse.Prefetch0(at);
    }
}
