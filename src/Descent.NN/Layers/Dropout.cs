using Descent.Tensors;

namespace Descent.NN;

/// <summary>In training, sets elements to 0 at random and scales the rest by <c>1 / (1 − p)</c>; in evaluation, gives what it takes.</summary>
/// <remarks>Srivastava et al., "Dropout", 2014.</remarks>
public sealed class Dropout : Module
{
    readonly Generator? _generator;

    /// <param name="p">Probability of an element to become 0.</param>
    /// <param name="generator">Draws which; <see cref="Generator.Default"/> if null.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not in [0, 1].</exception>
    public Dropout(double p = 0.5, Generator? generator = null)
    {
        if (!(p is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, $"Dropout: p is {p}; it must be in [0, 1].");
        (P, _generator) = (p, generator);
    }

    /// <summary>Probability of an element to become 0.</summary>
    public double P { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(F.Dropout(x, P, IsTraining, _generator));
}
