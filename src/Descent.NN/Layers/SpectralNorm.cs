using Descent.Tensors;

namespace Descent.NN;

/// <summary>A module whose weight is divided by its greatest singular value, which power iterations follow in training.</summary>
/// <remarks>Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018, arXiv:1802.05957.</remarks>
/// <param name="module">The module, such as a <see cref="Linear"/> or a convolution.</param>
/// <param name="name">The key of its parameter.</param>
/// <param name="powerIterations">Power iterations before every pass in training.</param>
/// <param name="epsilon">The least norm that is divided by.</param>
/// <param name="dim">The dimension of the outputs; null for 1 of transposed convolutions, else 0.</param>
/// <param name="generator">Draws where the iterations start; <see cref="Generator.Default"/> if null.</param>
/// <exception cref="ArgumentException">There is no such parameter, or no iterations.</exception>
public sealed class SpectralNorm(Module module, string name = "weight", int powerIterations = 1, double epsilon = 1e-12, int? dim = null, Generator? generator = null)
    : Parametrized(module, name, weight => new Scaled(weight, dim ?? (module is TransposedConvolution ? 1 : 0), powerIterations, epsilon, generator))
{
    sealed class Scaled : Parametrization
    {
        [Name("0")] readonly Iteration _iteration;

        internal Scaled(Parameter weight, int dim, int powerIterations, double epsilon, Generator? generator)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(powerIterations, 1);
            Original = new(weight.Detach());
            _iteration = new(Original, dim, powerIterations, epsilon, generator);
        }

        Parameter Original { get; }

        internal override Tensor Value() => Original / _iteration.Sigma(Original);
    }

    /// <summary>The estimated singular vectors; of a weight of one dimension its norm serves.</summary>
    sealed class Iteration : Module
    {
        readonly int _dim, _powerIterations;
        readonly double _epsilon;
        [Name("_u")] readonly Tensor? _u;
        [Name("_v")] readonly Tensor? _v;

        internal Iteration(Tensor weight, int dim, int powerIterations, double epsilon, Generator? generator)
        {
            (_dim, _powerIterations, _epsilon) = (dim, powerIterations, epsilon);
            if (weight.Rank < 2) return;
            using var _ = Autograd.NoGrad();
            var matrix = Matrix(weight);
            (_u, _v) = (Tensor.Randn([matrix.Shape[0]], weight.DType, generator), Tensor.Randn([matrix.Shape[1]], weight.DType, generator));
            Iterate(matrix, 15);
        }

        Tensor Matrix(Tensor weight) => weight.Movedim(_dim, 0).Flatten(1);

        Tensor Direction(Tensor x) => x / x.Norm().Clamp(_epsilon, null);

        void Iterate(Tensor matrix, int times)
        {
            for (int i = 0; i < times; i++)
            {
                _u!.Copy_(Direction(matrix.MatMul(_v!)));
                _v!.Copy_(Direction(matrix.T.MatMul(_u!)));
            }
        }

        internal Tensor Sigma(Tensor weight)
        {
            if (_u is null || _v is null) return weight.Norm().Clamp(_epsilon, null);
            var matrix = Matrix(weight);
            if (IsTraining)
            {
                using var _ = Autograd.NoGrad();
                Iterate(matrix.Detach(), _powerIterations);
            }
            // Copies: the next iterations change the vectors before backward may have read them.
            return (_u.Clone() * matrix.MatMul(_v.Clone())).Sum();
        }
    }
}
