using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors;

/// <summary>
/// A register of 64-bit lanes, of which only the lower 32 bits count: what a round of Philox needs. The upper halves
/// may hold anything, because the product reads the lower ones alone and the results are narrowed at the end.
/// </summary>
interface IPhiloxLanes<TSelf> where TSelf : struct, IPhiloxLanes<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Fill(ulong value);

    /// <summary>first, first + 1, first + 2 …, in 64 bits.</summary>
    static abstract TSelf Sequence(ulong first);

    /// <summary>The full 64-bit product of the lower halves.</summary>
    static abstract TSelf Multiply(TSelf a, TSelf b);

    static abstract TSelf High(TSelf a);

    static abstract TSelf operator ^(TSelf a, TSelf b);

    /// <summary>Writes the lower halves of <paramref name="a"/> and then of <paramref name="b"/>.</summary>
    static abstract void Store(TSelf a, TSelf b, Span<uint> y);
}

readonly record struct PhiloxLanes1(ulong Value) : IPhiloxLanes<PhiloxLanes1>
{
    public static int Count => 1;
    public static PhiloxLanes1 Fill(ulong value) => new(value);
    public static PhiloxLanes1 Sequence(ulong first) => new(first);
    public static PhiloxLanes1 Multiply(PhiloxLanes1 a, PhiloxLanes1 b) => new((ulong)(uint)a.Value * (uint)b.Value);
    public static PhiloxLanes1 High(PhiloxLanes1 a) => new(a.Value >> 32);
    public static PhiloxLanes1 operator ^(PhiloxLanes1 a, PhiloxLanes1 b) => new(a.Value ^ b.Value);
    public static void Store(PhiloxLanes1 a, PhiloxLanes1 b, Span<uint> y) => (y[0], y[1]) = ((uint)a.Value, (uint)b.Value);
}

readonly record struct PhiloxLanes2(Vector128<ulong> Value) : IPhiloxLanes<PhiloxLanes2>
{
    public static bool IsSupported => AdvSimd.IsSupported;
    public static int Count => 2;
    public static PhiloxLanes2 Fill(ulong value) => new(Vector128.Create(value));
    public static PhiloxLanes2 Sequence(ulong first) => new(Vector128.CreateSequence(first, 1UL));
    public static PhiloxLanes2 Multiply(PhiloxLanes2 a, PhiloxLanes2 b) => new(AdvSimd.MultiplyWideningLower(
        AdvSimd.ExtractNarrowingLower(a.Value), AdvSimd.ExtractNarrowingLower(b.Value)));
    public static PhiloxLanes2 High(PhiloxLanes2 a) => new(a.Value >>> 32);
    public static PhiloxLanes2 operator ^(PhiloxLanes2 a, PhiloxLanes2 b) => new(a.Value ^ b.Value);
    public static void Store(PhiloxLanes2 a, PhiloxLanes2 b, Span<uint> y) =>
        Vector128.Narrow(a.Value, b.Value).CopyTo(y);
}

readonly record struct PhiloxLanes4(Vector256<ulong> Value) : IPhiloxLanes<PhiloxLanes4>
{
    public static bool IsSupported => Avx2.IsSupported;
    public static int Count => 4;
    public static PhiloxLanes4 Fill(ulong value) => new(Vector256.Create(value));
    public static PhiloxLanes4 Sequence(ulong first) => new(Vector256.CreateSequence(first, 1UL));
    public static PhiloxLanes4 Multiply(PhiloxLanes4 a, PhiloxLanes4 b) =>
        new(Avx2.Multiply(a.Value.AsUInt32(), b.Value.AsUInt32()));
    public static PhiloxLanes4 High(PhiloxLanes4 a) => new(a.Value >>> 32);
    public static PhiloxLanes4 operator ^(PhiloxLanes4 a, PhiloxLanes4 b) => new(a.Value ^ b.Value);
    public static void Store(PhiloxLanes4 a, PhiloxLanes4 b, Span<uint> y) =>
        Vector256.Narrow(a.Value, b.Value).CopyTo(y);
}

readonly record struct PhiloxLanes8(Vector512<ulong> Value) : IPhiloxLanes<PhiloxLanes8>
{
    public static bool IsSupported => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;
    public static int Count => 8;
    public static PhiloxLanes8 Fill(ulong value) => new(Vector512.Create(value));
    public static PhiloxLanes8 Sequence(ulong first) => new(Vector512.CreateSequence(first, 1UL));
    public static PhiloxLanes8 Multiply(PhiloxLanes8 a, PhiloxLanes8 b) =>
        new(Avx512F.Multiply(a.Value.AsUInt32(), b.Value.AsUInt32()));
    public static PhiloxLanes8 High(PhiloxLanes8 a) => new(a.Value >>> 32);
    public static PhiloxLanes8 operator ^(PhiloxLanes8 a, PhiloxLanes8 b) => new(a.Value ^ b.Value);
    public static void Store(PhiloxLanes8 a, PhiloxLanes8 b, Span<uint> y) =>
        Vector512.Narrow(a.Value, b.Value).CopyTo(y);
}
