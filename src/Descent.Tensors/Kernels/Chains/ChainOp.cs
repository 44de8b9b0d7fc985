namespace Descent.Tensors.Kernels;

/// <summary>The functions of steps that have machine code; see <see cref="ChainEmitter"/>.</summary>
enum ChainOp
{
    /// <summary>No machine code.</summary>
    None,
    Add,
    Subtract,
    Multiply,
    Divide,
    Maximum,
    Minimum,
    PositiveGate,
    Abs,
    Negate,
    Square,
    Relu,
    Sqrt,
    Rsqrt,
    Reciprocal,
    Floor,
    Ceil,
    Round,
    Trunc,
    Exp,
    Sigmoid,
    Tanh,
    Gelu,
    GeluSlope,
    GeluTanh,
    GeluTanhSlope,
    Swish,
    SwishSlope,
    SigmoidSlope,
    TanhSlope,
}

/// <summary>Which function a kernel's type is.</summary>
static class ChainOps
{
    static readonly Dictionary<Type, ChainOp> s_functions = new()
    {
        [typeof(AddKernel)] = ChainOp.Add,
        [typeof(SubtractKernel)] = ChainOp.Subtract,
        [typeof(MultiplyKernel)] = ChainOp.Multiply,
        [typeof(DivideKernel)] = ChainOp.Divide,
        [typeof(MaximumKernel)] = ChainOp.Maximum,
        [typeof(MinimumKernel)] = ChainOp.Minimum,
        [typeof(PositiveGateKernel)] = ChainOp.PositiveGate,
        [typeof(AbsKernel)] = ChainOp.Abs,
        [typeof(NegateKernel)] = ChainOp.Negate,
        [typeof(SquareKernel)] = ChainOp.Square,
        [typeof(ReluKernel)] = ChainOp.Relu,
        [typeof(SqrtKernel)] = ChainOp.Sqrt,
        [typeof(RsqrtKernel)] = ChainOp.Rsqrt,
        [typeof(ReciprocalKernel)] = ChainOp.Reciprocal,
        [typeof(FloorKernel)] = ChainOp.Floor,
        [typeof(CeilKernel)] = ChainOp.Ceil,
        [typeof(RoundKernel)] = ChainOp.Round,
        [typeof(TruncKernel)] = ChainOp.Trunc,
        [typeof(ExpKernel)] = ChainOp.Exp,
        [typeof(SigmoidKernel)] = ChainOp.Sigmoid,
        [typeof(TanhKernel)] = ChainOp.Tanh,
        [typeof(GeluActivation)] = ChainOp.Gelu,
        [typeof(GeluTanhActivation)] = ChainOp.GeluTanh,
        [typeof(SwishActivation)] = ChainOp.Swish,
        [typeof(SigmoidSlope)] = ChainOp.SigmoidSlope,
        [typeof(TanhSlope)] = ChainOp.TanhSlope,
    };

    static readonly Dictionary<Type, ChainOp> s_slopes = new()
    {
        [typeof(GeluActivation)] = ChainOp.GeluSlope,
        [typeof(GeluTanhActivation)] = ChainOp.GeluTanhSlope,
        [typeof(SwishActivation)] = ChainOp.SwishSlope,
        [typeof(SigmoidSlope)] = ChainOp.SigmoidSlope,
        [typeof(TanhSlope)] = ChainOp.TanhSlope,
    };

    internal static ChainOp Of<T, F>() => typeof(T) == typeof(float) ? s_functions.GetValueOrDefault(typeof(F)) : ChainOp.None;

    internal static ChainOp SlopeOf<T, F>() => typeof(T) == typeof(float) ? s_slopes.GetValueOrDefault(typeof(F)) : ChainOp.None;
}
