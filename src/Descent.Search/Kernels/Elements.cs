using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Search;

/// <summary>Stored elements as registers of floats.</summary>
unsafe interface IElements<T> where T : unmanaged
{
    /// <summary>Whether a float that all elements are to be multiplied by stands behind them.</summary>
    static abstract bool IsScaled { get; }

    static abstract Vector128<float> Load128(T* from);

    static abstract Vector256<float> Load256(T* from);

    static abstract Vector512<float> Load512(T* from);
}

readonly unsafe struct SingleElements : IElements<float>
{
    public static bool IsScaled => false;

    public static Vector128<float> Load128(float* from) => Vector128.Load(from);

    public static Vector256<float> Load256(float* from) => Vector256.Load(from);

    public static Vector512<float> Load512(float* from) => Vector512.Load(from);
}

/// <summary>Finite halves: their bits are moved to where a float has them, and a product with 2¹¹² mends the exponent, of subnormal ones too.</summary>
readonly unsafe struct HalfElements : IElements<Half>
{
    const int Magnitude = 0x7fff, MantissaShift = 13, SignShift = 16;
    const float ExponentBias = 5.192296858534828e33f;

    public static bool IsScaled => false;

    public static Vector128<float> Load128(Half* from)
    {
        var bits = Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(from)).AsUInt16());
        var value = ((bits & Vector128.Create<uint>(Magnitude)) << MantissaShift).AsSingle() * Vector128.Create(ExponentBias);
        return (value.AsUInt32() | (bits & Vector128.Create<uint>(Magnitude + 1)) << SignShift).AsSingle();
    }

    public static Vector256<float> Load256(Half* from)
    {
        if (!Avx2.IsSupported) return Vector256.Create(Load128(from), Load128(from + 4));
        var bits = Avx2.ConvertToVector256Int32((ushort*)from);
        var value = ((bits & Vector256.Create(Magnitude)) << MantissaShift).AsSingle() * Vector256.Create(ExponentBias);
        return (value.AsInt32() | (bits & Vector256.Create(Magnitude + 1)) << SignShift).AsSingle();
    }

    public static Vector512<float> Load512(Half* from)
    {
        if (!Avx512F.IsSupported) return Vector512.Create(Load256(from), Load256(from + 8));
        var bits = Avx512F.ConvertToVector512Int32(Vector256.Load((ushort*)from));
        var value = ((bits & Vector512.Create(Magnitude)) << MantissaShift).AsSingle() * Vector512.Create(ExponentBias);
        return (value.AsInt32() | (bits & Vector512.Create(Magnitude + 1)) << SignShift).AsSingle();
    }
}

readonly unsafe struct SByteElements : IElements<sbyte>
{
    public static bool IsScaled => true;

    public static Vector128<float> Load128(sbyte* from)
    {
        var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(from)).AsSByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)));
    }

    public static Vector256<float> Load256(sbyte* from) => Avx2.IsSupported
        ? Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(from))
        : Vector256.Create(Load128(from), Load128(from + 4));

    public static Vector512<float> Load512(sbyte* from) => Avx512F.IsSupported
        ? Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(from)))
        : Vector512.Create(Load256(from), Load256(from + 8));
}
