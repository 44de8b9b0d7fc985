using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>
/// The linear layer in a bfloat16 region: the input and the weight are bfloat16, the bias and all sums float32, the result is
/// bfloat16. The gradients of float32 parameters are float32 sums that were never rounded in between.
/// </summary>
static unsafe class NarrowLinear
{
    /// <summary>Whether this region and these types are for this operation.</summary>
    internal static bool Takes(Tensor x, Tensor weight, Tensor? bias) =>
        Autocast.Current == DType.BFloat16 && IsTaken(x) && IsTaken(weight) && (bias is null || IsTaken(bias));

    static bool IsTaken(Tensor x) => x.DType is DType.Float32 or DType.BFloat16;

    internal static Tensor Apply(Tensor x, Tensor weight, Tensor? bias)
    {
        F.CheckLinearShapes(x, weight, bias);
        // Where nothing is to be kept for backward, the input is rounded as it is packed.
        var low = Autograd.Wants(weight) || x.DType == DType.BFloat16 ? Autocast.Low(x) : x;
        var lowWeight = Autocast.Low(weight);
        if (x.Rank != 2)
        {
            int rows = MatMulOps.Rows(x.Shape);
            return Run(x.Reshape(rows, x.Shape[^1]), low.Reshape(rows, x.Shape[^1]), weight, lowWeight, bias).Reshape([.. x.Shape[..^1], weight.Shape[0]]);
        }
        return Run(x, low, weight, lowWeight, bias);
    }

    static Tensor Run(Tensor x, Tensor low, Tensor weight, Tensor lowWeight, Tensor? bias)
    {
        var y = Tensor.Uninitialized(new(x.Shape[0], weight.Shape[0]), DType.BFloat16);
        MatMulOps.MultiplyNarrow(y, low, false, lowWeight, true, bias);
        // The gradients go to what was given, past the conversions; these stay connected for gradients of gradients.
        var saved = (x: low.Saved, weight: lowWeight.Saved, xType: x.DType, weightType: weight.DType);
        return bias is null
            ? Autograd.Record(y, saved,
                (x, static (dy, s) => MatMulOps.Product(dy, s.weight, false, false, s.xType)),
                (weight, static (dy, s) => MatMulOps.Product(dy, s.x, true, false, s.weightType)), operation: nameof(F.Linear))
            : Autograd.Record(y, (s: saved, bias: bias.DType),
                (x, static (dy, t) => MatMulOps.Product(dy, t.s.weight, false, false, t.s.xType)),
                (weight, static (dy, t) => MatMulOps.Product(dy, t.s.x, true, false, t.s.weightType)),
                (bias, static (dy, t) => ColumnSums(dy, t.bias)), operation: nameof(F.Linear));
    }

    /// <summary>The sums over all rows, in float32 or rounded once.</summary>
    static Tensor ColumnSums(Tensor dy, DType type)
    {
        int columns = dy.Shape[1];
        if (Autograd.IsEnabled || !dy.IsContiguous || !dy.DType.IsReduced) return dy.To(DType.Float32).SumTo(new(columns)).To(type);
        var sums = Tensor.Uninitialized(new(columns), DType.Float32);
        fixed (byte* x = dy.AsBytes())
        fixed (float* y = sums.AsSpan<float>())
            NarrowSums.Columns(new(x, dy.DType), dy.Shape[0], columns, y);
        GC.KeepAlive(dy);
        return sums.To(type);
    }
}
