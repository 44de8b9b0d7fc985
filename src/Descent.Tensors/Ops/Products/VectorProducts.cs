namespace Descent.Tensors;

/// <summary>Products of vectors and matrices that are <see cref="MatMulOps"/> with other shapes around them.</summary>
public static class VectorProductOps
{
    extension(Tensor a)
    {
        /// <summary>The sum of the products of two vectors' elements, of shape <c>()</c>.</summary>
        /// <exception cref="ShapeException">They are not vectors of one length.</exception>
        public Tensor Dot(Tensor b) => a.Rank == 1 && b.Rank == 1 && a.Elements == b.Elements ? a.MatMul(b) : throw new ShapeException(
            $"Dot: {a.Shape} · {b.Shape} do not fit. Expected two vectors of one length; MatMul takes other shapes.");

        /// <summary>A matrix times a vector: <c>(m, k) × (k)</c> gives <c>(m)</c>.</summary>
        /// <exception cref="ShapeException">The shapes are not such.</exception>
        public Tensor Mv(Tensor b) => a.Rank == 2 && b.Rank == 1 && a.Shape[1] == b.Elements ? a.MatMul(b) : throw new ShapeException(
            $"Mv: {a.Shape} × {b.Shape} do not fit. Expected (m, k) × (k,); MatMul takes other shapes.");

        /// <summary>Every element of a vector times every element of another: <c>(m)</c> and <c>(n)</c> give <c>(m, n)</c>.</summary>
        /// <exception cref="ShapeException">They are not vectors.</exception>
        public Tensor Outer(Tensor b) => a.Rank == 1 && b.Rank == 1 ? a.Unsqueeze(1) * b : throw new ShapeException(
            $"Outer: the shapes are {a.Shape} and {b.Shape}. Expected two vectors.");

        /// <summary>
        /// <c>beta · this + alpha · mat1 × mat2</c>, where this broadcasts to the product's shape. With beta 0 this is not read.
        /// </summary>
        /// <param name="mat1">Of shape <c>(m, k)</c>.</param>
        /// <param name="mat2">Of shape <c>(k, n)</c>.</param>
        /// <exception cref="ShapeException">The shapes are not such.</exception>
        public Tensor Addmm(Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null)
        {
            if (mat1.Rank != 2 || mat2.Rank != 2)
                throw new ShapeException($"Addmm: {mat1.Shape} × {mat2.Shape} do not fit. Expected two matrices; Baddbmm takes batches.");
            return Combine(a, mat1.MatMul(mat2), beta ?? 1, alpha ?? 1, nameof(Addmm));
        }

        /// <summary>
        /// <c>beta · this + alpha · batch1 × batch2</c>, where this broadcasts to the product's shape. With beta 0 this is not read.
        /// </summary>
        /// <param name="batch1">Of shape <c>(b, m, k)</c>.</param>
        /// <param name="batch2">Of shape <c>(b, k, n)</c>.</param>
        /// <exception cref="ShapeException">The shapes are not such.</exception>
        public Tensor Baddbmm(Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null) =>
            Combine(a, batch1.Bmm(batch2), beta ?? 1, alpha ?? 1, nameof(Baddbmm));

        /// <summary>The sum of a matrix's diagonal, of shape <c>()</c>.</summary>
        /// <exception cref="ShapeException">It is not a matrix.</exception>
        public Tensor Trace() => a.Rank == 2 ? a.Diagonal().Sum() : throw new ShapeException(
            $"Trace: the shape is {a.Shape}. Expected a matrix; Diagonal(dim1: -2, dim2: -1).Sum(-1) does a batch.");
    }

    static Tensor Combine(Tensor input, Tensor product, Scalar beta, Scalar alpha, string operation)
    {
        if (Shape.Broadcast(input.Shape, product.Shape, operation) != product.Shape)
            throw new ShapeException($"{operation}: {input.Shape} does not broadcast to the product's {product.Shape}.");
        if (alpha.AsDouble() != 1) product = product.Mul(alpha);
        if (beta.AsDouble() == 0) return product;
        return (beta.AsDouble() == 1 ? input : input.Mul(beta)) + product;
    }
}
