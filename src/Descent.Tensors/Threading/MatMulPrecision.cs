namespace Descent.Tensors;

/// <summary>How exact a float32 matrix product must be, as <c>set_float32_matmul_precision</c> of PyTorch names it.</summary>
public enum MatMulPrecision
{
    /// <summary>At least as exact as a product in float32 fused multiply-adds.</summary>
    Highest,

    /// <summary>Each operand may be rounded to the sum of two bfloat16 values.</summary>
    High,

    /// <summary>Each operand may be rounded to bfloat16; sums stay in float32.</summary>
    Medium,
}
