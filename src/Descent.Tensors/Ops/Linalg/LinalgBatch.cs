namespace Descent.Tensors;

/// <summary>What the operations of <see cref="Linalg"/> share: batches of matrices, read in double precision, and their errors.</summary>
static class LinalgBatch
{
    /// <summary>The number of matrices.</summary>
    internal static int Count(Tensor a)
    {
        int count = 1;
        for (int i = 0; i < a.Rank - 2; i++) count *= a.Shape[i];
        return count;
    }

    /// <summary>The elements in double precision and in order, outside the graph; not to be written to.</summary>
    internal static Tensor Wide(Tensor a)
    {
        using var _ = Autograd.NoGrad();
        return a.To(DType.Float64).Contiguous();
    }

    /// <summary>A result in the type of the operand.</summary>
    internal static Tensor Narrow(Tensor wide, Tensor like)
    {
        using var _ = Autograd.NoGrad();
        return wide.To(like.DType);
    }

    /// <summary>Matrix <paramref name="index"/> of a batch in order.</summary>
    internal static Span<double> Matrix(Tensor wide, int index)
    {
        int size = wide.Shape[^2] * wide.Shape[^1];
        return wide.AsSpan<double>().Slice(index * size, size);
    }

    /// <summary>Vector <paramref name="index"/> of a batch in order.</summary>
    internal static Span<double> Vector(Tensor wide, int index) => wide.AsSpan<double>().Slice(index * wide.Shape[^1], wide.Shape[^1]);

    internal static void CheckMatrix(Tensor a, string operation)
    {
        if (a.Rank < 2)
            throw new ShapeException($"Linalg.{operation}: the shape is {a.Shape}. Expected (..., m, n), a matrix or a batch of matrices.");
        if (a.DType is not (DType.Float32 or DType.Float64))
            throw new NotSupportedException($"Linalg.{operation} is not defined for {a.DType}. Convert to Float32 or Float64 with To(DType).");
    }

    internal static void CheckSquare(Tensor a, string operation)
    {
        CheckMatrix(a, operation);
        if (a.Shape[^1] != a.Shape[^2])
            throw new ShapeException($"Linalg.{operation}: the matrices of {a.Shape} are {a.Shape[^2]} by {a.Shape[^1]}. Expected (..., n, n), square ones.");
    }

    internal static void CheckFinite(Tensor wide, string operation)
    {
        if (wide.AsSpan<double>().ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
            throw new ArgumentException($"Linalg.{operation}: the operand of shape {wide.Shape} holds NaN or infinity. Expected finite numbers.");
    }

    /// <summary>Which matrix an error is about.</summary>
    internal static string Name(Tensor a, int index) => a.Rank == 2 ? "the matrix" : $"matrix {index} of the batch {a.Shape[..^2]}";

    /// <summary>A matrix of <paramref name="below"/> below, <paramref name="on"/> on and <paramref name="above"/> above the diagonal.</summary>
    internal static Tensor Pattern(int n, double below, double on, double above, DType dtype)
    {
        var y = Tensor.Uninitialized(new(n, n), DType.Float64);
        var values = y.AsSpan<double>();
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) values[i * n + j] = i > j ? below : i == j ? on : above;
        return y.To(dtype);
    }
}
