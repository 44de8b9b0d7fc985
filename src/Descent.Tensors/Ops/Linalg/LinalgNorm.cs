namespace Descent.Tensors;

/// <summary>Norms of matrices, and the choice between those and norms of vectors.</summary>
static class LinalgNorm
{
    internal static Tensor Norm(Tensor x, NormOrder? order, int[]? dims, bool keepDim)
    {
        bool matrix = dims is null ? order is not null && x.Rank == 2 : dims.Length == 2;
        if (matrix) return Matrix(x, order ?? NormOrder.Frobenius, dims ?? [0, 1], keepDim);
        if (order is { } given && double.IsNaN(given.P))
            throw new ArgumentException($"Linalg.Norm: {given} is a norm of matrices, but the shape is {x.Shape} and {dims?.Length ?? 0} dimensions are named. " +
                "Expected two dimensions.", nameof(order));
        return x.Norm(order?.P ?? 2, dims ?? [], keepDim);
    }

    internal static Tensor Matrix(Tensor x, NormOrder order, int[] dims, bool keepDim)
    {
        if (!x.DType.IsFloatingPoint)
            throw new NotSupportedException($"Linalg.MatrixNorm is not defined for {x.DType}. Convert with To(DType).");
        if (x.Rank < 2 || dims.Length != 2)
            throw new ShapeException($"Linalg.MatrixNorm: the shape is {x.Shape}, dimensions ({string.Join(", ", dims)}). Expected two dimensions of rows and columns.");
        int rows = x.Shape.Axis(dims[0], "Linalg.MatrixNorm"), columns = x.Shape.Axis(dims[1], "Linalg.MatrixNorm");
        if (rows == columns) throw new ShapeException($"Linalg.MatrixNorm: dimension {rows} of {x.Shape} is named twice. Expected two different dimensions.");
        if (order.IsFrobenius) return x.Norm(2, dims, keepDim);
        // Sizes of 1 are kept until both dimensions are reduced, so that their places do not move.
        Tensor y = order.IsNuclear ? Spectral(x, rows, columns, static s => s.Sum(-1)) : order.P switch
        {
            1 => x.Abs().Sum(rows, keepDim: true).Amax(columns, keepDim: true),
            -1 => x.Abs().Sum(rows, keepDim: true).Amin(columns, keepDim: true),
            double.PositiveInfinity => x.Abs().Sum(columns, keepDim: true).Amax(rows, keepDim: true),
            double.NegativeInfinity => x.Abs().Sum(columns, keepDim: true).Amin(rows, keepDim: true),
            2 => Spectral(x, rows, columns, static s => s.Select(-1, 0)),
            -2 => Spectral(x, rows, columns, static s => s.Select(-1, -1)),
            _ => throw new ArgumentException($"Linalg.MatrixNorm: there is no matrix norm of order {order}. Expected ±1, ±2, ±infinity, Frobenius or Nuclear.", nameof(order)),
        };
        if (keepDim) return y;
        return y.Squeeze(Math.Max(rows, columns)).Squeeze(Math.Min(rows, columns));
    }

    static Tensor Spectral(Tensor x, int rows, int columns, Func<Tensor, Tensor> reduce)
    {
        int[] order = [.. Enumerable.Range(0, x.Rank).Where(d => d != rows && d != columns), rows, columns];
        var y = reduce(LinalgSpectral.Svd(x.Permute(order), full: false).S);
        return y.Unsqueeze(Math.Min(rows, columns)).Unsqueeze(Math.Max(rows, columns));
    }
}
