using System.Numerics;
using System.Runtime.InteropServices;

namespace Descent.Benchmarks;

/// <summary>Seeded data for benchmarks.</summary>
static unsafe class Sample
{
    /// <summary>Uniform from −1 to 1, 64-byte aligned; to be freed by <see cref="NativeMemory.AlignedFree"/>.</summary>
    public static float* Floats(long length, int seed)
    {
        var random = new Random(seed);
        float* x = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
        for (long i = 0; i < length; i++)
            x[i] = random.NextSingle() * 2 - 1;
        return x;
    }

    /// <summary>As <see cref="Floats"/> of any type, to be freed by <see cref="Free"/>.</summary>
    public static T* Numbers<T>(long length, int seed) where T : unmanaged, INumberBase<T>
    {
        var random = new Random(seed);
        T* x = (T*)NativeMemory.AlignedAlloc((nuint)length * (nuint)sizeof(T), 64);
        for (long i = 0; i < length; i++)
            x[i] = T.CreateTruncating(random.NextDouble() * 2 - 1);
        return x;
    }

    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);
}
