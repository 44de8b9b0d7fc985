namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>y[k] = x1ᵀ · weight[k] · x2 + bias[k]</c>, over the last dimensions.</summary>
    /// <param name="x1">Shape <c>(..., in1)</c>.</param>
    /// <param name="x2">Shape <c>(..., in2)</c>, equal to that of <paramref name="x1"/> but for the last dimension.</param>
    /// <param name="weight">Shape <c>(out, in1, in2)</c>.</param>
    /// <param name="bias">Shape <c>(out)</c>, or null.</param>
    /// <returns>Shape <c>(..., out)</c>.</returns>
    /// <exception cref="ShapeException">The shapes are not such.</exception>
    public static Tensor Bilinear(Tensor x1, Tensor x2, Tensor weight, Tensor? bias = null)
    {
        if (weight.Shape is not [int outputs, int in1, int in2] || x1.Rank == 0 || x1.Rank != x2.Rank || x1.Shape[^1] != in1 || x2.Shape[^1] != in2
            || x1.Shape[..^1] != x2.Shape[..^1])
            throw new ShapeException($"Bilinear: inputs {x1.Shape} and {x2.Shape}, weight {weight.Shape}. Expected (..., in1), (..., in2) and (out, in1, in2).");
        if (bias is not null && bias.Shape != new Shape(outputs))
            throw new ShapeException($"Bilinear: the bias has shape {bias.Shape}; expected ({outputs},), one per output of the weight {weight.Shape}.");
        int rows = x1.Shape[..^1].Elements;
        // x1 · weight first: the matrix product does the bulk of the work.
        var half = x1.Reshape(rows, in1).MatMul(weight.Permute(1, 0, 2).Reshape(in1, outputs * in2)).Reshape(rows, outputs, in2);
        var y = half.MatMul(x2.Reshape(rows, in2, 1)).Reshape([.. x1.Shape[..^1], outputs]);
        return bias is null ? y : y + bias;
    }
}
