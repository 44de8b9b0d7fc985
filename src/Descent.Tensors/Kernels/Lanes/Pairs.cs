using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>Elements of even and odd position apart and together.</summary>
static unsafe class Pairs
{
    /// <summary>The elements of even and of odd position of a and then b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Even, Vector256<float> Odd) Split(Vector256<float> a, Vector256<float> b)
    {
        a = Vector256.Shuffle(a, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
        b = Vector256.Shuffle(b, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
        return (Vector256.Create(a.GetLower(), b.GetLower()), Vector256.Create(a.GetUpper(), b.GetUpper()));
    }

    /// <summary>What <see cref="Split"/> took apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> First, Vector256<float> Second) Join(Vector256<float> even, Vector256<float> odd)
    {
        var order = Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7);
        return (Vector256.Shuffle(Vector256.Create(even.GetLower(), odd.GetLower()), order),
            Vector256.Shuffle(Vector256.Create(even.GetUpper(), odd.GetUpper()), order));
    }

    /// <summary>Joined, into memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> even, Vector256<float> odd, float* to)
    {
        var (first, second) = Join(even, odd);
        first.Store(to);
        second.Store(to + 8);
    }
}
