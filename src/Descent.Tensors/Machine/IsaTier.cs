namespace Descent.Tensors;

/// <summary>A family of kernels, named by the instructions it is built for; later ones include earlier ones.</summary>
public enum IsaTier
{
    /// <summary>C# over <c>Vector128</c>, <c>Vector256</c> and <c>Vector512</c>: runs on every machine.</summary>
    Portable,

    /// <summary>AVX2 with FMA.</summary>
    Avx2,

    /// <summary>AVX-512 F, BW, DQ and VL.</summary>
    Avx512,

    /// <summary>AMX tiles for bfloat16 and int8.</summary>
    Amx,
}
