using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

// One formula to a type. What TensorPrimitives computes to the last digits is called; where it cancels (expm1, log1p,
// tanh and sinh near zero), or has no vector form, the formula stands here.

readonly struct ExpKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => FloatExponential.Map(x, y);

    public static bool LooksAside<T>() => typeof(T) == typeof(double);
}

readonly struct Exp2Kernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Exp2(x, y);

    public static bool LooksAside<T>() => typeof(T) == typeof(double);
}

readonly struct LogKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Log(x, y);

    public static bool LooksAside<T>() => typeof(T) == typeof(double);
}

readonly struct Log2Kernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Log2(x, y);

    public static bool LooksAside<T>() => typeof(T) == typeof(double);
}

readonly struct Log10Kernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Log10(x, y);

    public static bool LooksAside<T>() => typeof(T) == typeof(double);
}

readonly struct SqrtKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Sqrt(x, y);
}

readonly struct SinKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Sin(x, y);

    // A register with one large angle is computed by another formula.
    public static bool LooksAside<T>() => true;
}

readonly struct CosKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Cos(x, y);

    // A register with one large angle is computed by another formula.
    public static bool LooksAside<T>() => true;
}

readonly struct SigmoidKernel : IUnaryKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0, width = Vector<T>.Count;
        ref T rx = ref MemoryMarshal.GetReference(x), ry = ref MemoryMarshal.GetReference(y);
        for (; i <= x.Length - width; i += width) VectorFunctions.Sigmoid(Vector.LoadUnsafe(ref rx, (nuint)i)).StoreUnsafe(ref ry, (nuint)i);
        for (; i < x.Length; i++) y[i] = VectorFunctions.Sigmoid(new Vector<T>(x[i]))[0];
    }

    public static bool LooksAside<T>() => typeof(T) == typeof(double);
}

readonly struct FloorKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Floor(x, y);
}

readonly struct CeilKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Ceiling(x, y);
}

readonly struct RoundKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Round(x, y);
}

readonly struct TruncKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Truncate(x, y);
}

readonly struct CoshKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Cosh(x, y);

    public static bool LooksAside<T>() => typeof(T) == typeof(double);
}

readonly struct AcosFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Acos(x);
}

readonly struct AcoshFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Acosh(x);
}

readonly struct AsinFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Asin(x);
}

readonly struct AsinhFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Asinh(x);
}

readonly struct AtanFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Atan(x);
}

readonly struct AtanhFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Atanh(x);
}

readonly struct SinhFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Sinh(x);
}

readonly struct TanFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Tan(x);
}

readonly struct ExpM1Function : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(SpecialFunctions.ExpM1(double.CreateTruncating(x)));
}

readonly struct LogP1Function : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(SpecialFunctions.LogP1(double.CreateTruncating(x)));
}

readonly struct ErfcFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(SpecialFunctions.Erfc(double.CreateTruncating(x)));
}

readonly struct ErfInvFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(SpecialFunctions.ErfInv(double.CreateTruncating(x)));
}

readonly struct LogGammaFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(SpecialFunctions.LogGamma(double.CreateTruncating(x)));
}

readonly struct DigammaFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(SpecialFunctions.Digamma(double.CreateTruncating(x)));
}

readonly struct LogitFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(Math.Log(double.CreateTruncating(x)) - SpecialFunctions.LogP1(-double.CreateTruncating(x)));
}

readonly struct FracFunction : IFloatFunction
{
    public static T Value<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => x - T.Truncate(x);
}

readonly struct AbsKernel : INumberUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Abs(x, y);
}

readonly struct NegateKernel : INumberUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Negate(x, y);
}

readonly struct SquareKernel : INumberUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Multiply(x, x, y);
}

readonly struct ReluKernel : INumberUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Max(x, T.Zero, y);
}

/// <summary>−1, 0 or 1; 0 also for a NaN.</summary>
readonly struct SignKernel : INumberUnaryKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = x[i] > T.Zero ? T.One : x[i] < T.Zero ? -T.One : T.Zero;
    }
}

readonly struct RsqrtKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.ReciprocalSqrt(x, y);
}

readonly struct ReciprocalKernel : IUnaryKernel
{
    public static void Invoke<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Divide(T.One, x, y);
}
