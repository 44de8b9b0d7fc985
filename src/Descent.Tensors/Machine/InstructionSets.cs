namespace Descent.Tensors;

/// <summary>Groups of instructions that generated kernels ask for.</summary>
[Flags]
enum InstructionSets
{
    None = 0,

    /// <summary>AVX2 with FMA and BMI2.</summary>
    Avx2 = 1,

    /// <summary>Products of bytes in 256-bit registers, <c>vpdpbusd</c>.</summary>
    AvxVnni = 2,

    /// <summary>AVX-512 F, BW, DQ, CD and VL.</summary>
    Avx512 = 4,

    /// <summary>Products of bytes in 512-bit registers, <c>vpdpbusd</c>.</summary>
    Avx512Vnni = 8,

    /// <summary>Products of bfloat16 pairs, <c>vdpbf16ps</c>.</summary>
    Avx512Bf16 = 16,

    /// <summary>Arithmetic on float16.</summary>
    Avx512Fp16 = 32,

    /// <summary>Counts of set bits, <c>vpopcntd</c> and <c>vpopcntq</c>.</summary>
    Avx512Vpopcntdq = 64,

    /// <summary>Tiles of bfloat16, <c>tdpbf16ps</c>.</summary>
    AmxBf16 = 128,

    /// <summary>Tiles of bytes, <c>tdpbusd</c> and its kin.</summary>
    AmxInt8 = 256,
}
