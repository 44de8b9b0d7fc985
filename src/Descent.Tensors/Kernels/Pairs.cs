using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>Elements of even and odd position apart and together.</summary>
static unsafe class Pairs
{
    public static (Vector256<float> Even, Vector256<float> Odd) Split(Vector256<float> a, Vector256<float> b)
    {
        a = Vector256.Shuffle(a, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
        b = Vector256.Shuffle(b, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
        return (Vector256.Create(a.GetLower(), b.GetLower()), Vector256.Create(a.GetUpper(), b.GetUpper()));
    }

    public static void Store(Vector256<float> even, Vector256<float> odd, float* to)
    {
        var order = Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7);
        Vector256.Shuffle(Vector256.Create(even.GetLower(), odd.GetLower()), order).Store(to);
        Vector256.Shuffle(Vector256.Create(even.GetUpper(), odd.GetUpper()), order).Store(to + 8);
    }
}
