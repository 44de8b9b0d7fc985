using System.Numerics;

namespace Descent.Tensors.Kernels;

readonly struct EqualKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a == b;
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => Vector.Equals(a, b);
}

readonly struct NotEqualKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a != b;
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => ~Vector.Equals(a, b);
}

readonly struct LessKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a < b;
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => Vector.LessThan(a, b);
}

readonly struct LessOrEqualKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a <= b;
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => Vector.LessThanOrEqual(a, b);
}

readonly struct GreaterKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a > b;
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => Vector.GreaterThan(a, b);
}

readonly struct GreaterOrEqualKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a >= b;
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => Vector.GreaterThanOrEqual(a, b);
}

/// <summary>Whether a is not zero and b is not zero.</summary>
readonly struct LogicalAndKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => (a != T.Zero) & (b != T.Zero);
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> =>
        ~(Vector.Equals(a, Vector<T>.Zero) | Vector.Equals(b, Vector<T>.Zero));
}

/// <summary>Whether a is not zero or b is not zero.</summary>
readonly struct LogicalOrKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => (a != T.Zero) | (b != T.Zero);
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> =>
        ~(Vector.Equals(a, Vector<T>.Zero) & Vector.Equals(b, Vector<T>.Zero));
}

/// <summary>Whether a is not zero xor b is not zero.</summary>
readonly struct LogicalXorKernel : ICompareKernel
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => (a != T.Zero) ^ (b != T.Zero);
    public static Vector<T> Holds<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> =>
        Vector.Equals(a, Vector<T>.Zero) ^ Vector.Equals(b, Vector<T>.Zero);
}
