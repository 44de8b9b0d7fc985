using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>An activation function that products and convolutions can end with.</summary>
public enum Activation
{
    /// <summary>The value itself.</summary>
    None,

    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary><c>x · Φ(x)</c> by the error function.</summary>
    Gelu,

    /// <summary><c>x · Φ(x)</c>, approximated by the hyperbolic tangent.</summary>
    GeluTanh,

    /// <summary><c>x · σ(x)</c>.</summary>
    Silu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary><c>1 / (1 + e⁻ˣ)</c>.</summary>
    Sigmoid,
}

/// <summary>What is known of an <see cref="Activation"/>.</summary>
/// <param name="Value">The function as an operation.</param>
/// <param name="Gradient">dy times the slope, from dy and the input, or the result where <paramref name="IsOfResult"/>.</param>
/// <param name="IsOfResult">The slope is a formula of the result.</param>
/// <param name="Step">The function of a run of floats, or null.</param>
/// <param name="Slope"><paramref name="Gradient"/> of runs of floats, or null: of dy and the result for the rectifier, else of what it is a formula of and dy.</param>
sealed record ActivationForm(Func<Tensor, Tensor> Value, Func<Tensor, Tensor, Tensor> Gradient, bool IsOfResult, ChainStep? Step, ChainStep? Slope)
{
    static readonly ActivationForm[] s_forms =
    [
        new(static x => x, static (dy, _) => dy, true, null, null),
        new(static x => x.Relu(), static (dy, y) => dy.GatePositive(y), true, NumberStep<float, ReluKernel>.Instance,
            ZipStep<float, PositiveGateKernel>.Instance),
        new(static x => x.Gelu(), static (dy, x) => ActivationOp.Gradient(dy, x, new GeluActivation(), static (x, _) => SmoothActivationOps.GeluSlope(x)), false,
            ActivationStep<float, GeluActivation>.Of(default), SlopeStep<float, GeluActivation>.Of(default)),
        new(static x => x.Gelu(GeluApproximation.Tanh),
            static (dy, x) => ActivationOp.Gradient(dy, x, new GeluTanhActivation(), static (x, _) => SmoothActivationOps.GeluTanhSlope(x)), false,
            ActivationStep<float, GeluTanhActivation>.Of(default), SlopeStep<float, GeluTanhActivation>.Of(default)),
        new(static x => x.Silu(), static (dy, x) => ActivationOp.Gradient(dy, x, new SwishActivation(1), SmoothActivationOps.SwishSlope), false,
            ActivationStep<float, SwishActivation>.Of(new(1)), SlopeStep<float, SwishActivation>.Of(new(1))),
        new(static x => x.Tanh(), static (dy, y) => ActivationOp.Gradient(dy, y, new TanhSlope(), static (y, _) => y.Square().RSub(1)), true,
            MapStep<float, TanhKernel>.Instance, SlopeStep<float, TanhSlope>.Of(default)),
        new(static x => x.Sigmoid(), static (dy, y) => ActivationOp.Gradient(dy, y, new SigmoidSlope(), static (y, _) => y * y.RSub(1)), true,
            MapStep<float, SigmoidKernel>.Instance, SlopeStep<float, SigmoidSlope>.Of(default)),
    ];

    readonly ProductEndCode?[] _ends = new ProductEndCode?[4];

    internal static ActivationForm Of(Activation activation) => Enum.IsDefined(activation) ? s_forms[(int)activation]
        : throw new ArgumentOutOfRangeException(nameof(activation), activation, $"{activation} is no activation; expected one of {string.Join(", ", Enum.GetNames<Activation>())}.");

    /// <summary>The end of products with this activation.</summary>
    internal ProductEndCode End(bool isAffine, bool hasResidual) => _ends[(isAffine ? 1 : 0) + (hasResidual ? 2 : 0)] ??= new(Step, isAffine, hasResidual);

    /// <summary>This activation after a normalisation.</summary>
    internal NormEnd AfterNorm => field ??= new(Step!, Slope!, IsOfResult, takesSlopeFirst: Slope!.Op == ChainOp.PositiveGate);
}
