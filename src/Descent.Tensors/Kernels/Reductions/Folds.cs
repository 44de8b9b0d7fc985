using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>a + b.</summary>
readonly struct SumFold : IFold
{
    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;
    public static T Combine<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => a + b;
    public static Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => a + b;
}

/// <summary>a · b.</summary>
readonly struct ProductFold : IFold
{
    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.One;
    public static T Combine<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => a * b;
    public static Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => a * b;
}

/// <summary>The greater one; a NaN wins over everything.</summary>
readonly struct MaxFold : IFold
{
    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.MinValue;
    public static T Combine<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Max(a, b);
    public static Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => Vector.Max(a, b);
}

/// <summary>The lesser one; a NaN wins over everything.</summary>
readonly struct MinFold : IFold
{
    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.MaxValue;
    public static T Combine<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Min(a, b);
    public static Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T>, IMinMaxValue<T> => Vector.Min(a, b);
}
