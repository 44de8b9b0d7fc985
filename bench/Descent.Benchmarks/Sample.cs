using System.Numerics;
using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Seeded data for benchmarks.</summary>
static unsafe class Sample
{
    static readonly Dictionary<nint, long> s_sizes = [];

    /// <summary>Uniform from −1 to 1, 64-byte aligned; to be freed by <see cref="NativeMemory.AlignedFree"/>.</summary>
    public static float* Floats(long length, int seed)
    {
        var random = new Random(seed);
        float* x = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
        for (long i = 0; i < length; i++)
            x[i] = random.NextSingle() * 2 - 1;
        return x;
    }

    /// <summary>As <see cref="Floats"/> of any type, in such memory as tensors have; to be freed by <see cref="Free"/>.</summary>
    public static T* Numbers<T>(long length, int seed) where T : unmanaged, INumberBase<T>
    {
        var random = new Random(seed);
        byte* memory = SystemMemory.TryAllocate(length * sizeof(T));
        if (memory == null) throw new InsufficientMemoryException($"No {length * sizeof(T):N0} bytes for the samples.");
        s_sizes[(nint)memory] = length * sizeof(T);
        T* x = (T*)memory;
        for (long i = 0; i < length; i++)
            x[i] = T.CreateTruncating(random.NextDouble() * 2 - 1);
        return x;
    }

    public static void Free(void* memory)
    {
        s_sizes.Remove((nint)memory, out long size);
        SystemMemory.Free((byte*)memory, size);
    }
}
