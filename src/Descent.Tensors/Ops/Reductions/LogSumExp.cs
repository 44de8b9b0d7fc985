using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Logarithms of sums of exponentials.</summary>
public static class LogSumExpOps
{
    extension(Tensor x)
    {
        /// <summary><c>log Σ exp(x)</c> along a dimension, without overflow.</summary>
        /// <exception cref="ShapeException">There is no such dimension.</exception>
        public Tensor LogSumExp(int dim, bool keepDim = false) => x.LogSumExp([dim], keepDim);

        /// <summary><c>log Σ exp(x)</c> along dimensions (all, where none is named), without overflow; −∞ where all are, with gradient 0.</summary>
        /// <exception cref="ShapeException">There is no such dimension, or one is named twice.</exception>
        public Tensor LogSumExp(int[] dims, bool keepDim = false)
        {
            x = x.DType.IsFloatingPoint ? Autocast.Full(x) : x.To(Tensor.DefaultDType);
            if (x.DType.IsReduced) return x.To(DType.Float32).LogSumExp(dims, keepDim).To(x.DType);
            var reduced = Folding.Mark(x.Shape, dims, nameof(LogSumExp));
            var y = Tensor.Uninitialized(keepDim ? Folding.Kept(x.Shape, reduced) : Folding.Dropped(x.Shape, reduced), x.DType);
            Forward(x, reduced, y);
            return Autograd.Record(y, (x: x.Saved, y: y.Saved, reduced), (x, static (dy, s) =>
            {
                Tensor x = s.x, y = s.y;
                var finite = y.MaskedFill(y.Eq(double.NegativeInfinity), 0);
                return ReductionOps.Spread(dy, x.Shape, s.reduced) * (x - ReductionOps.Spread(finite, x.Shape, s.reduced)).Exp();
            }));
        }
    }

    static void Forward(Tensor x, bool[] reduced, Tensor y)
    {
        if (y.Elements == 0) return;
        int n = Folding.Count(x.Shape, reduced);
        if (n == 0)
        {
            Copying.CopyInto(y, Tensor.Full([], double.NegativeInfinity, y.DType).Expand(y.Shape));
            return;
        }
        int[] order = [.. Enumerable.Range(0, x.Rank).OrderBy(d => reduced[d])];
        var rows = x.Detach().Permute(order).Contiguous();
        if (x.DType == DType.Float32) SoftmaxRows.LogSumExp<float>(rows.AsSpan<float>(), y.AsSpan<float>(), y.Elements, n);
        else SoftmaxRows.LogSumExp<double>(rows.AsSpan<double>(), y.AsSpan<double>(), y.Elements, n);
        GC.KeepAlive(rows);
    }
}
