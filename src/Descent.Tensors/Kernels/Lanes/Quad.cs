using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>Four floats in a register, and four such as a matrix.</summary>
static class Quad
{
    /// <summary>Rows become columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Vector128<float> r0, ref Vector128<float> r1, ref Vector128<float> r2, ref Vector128<float> r3)
    {
        var low01 = Zip.Low(r0, r1).AsDouble();
        var low23 = Zip.Low(r2, r3).AsDouble();
        var high01 = Zip.High(r0, r1).AsDouble();
        var high23 = Zip.High(r2, r3).AsDouble();
        r0 = Zip.Low(low01, low23).AsSingle();
        r1 = Zip.High(low01, low23).AsSingle();
        r2 = Zip.Low(high01, high23).AsSingle();
        r3 = Zip.High(high01, high23).AsSingle();
    }

    /// <summary>Every other element of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Even(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.Shuffle(a, b, 0x88)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipEven(a, b)
        : Vector128.Create(a[0], a[2], b[0], b[2]);
}
