using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>A convolution of volumes and its two gradients, each differentiable through the other two.</summary>
static unsafe class VolumeConvolutionOps
{
    internal static Tensor Forward(VolumeShape shape, Tensor x, Tensor weight, Tensor? bias)
    {
        (x, weight, bias) = (x.Contiguous(), weight.Contiguous(), bias?.Contiguous());
        var y = Tensor.Uninitialized([shape.Volumes, shape.Image.O, shape.Taps.Windows, shape.Image.OutH, shape.Image.OutW], x.DType);
        if (y.Elements > 0)
        {
            if (y.DType == DType.Float32) Run<float>();
            else Run<double>();
        }
        var saved = (shape, x: x.Saved, weight: weight.Saved);
        if (bias is null) Autograd.RecordJoint([y], saved, [x, weight], Gradients, operation: "Convolution");
        else Autograd.RecordJoint([y], saved, [x, weight, bias], Gradients, operation: "Convolution");
        return y;

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            fixed (T* px = x.AsSpan<T>(), pw = weight.AsSpan<T>(), pb = bias is null ? default : bias.AsSpan<T>(), py = y.AsSpan<T>())
                VolumeConvolution.Forward(shape, px, pw, pb, py);
        }
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, (VolumeShape Shape, Saved X, Saved Weight) saved, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        if (dys[0] is not { } dy) return;
        if (needed[0]) results[0] = InputGradient(saved.Shape, dy, saved.Weight);
        if (needed[1]) results[1] = WeightGradient(saved.Shape, saved.X, dy, saved.Weight.Value.Shape);
        if (needed.Length > 2 && needed[2]) results[2] = dy.Sum([0, 2, 3, 4]);
    }

    internal static Tensor InputGradient(VolumeShape shape, Tensor dy, Tensor weight)
    {
        (dy, weight) = (dy.Contiguous(), weight.Contiguous());
        var dx = Tensor.Uninitialized([shape.Volumes, shape.Channels, shape.Taps.Size, shape.Image.H, shape.Image.W], dy.DType);
        if (dx.Elements > 0)
        {
            if (dx.DType == DType.Float32) Run<float>();
            else Run<double>();
        }
        return Autograd.Record(dx, (shape, dy: dy.Saved, weight: weight.Saved),
            (dy, static (ddx, s) => Forward(s.shape, ddx, s.weight, null)),
            (weight, static (ddx, s) => WeightGradient(s.shape, ddx, s.dy, s.weight.Value.Shape)), operation: "ConvolutionInputGradient");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            fixed (T* pdy = dy.AsSpan<T>(), pw = weight.AsSpan<T>(), pdx = dx.AsSpan<T>())
                VolumeConvolution.InputGradient(shape, pdy, pw, pdx);
        }
    }

    static Tensor WeightGradient(VolumeShape shape, Tensor x, Tensor dy, Shape weight)
    {
        (x, dy) = (x.Contiguous(), dy.Contiguous());
        var dw = Tensor.Uninitialized(weight, dy.DType);
        if (dw.Elements > 0)
        {
            if (dw.DType == DType.Float32) Run<float>();
            else Run<double>();
        }
        return Autograd.Record(dw, (shape, x: x.Saved, dy: dy.Saved),
            (x, static (ddw, s) => InputGradient(s.shape, s.dy, ddw)),
            (dy, static (ddw, s) => Forward(s.shape, s.x, ddw, null)), operation: "ConvolutionWeightGradient");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            fixed (T* px = x.AsSpan<T>(), pdy = dy.AsSpan<T>(), pdw = dw.AsSpan<T>())
                VolumeConvolution.WeightGradient(shape, px, pdy, pdw);
        }
    }
}
