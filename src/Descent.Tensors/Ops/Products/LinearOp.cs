namespace Descent.Tensors;

/// <summary>Functions of neural networks, without state: what the layers are made of.</summary>
public static partial class F
{
    /// <summary><c>x · weightᵀ + bias</c>, over the last dimension of <paramref name="x"/>, in one pass.</summary>
    /// <param name="x">Of shape <c>(..., in)</c>.</param>
    /// <param name="weight">Of shape <c>(out, in)</c>.</param>
    /// <param name="bias">Of shape <c>(out)</c>, or null for none.</param>
    /// <returns>Of shape <c>(..., out)</c>.</returns>
    /// <exception cref="ShapeException">The shapes are not such.</exception>
    /// <exception cref="InvalidOperationException">The element types differ.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (NarrowLinear.Takes(x, weight, bias)) return NarrowLinear.Apply(x, weight, bias);
        (x, weight, bias) = (Autocast.Low(x), Autocast.Low(weight), bias is null ? null : Autocast.Low(bias));
        CheckLinear(x, weight, bias);
        return PlainLinear(x, weight, bias);
    }

    static Tensor PlainLinear(Tensor x, Tensor weight, Tensor? bias)
    {
        if (x.Rank != 2)
            return PlainLinear(x.Reshape(MatMulOps.Rows(x.Shape), x.Shape[^1]), weight, bias).Reshape([.. x.Shape[..^1], weight.Shape[0]]);
        if (bias is null) return MatMulOps.Product(x, weight, false, true);
        if (!x.DType.IsFloatingPoint) return MatMulOps.Product(x, weight, false, true).Add(bias);

        var addend = bias.Contiguous();
        var y = Tensor.Uninitialized(new(x.Shape[0], weight.Shape[0]), x.DType);
        if (x.DType.IsReduced) MatMulOps.MultiplyNarrow(y, x, false, weight, true, addend);
        else if (x.DType == DType.Float32) MatMulOps.Multiply<float>(y, x, false, weight, true, addend);
        else MatMulOps.Multiply<double>(y, x, false, weight, true, addend);
        return Autograd.Record(y, (x: x.Saved, weight: weight.Saved, bias: bias.Shape),
            (x, static (dy, s) => MatMulOps.Product(dy, s.weight, false, false)),
            (weight, static (dy, s) => MatMulOps.WeightGradient(s.weight, dy, s.x)),
            (bias, static (dy, s) => dy.SumTo(s.bias)), operation: nameof(Linear));
    }

    internal static void CheckLinearShapes(Tensor x, Tensor weight, Tensor? bias)
    {
        if (weight.Rank != 2)
            throw new ShapeException($"Linear: the weight has shape {weight.Shape}. Expected (out, in).");
        int width = weight.Shape[1];
        if (x.Rank == 0 || x.Shape[^1] != width)
            throw new ShapeException($"Linear: the input has shape {x.Shape}, but the weight {weight.Shape}. Expected an input of (..., {width}).");
        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0]))
            throw new ShapeException($"Linear: the bias has shape {bias.Shape}, but the weight {weight.Shape}. Expected a bias of ({weight.Shape[0]},).");
    }

    static void CheckLinear(Tensor x, Tensor weight, Tensor? bias)
    {
        CheckLinearShapes(x, weight, bias);
        if (x.DType != weight.DType || (bias is not null && bias.DType != x.DType))
            throw new InvalidOperationException($"Linear: the input is {x.DType}, the weight {weight.DType}" +
                (bias is null ? "" : $", the bias {bias.DType}") + ". Expected one type; convert with To(DType).");
    }
}
