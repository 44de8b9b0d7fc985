using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>f of one half of a dimension times the other half, as one operation; the halves are read where they lie.</summary>
static class GatedActivationOp
{
    /// <param name="x">Of floating type.</param>
    /// <param name="dim">The dimension, counted from the front, of even size.</param>
    /// <param name="f">The activation.</param>
    /// <param name="second">It is applied to the second half.</param>
    /// <param name="composite">The same in operations, for other layouts, gradients of gradients and traces.</param>
    /// <param name="operation">The operation's name.</param>
    internal static Tensor Apply<F>(Tensor x, int dim, F f, bool second, Func<Tensor, int, Tensor> composite, [CallerMemberName] string operation = "")
        where F : struct, IActivation
    {
        if (!x.IsContiguous || x.Elements == 0 || OperationTrace.IsOn || x.DType is not (DType.Float32 or DType.Float64)) return composite(x, dim);
        int half = SoftmaxOps.Around(x.Shape, dim) is var (_, n, inner) ? n / 2 * inner : 0;
        var dims = x.Shape.ToArray();
        dims[dim] /= 2;
        var y = Tensor.Uninitialized(new(dims), x.DType);
        if (x.DType == DType.Float32) GatedLoops.Map(f, x.AsSpan<float>(), y.AsSpan<float>(), half, second);
        else GatedLoops.Map(f, x.AsSpan<double>(), y.AsSpan<double>(), half, second);
        GC.KeepAlive(x);
        Autograd.RecordJoint([y], (x: x.Saved, dim, half, f, second, composite), [x], static (dys, s, needed, results) =>
        {
            if (dys[0] is not { } dy) return;
            Tensor x = s.x;
            if (Autograd.IsEnabled)
            {
                CompositeGradient.Run(dys, [x], needed, results, inputs => [s.composite(inputs[0], s.dim)]);
                return;
            }
            var (dx, upstream) = (Tensor.Uninitialized(x.Shape, x.DType), dy.Contiguous());
            if (x.DType == DType.Float32) GatedLoops.Gradient(s.f, x.AsSpan<float>(), upstream.AsSpan<float>(), dx.AsSpan<float>(), s.half, s.second);
            else GatedLoops.Gradient(s.f, x.AsSpan<double>(), upstream.AsSpan<double>(), dx.AsSpan<double>(), s.half, s.second);
            GC.KeepAlive(x);
            GC.KeepAlive(upstream);
            results[0] = dx;
        }, operation: operation);
        return y;
    }
}
