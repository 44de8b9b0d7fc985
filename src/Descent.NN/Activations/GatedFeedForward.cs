using Descent.Tensors;

namespace Descent.NN;

/// <summary>Gated feed-forward block <c>down(activation(gate(x)) · up(x))</c>: SwiGLU with <see cref="SiLU"/>, GeGLU with <see cref="GELU"/>, ReGLU with <see cref="ReLU"/>.</summary>
/// <remarks>Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.</remarks>
/// <param name="width">Size of the last dimension, in and out.</param>
/// <param name="hidden">Size of the gated space between.</param>
/// <param name="activation">Of the gate; <see cref="SiLU"/> if null.</param>
/// <param name="bias">Whether the maps add something.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, as those of <see cref="Linear"/>.</param>
public sealed class GatedFeedForward(int width, int hidden, Module? activation = null, bool bias = false, DType? dtype = null, Generator? generator = null) : Module
{
    // The names are checkpoint keys: gate_proj.weight, up_proj.weight, down_proj.weight.
    readonly Linear _gateProj = new(width, hidden, bias, dtype, generator);
    readonly Linear _upProj = new(width, hidden, bias, dtype, generator);
    readonly Linear _downProj = new(hidden, width, bias, dtype, generator);
    readonly Module _actFn = activation ?? new SiLU();

    /// <param name="x">Shape <c>(..., width)</c>.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    public override Tensor Forward(Tensor x) => Observed(_downProj.Forward(_actFn.Forward(_gateProj.Forward(x)) * _upProj.Forward(x)));
}
