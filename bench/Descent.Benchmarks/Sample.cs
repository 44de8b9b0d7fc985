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
}
