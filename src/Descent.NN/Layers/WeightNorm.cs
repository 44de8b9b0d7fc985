using Descent.Tensors;

namespace Descent.NN;

/// <summary>A module whose weight is learned by direction and length, <c>g · v / ‖v‖</c>, as <see cref="F.WeightNorm"/>.</summary>
/// <remarks>Salimans and Kingma, "Weight Normalization", 2016, arXiv:1602.07868.</remarks>
/// <param name="module">The module, such as a <see cref="Linear"/> or a convolution.</param>
/// <param name="name">The key of its parameter.</param>
/// <param name="dim">The dimension along which every slice has a length of its own; null for one length of the whole.</param>
/// <exception cref="ArgumentException">There is no such parameter.</exception>
public sealed class WeightNorm(Module module, string name = "weight", int? dim = 0) : Parametrized(module, name, weight => new Lengths(weight, dim))
{
    sealed class Lengths : Parametrization
    {
        readonly int? _dim;

        internal Lengths(Parameter weight, int? dim)
        {
            _dim = dim < 0 ? dim + weight.Rank : dim;
            Original0 = new(weight.Detach().Norm(2, [.. Enumerable.Range(0, weight.Rank).Where(d => d != _dim)], keepDim: dim is not null));
            Original1 = new(weight.Detach());
        }

        // Lengths and directions, as PyTorch numbers them.
        Parameter Original0 { get; }
        Parameter Original1 { get; }

        internal override Tensor Value() => F.WeightNorm(Original1, Original0, _dim);
    }
}
