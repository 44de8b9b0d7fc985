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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Widen(ElementStorage storage, void* from, nint step, float* to, int n)
    {
        if (step != 1)
            for (nint i = 0; i < n; i++)
                to[i] = storage == ElementStorage.Half ? (float)((Half*)from)[i * step] : ((BFloat16*)from)[i * step];
        else if (storage == ElementStorage.Half) NarrowFloats.Widen((Half*)from, to, n);
        else NarrowFloats.Widen((BFloat16*)from, to, n);
    }

    internal static void Narrow(ElementStorage storage, float* from, void* to, int n)
    {
        if (storage == ElementStorage.Half) NarrowFloats.Narrow(from, (Half*)to, n);
        else NarrowFloats.Narrow(from, (BFloat16*)to, n);
    }
}
