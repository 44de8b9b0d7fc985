using Descent.Tensors;

namespace Descent.NN;

/// <summary>A tensor that is learned: modules list their fields of this type, and optimizers change them.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>A parameter over the elements of <paramref name="source"/>, outside the graph that made it.</summary>
    /// <param name="source">The initial values; they are shared, not copied.</param>
    /// <param name="requiresGrad">Whether it is trained; needs a floating-point type.</param>
    /// <exception cref="InvalidOperationException">Gradients are asked for, but the type has none.</exception>
    public Parameter(Tensor source, bool requiresGrad = true) : base(source) => RequiresGrad = requiresGrad;

    Parameter(Tensor source) : base(source, keepGraph: true) { }

    /// <summary>A stand-in for a parameter through which gradients flow on to <paramref name="source"/>.</summary>
    internal static Parameter Through(Tensor source) => source as Parameter ?? new(source);

    /// <summary>A stand-in that is computed from parameters held elsewhere: modules do not list it.</summary>
    internal static Parameter Derived(Tensor source) => new(source) { IsDerived = true };

    internal bool IsDerived { get; private init; }
}
