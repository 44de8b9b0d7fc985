using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>
/// A convolution of bfloat16 images: the weight is rounded as it is packed, sums and the gradients of float32 parameters are
/// float32, and the result is bfloat16.
/// </summary>
static unsafe class NarrowConvolutionOp
{
    readonly record struct State(ConvShape Shape, Saved X, DType XType, Saved Weight, DType? BiasType);

    /// <summary>Whether this is the operation for these types in this region: what is float32 is to be rounded only within one.</summary>
    internal static bool Takes(in ConvShape shape, Tensor x, Tensor weight, Tensor? bias)
    {
        bool region = Autocast.Current == DType.BFloat16;
        bool Is(Tensor t) => t.DType == DType.BFloat16 || (region && t.DType == DType.Float32);
        return Is(x) && Is(weight) && (bias is null || Is(bias)) && NarrowConvolution.Fits(shape) && !OperationTrace.IsOn;
    }

    internal static Tensor Apply(ConvShape shape, Tensor x, Tensor weight, Tensor? bias)
    {
        var low = (x.DType == DType.BFloat16 ? x : Autocast.Low(x)).Contiguous();
        var (source, addend) = (weight.Contiguous(), bias?.To(DType.Float32).Contiguous());
        var y = Tensor.Uninitialized([shape.N, shape.O, shape.OutH, shape.OutW], DType.BFloat16);
        if (y.Elements > 0)
            fixed (BFloat16* px = low.AsSpan<BFloat16>(), py = y.AsSpan<BFloat16>())
            fixed (byte* pw = source.AsBytes())
            fixed (float* pb = addend is null ? default : addend.AsSpan<float>())
                NarrowConvolution.Forward(shape, px, new(pw, weight.DType), pb, py);
        GC.KeepAlive(low);
        GC.KeepAlive(source);
        GC.KeepAlive(addend);
        var state = new State(shape, low.Saved, x.DType, weight.Saved, bias?.DType);
        if (bias is null) Autograd.RecordJoint([y], state, [x, weight], Gradients, operation: "Convolution");
        else Autograd.RecordJoint([y], state, [x, weight, bias], Gradients, operation: "Convolution");
        return y;
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        if (dys[0] is not { } dy) return;
        Tensor x = s.X.Value, weight = s.Weight.Value;
        if (needed.Length > 2 && needed[2]) results[2] = dy.To(DType.Float32).Sum([0, 2, 3]).To(s.BiasType!.Value);
        if (Autograd.IsEnabled)
        {
            // Recorded operations are those of float32.
            var slopes = dy.To(DType.Float32);
            if (needed[0]) results[0] = ConvolutionOps.InputGradient(s.Shape, slopes, weight.To(DType.Float32)).To(s.XType);
            if (needed[1]) results[1] = ConvolutionOps.WeightGradient(s.Shape, x.To(DType.Float32), slopes).To(weight.DType);
            return;
        }
        dy = dy.To(DType.BFloat16).Contiguous();
        if (needed[0]) results[0] = InputGradient(s, dy, weight);
        if (needed[1]) results[1] = WeightGradient(s.Shape, x, dy).To(weight.DType);
    }

    static Tensor InputGradient(State s, Tensor dy, Tensor weight)
    {
        if (!NarrowConvolution.FitsInputGradient(s.Shape))
            return ConvolutionOps.InputGradient(s.Shape, dy.To(DType.Float32), weight.To(DType.Float32)).To(s.XType);
        weight = weight.Contiguous();
        var dx = Tensor.Uninitialized([s.Shape.N, s.Shape.C, s.Shape.H, s.Shape.W], s.XType);
        if (dx.Elements == 0) return dx;
        fixed (BFloat16* pdy = dy.AsSpan<BFloat16>())
        fixed (byte* pw = weight.AsBytes(), pdx = dx.AsBytes())
            if (s.XType == DType.Float32) NarrowConvolution.InputGradient(s.Shape, pdy, new(pw, weight.DType), (float*)pdx);
            else NarrowConvolution.InputGradient(s.Shape, pdy, new(pw, weight.DType), (BFloat16*)pdx);
        GC.KeepAlive(dy);
        GC.KeepAlive(weight);
        return dx;
    }

    static Tensor WeightGradient(ConvShape shape, Tensor x, Tensor dy)
    {
        var dw = Tensor.Uninitialized([shape.O, shape.C, shape.KernelH, shape.KernelW], DType.Float32);
        if (dw.Elements > 0)
            fixed (BFloat16* px = x.AsSpan<BFloat16>(), pdy = dy.AsSpan<BFloat16>())
            fixed (float* pdw = dw.AsSpan<float>())
                NarrowConvolution.WeightGradient(shape, px, pdy, pdw);
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
        return dw;
    }
}
