using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A matrix that can be multiplied by, however it is stored.</summary>
interface IProductMatrix
{
    int Rows { get; }

    int Columns { get; }

    /// <summary>A · B of (columns × k).</summary>
    Tensor Times(Tensor b);

    /// <summary>Aᵀ · B of (rows × k).</summary>
    Tensor TransposedTimes(Tensor b);
}

/// <summary>A matrix with all its numbers.</summary>
sealed record DenseMatrix(Tensor Values) : IProductMatrix
{
    public int Rows => Values.Shape[0];

    public int Columns => Values.Shape[1];

    public Tensor Times(Tensor b) => Values.MatMul(b);

    public Tensor TransposedTimes(Tensor b) => Values.T.MatMul(b);
}

/// <summary>The greatest singular values and their right vectors, by products with a few random vectors.</summary>
/// <remarks>Halko, Martinsson and Tropp, "Finding Structure with Randomness", SIAM Review 53, 2011: power iterations with orthonormal bases.</remarks>
static class RandomizedSvd
{
    const int Oversampling = 10;

    /// <summary>The right vectors (components × columns), each with its greatest weight positive, and the singular values.</summary>
    internal static (Tensor Vectors, double[] Values) Of(IProductMatrix a, int components, int iterations, ulong seed)
    {
        using var _ = Autograd.NoGrad();
        int width = Math.Min(components + Oversampling, Math.Min(a.Rows, a.Columns));
        double[] start = new double[a.Columns * width];
        new Generator(seed).Normal(start);
        var q = Linalg.Qr(a.Times(Tensor.From<double>(start, [a.Columns, width]))).Q;
        for (int i = 0; i < iterations; i++)
            q = Linalg.Qr(a.Times(Linalg.Qr(a.TransposedTimes(q)).Q)).Q;
        var (_, values, vectors) = Linalg.Svd(a.TransposedTimes(q).T, fullMatrices: false);
        return (Signed(vectors[..components]), values[..components].ToArray<double>());
    }

    /// <summary>Rows with their weight of greatest magnitude made positive: a vector's sign is arbitrary, and this one is always the same.</summary>
    internal static Tensor Signed(Tensor vectors)
    {
        double[] values = vectors.ToArray<double>();
        int columns = vectors.Shape[1];
        for (int at = 0; at < values.Length; at += columns)
        {
            var own = values.AsSpan(at, columns);
            if (own[System.Numerics.Tensors.TensorPrimitives.IndexOfMaxMagnitude<double>(own)] < 0) System.Numerics.Tensors.TensorPrimitives.Negate<double>(own, own);
        }
        return Tensor.From<double>(values, vectors.Shape);
    }
}
