using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Activations that pair the halves <c>a, b</c> of a dimension, which becomes half as long, and Maxout.</summary>
/// <remarks>Dauphin et al., 2016, arXiv:1612.08083; Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.</remarks>
public static class GatedActivationOps
{
    extension(Tensor x)
    {
        /// <summary><c>a · σ(b)</c>.</summary>
        /// <exception cref="ShapeException">The dimension's size is odd.</exception>
        public Tensor Glu(int dim = -1) => GatedActivationOp.Apply(x, Even(x, dim, nameof(Glu)), new SigmoidActivation(), second: true, static (x, dim) =>
        {
            var (a, b) = Halves(x, dim);
            return a * b.Sigmoid();
        });

        /// <summary><c>relu(a) · b</c>.</summary>
        /// <exception cref="ShapeException">The dimension's size is odd.</exception>
        public Tensor ReGlu(int dim = -1)
        {
            var (a, b) = Halves(x, Even(x, dim, nameof(ReGlu)));
            return a.Relu() * b;
        }

        /// <summary><c>gelu(a) · b</c>.</summary>
        /// <exception cref="ShapeException">The dimension's size is odd.</exception>
        public Tensor GeGlu(int dim = -1, GeluApproximation approximate = GeluApproximation.None) => approximate == GeluApproximation.Tanh
            ? GatedActivationOp.Apply(x, Even(x, dim, nameof(GeGlu)), new GeluTanhActivation(), second: false, static (x, dim) =>
            {
                var (a, b) = Halves(x, dim);
                return a.Gelu(GeluApproximation.Tanh) * b;
            })
            : GatedActivationOp.Apply(x, Even(x, dim, nameof(GeGlu)), new GeluActivation(), second: false, static (x, dim) =>
            {
                var (a, b) = Halves(x, dim);
                return a.Gelu() * b;
            });

        /// <summary><c>silu(a) · b</c>.</summary>
        /// <exception cref="ShapeException">The dimension's size is odd.</exception>
        public Tensor SwiGlu(int dim = -1) => GatedActivationOp.Apply(x, Even(x, dim, nameof(SwiGlu)), new SwishActivation(1), second: false, static (x, dim) =>
        {
            var (a, b) = Halves(x, dim);
            return a.Silu() * b;
        });

        /// <summary>The greatest of every <paramref name="pieces"/> neighbours of a dimension, which becomes so many times shorter.</summary>
        /// <remarks>Goodfellow et al., "Maxout Networks", 2013, arXiv:1302.4389.</remarks>
        /// <exception cref="ShapeException">The dimension's size is not a multiple of <paramref name="pieces"/>.</exception>
        public Tensor Maxout(int pieces, int dim = -1)
        {
            dim = x.Shape.Axis(dim, nameof(Maxout));
            if (pieces < 1 || x.Rank == 0 || x.Shape[dim] % pieces != 0)
                throw new ShapeException($"Maxout: dimension {dim} of {x.Shape} does not divide into groups of {pieces}.");
            return x.Unflatten(dim, x.Shape[dim] / pieces, pieces).Max(dim + 1).Values;
        }
    }

    /// <summary>The dimension counted from the front, once it is known to have two halves.</summary>
    static int Even(Tensor x, int dim, string operation)
    {
        dim = x.Shape.Axis(dim, operation);
        return x.Rank > 0 && x.Shape[dim] % 2 == 0 ? dim
            : throw new ShapeException($"{operation}: dimension {dim} of {x.Shape} cannot be halved. Expected an even size.");
    }

    static (Tensor A, Tensor B) Halves(Tensor x, int dim)
    {
        int half = x.Shape[dim] / 2;
        return (x.Narrow(dim, 0, half), x.Narrow(dim, half, half));
    }
}
