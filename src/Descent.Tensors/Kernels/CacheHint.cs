using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>Asks for a line of memory before it is needed; nothing where the machine cannot be asked.</summary>
static unsafe class CacheHint
{
    /// <summary>
    /// The line of an address that need not exist, into the first cache. Above all for what will be written: stores
    /// retire in order, so one line that is far away holds up all that follow, while fetches overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }
}
