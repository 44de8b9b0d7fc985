using Iced.Intel;

namespace Descent.Tensors.Codegen;

/// <summary>A vector register, of the width of the kernel it belongs to.</summary>
readonly record struct VectorRegister(int Index)
{
    public Register Wide => Register.ZMM0 + Index;

    public Register Narrow => Register.YMM0 + Index;

    public Register Low => Register.XMM0 + Index;
}

/// <summary>Which lanes a masked load or store touches: a mask register, or with 256 bits a vector register.</summary>
readonly record struct LaneMask(Register Register);
