using Iced.Intel;

namespace Descent.Tensors.Codegen;

/// <summary>
/// One operation on vectors in its encodings: 512 bits of float32, 256 bits of float32, and both of float64. What a
/// kernel is written with; <see cref="KernelEmitter"/> picks the encoding of its width and element.
/// </summary>
readonly record struct VectorInstruction(Code Wide, Code Narrow, Code WideDouble, Code NarrowDouble)
{
    // d = a op b; b may be memory.
    public static readonly VectorInstruction Add = new(Code.EVEX_Vaddps_zmm_k1z_zmm_zmmm512b32_er, Code.VEX_Vaddps_ymm_ymm_ymmm256, Code.EVEX_Vaddpd_zmm_k1z_zmm_zmmm512b64_er, Code.VEX_Vaddpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction Subtract = new(Code.EVEX_Vsubps_zmm_k1z_zmm_zmmm512b32_er, Code.VEX_Vsubps_ymm_ymm_ymmm256, Code.EVEX_Vsubpd_zmm_k1z_zmm_zmmm512b64_er, Code.VEX_Vsubpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction Multiply = new(Code.EVEX_Vmulps_zmm_k1z_zmm_zmmm512b32_er, Code.VEX_Vmulps_ymm_ymm_ymmm256, Code.EVEX_Vmulpd_zmm_k1z_zmm_zmmm512b64_er, Code.VEX_Vmulpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction Divide = new(Code.EVEX_Vdivps_zmm_k1z_zmm_zmmm512b32_er, Code.VEX_Vdivps_ymm_ymm_ymmm256, Code.EVEX_Vdivpd_zmm_k1z_zmm_zmmm512b64_er, Code.VEX_Vdivpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction Minimum = new(Code.EVEX_Vminps_zmm_k1z_zmm_zmmm512b32_sae, Code.VEX_Vminps_ymm_ymm_ymmm256, Code.EVEX_Vminpd_zmm_k1z_zmm_zmmm512b64_sae, Code.VEX_Vminpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction Maximum = new(Code.EVEX_Vmaxps_zmm_k1z_zmm_zmmm512b32_sae, Code.VEX_Vmaxps_ymm_ymm_ymmm256, Code.EVEX_Vmaxpd_zmm_k1z_zmm_zmmm512b64_sae, Code.VEX_Vmaxpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction And = new(Code.EVEX_Vandps_zmm_k1z_zmm_zmmm512b32, Code.VEX_Vandps_ymm_ymm_ymmm256, Code.EVEX_Vandpd_zmm_k1z_zmm_zmmm512b64, Code.VEX_Vandpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction AndNot = new(Code.EVEX_Vandnps_zmm_k1z_zmm_zmmm512b32, Code.VEX_Vandnps_ymm_ymm_ymmm256, Code.EVEX_Vandnpd_zmm_k1z_zmm_zmmm512b64, Code.VEX_Vandnpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction Or = new(Code.EVEX_Vorps_zmm_k1z_zmm_zmmm512b32, Code.VEX_Vorps_ymm_ymm_ymmm256, Code.EVEX_Vorpd_zmm_k1z_zmm_zmmm512b64, Code.VEX_Vorpd_ymm_ymm_ymmm256);
    public static readonly VectorInstruction Xor = new(Code.EVEX_Vxorps_zmm_k1z_zmm_zmmm512b32, Code.VEX_Vxorps_ymm_ymm_ymmm256, Code.EVEX_Vxorpd_zmm_k1z_zmm_zmmm512b64, Code.VEX_Vxorpd_ymm_ymm_ymmm256);

    /// <summary>d += a · b, rounded once.</summary>
    public static readonly VectorInstruction MultiplyAdd = new(Code.EVEX_Vfmadd231ps_zmm_k1z_zmm_zmmm512b32_er, Code.VEX_Vfmadd231ps_ymm_ymm_ymmm256, Code.EVEX_Vfmadd231pd_zmm_k1z_zmm_zmmm512b64_er, Code.VEX_Vfmadd231pd_ymm_ymm_ymmm256);

    /// <summary>d = d · a + b, rounded once: a step of Horner's scheme.</summary>
    public static readonly VectorInstruction Horner = new(Code.EVEX_Vfmadd213ps_zmm_k1z_zmm_zmmm512b32_er, Code.VEX_Vfmadd213ps_ymm_ymm_ymmm256, Code.EVEX_Vfmadd213pd_zmm_k1z_zmm_zmmm512b64_er, Code.VEX_Vfmadd213pd_ymm_ymm_ymmm256);

    // d = op a; a may be memory.
    public static readonly VectorInstruction SquareRoot = new(Code.EVEX_Vsqrtps_zmm_k1z_zmmm512b32_er, Code.VEX_Vsqrtps_ymm_ymmm256, Code.EVEX_Vsqrtpd_zmm_k1z_zmmm512b64_er, Code.VEX_Vsqrtpd_ymm_ymmm256);

    internal static readonly VectorInstruction Load = new(Code.EVEX_Vmovups_zmm_k1z_zmmm512, Code.VEX_Vmovups_ymm_ymmm256, Code.EVEX_Vmovupd_zmm_k1z_zmmm512, Code.VEX_Vmovupd_ymm_ymmm256);
    internal static readonly VectorInstruction Store = new(Code.EVEX_Vmovups_zmmm512_k1z_zmm, Code.VEX_Vmovups_ymmm256_ymm, Code.EVEX_Vmovupd_zmmm512_k1z_zmm, Code.VEX_Vmovupd_ymmm256_ymm);
    internal static readonly VectorInstruction StoreUncached = new(Code.EVEX_Vmovntps_m512_zmm, Code.VEX_Vmovntps_m256_ymm, Code.EVEX_Vmovntpd_m512_zmm, Code.VEX_Vmovntpd_m256_ymm);
    internal static readonly VectorInstruction MaskedLoad = Load with { Narrow = Code.VEX_Vmaskmovps_ymm_ymm_m256, NarrowDouble = Code.VEX_Vmaskmovpd_ymm_ymm_m256 };
    internal static readonly VectorInstruction MaskedStore = Store with { Narrow = Code.VEX_Vmaskmovps_m256_ymm_ymm, NarrowDouble = Code.VEX_Vmaskmovpd_m256_ymm_ymm };
    internal static readonly VectorInstruction Broadcast = new(Code.EVEX_Vbroadcastss_zmm_k1z_xmmm32, Code.VEX_Vbroadcastss_ymm_m32, Code.EVEX_Vbroadcastsd_zmm_k1z_xmmm64, Code.VEX_Vbroadcastsd_ymm_m64);
    internal static readonly VectorInstruction BroadcastLane = new(Code.EVEX_Vbroadcastss_zmm_k1z_xmmm32, Code.VEX_Vbroadcastss_ymm_xmm, Code.EVEX_Vbroadcastsd_zmm_k1z_xmmm64, Code.VEX_Vbroadcastsd_ymm_xmm);
}
