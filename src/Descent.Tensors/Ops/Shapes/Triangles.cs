namespace Descent.Tensors;

/// <summary>Matrices from diagonals, and their triangles.</summary>
public static class TriangleOps
{
    extension(Tensor x)
    {
        /// <summary>A vector as the diagonal of a matrix of zeros, or the diagonal of a matrix as a vector.</summary>
        /// <exception cref="ShapeException">There are neither one nor two dimensions.</exception>
        public Tensor Diag(int offset = 0) => x.Rank switch
        {
            1 => x.DiagEmbed(offset),
            2 => x.Diagonal(offset),
            _ => throw new ShapeException($"Diag: the shape is {x.Shape}; expected one or two dimensions. For batches there are Diagonal and DiagEmbed."),
        };

        /// <summary>The matrices' lower triangles, up to and with a diagonal; zeros above it.</summary>
        /// <param name="diagonal">0 is the main diagonal, positive ones lie above it, negative below.</param>
        /// <exception cref="ShapeException">There are fewer than two dimensions.</exception>
        public Tensor Tril(int diagonal = 0) => Autograd.Record(Triangle(x, diagonal, lower: true, nameof(Tril)), diagonal,
            (x, static (dy, diagonal) => dy.Tril(diagonal)));

        /// <summary>The matrices' upper triangles, from a diagonal on; zeros below it.</summary>
        /// <inheritdoc cref="Tril"/>
        public Tensor Triu(int diagonal = 0) => Autograd.Record(Triangle(x, diagonal, lower: false, nameof(Triu)), diagonal,
            (x, static (dy, diagonal) => dy.Triu(diagonal)));
    }

    static Tensor Triangle(Tensor x, int diagonal, bool lower, string operation)
    {
        if (x.Rank < 2) throw new ShapeException($"{operation}: the shape is {x.Shape}; expected at least two dimensions.");
        int rows = x.Shape[^2], columns = x.Shape[^1], size = x.DType.Size;
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (y.Elements == 0) return y;
        Copying.CopyInto(y, x);
        int lines = y.Elements / columns, each = Math.Max(1, Kernels.Elementwise.Grain / columns);
        WorkerPool.For((lines + each - 1) / each, piece =>
        {
            for (int line = piece * each; line < Math.Min(lines, (piece + 1) * each); line++)
            {
                int edge = (int)Math.Clamp((long)(line % rows) + diagonal + (lower ? 1 : 0), 0, columns);
                var row = y.Storage.Span<byte>(line * columns * size, columns * size);
                (lower ? row[(edge * size)..] : row[..(edge * size)]).Clear();
            }
        });
        return y;
    }
}
