using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// Cross-correlation of images <c>(N, C, H, W)</c> or one image <c>(C, H, W)</c> with filters
    /// <c>(O, C / groups, kH, kW)</c>: <c>y[n, o] = bias[o] + Σ weight[o, c] ⋆ x[n, c]</c>.
    /// </summary>
    /// <param name="x">The images.</param>
    /// <param name="weight">The filters.</param>
    /// <param name="bias">One number per filter, or null.</param>
    /// <param name="stride">Pixels between neighbouring windows; 1 by default.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">Pixels between neighbouring taps of a window; 1 by default.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <returns>Shape <c>(N, O, outH, outW)</c>, <c>out = (size + 2 · padding − dilation · (k − 1) − 1) / stride + 1</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, Pair? stride = null, Pair padding = default,
        Pair? dilation = null, int groups = 1)
    {
        if (x.Rank == 3) return Conv2d(x.Unsqueeze(0), weight, bias, stride, padding, dilation, groups).Squeeze(0);
        var shape = ConvolutionOps.Plan(x, weight, bias, stride ?? 1, padding, dilation ?? 1, groups);
        var dtype = Pointwise.ResultType(x, weight);
        if (dtype.IsReduced)
            return Conv2d(x.To(DType.Float32), weight.To(DType.Float32), bias?.To(DType.Float32), stride, padding, dilation, groups).To(dtype);
        return ConvolutionOps.Forward(shape, x.To(dtype), weight.To(dtype), bias?.To(dtype));
    }
}

/// <summary>A convolution and its two gradients, each differentiable through the other two.</summary>
static unsafe class ConvolutionOps
{
    internal static ConvShape Plan(Tensor x, Tensor weight, Tensor? bias, Pair stride, Pair padding, Pair dilation, int groups)
    {
        if (x.Shape is not [var n, var c, var h, var w] || weight.Shape is not [var o, var groupC, var kh, var kw])
            throw new ShapeException($"Conv2d: input {x.Shape} and weight {weight.Shape}. Expected (N, C, H, W) or (C, H, W), and (O, C / groups, kH, kW).");
        if (groups < 1 || c != groupC * groups || o % groups != 0)
            throw new ShapeException($"Conv2d: input {x.Shape} has {c} channels, but weight {weight.Shape} with {groups} group(s) expects {groupC * groups}" +
                $"{(groups > 0 && o % groups != 0 ? $", and {o} filters do not divide into the groups" : "")}.");
        if (bias is not null && bias.Shape != new Shape(o))
            throw new ShapeException($"Conv2d: the bias has shape {bias.Shape}; expected ({o},), one per filter.");
        if (stride.Height < 1 || stride.Width < 1 || dilation.Height < 1 || dilation.Width < 1 || padding.Height < 0 || padding.Width < 0)
            throw new ArgumentException($"Conv2d: stride {stride}, dilation {dilation}, padding {padding}; strides and dilations must be at least 1, paddings at least 0.");
        int outH = Out(h, kh, stride.Height, padding.Height, dilation.Height), outW = Out(w, kw, stride.Width, padding.Width, dilation.Width);
        if (outH < 1 || outW < 1)
            throw new ShapeException($"Conv2d: windows of {kh} × {kw} with dilation {dilation} do not fit into images of {h} × {w} with padding {padding}.");
        return new()
        {
            N = n, C = c, H = h, W = w, O = o, KernelH = kh, KernelW = kw, OutH = outH, OutW = outW, StrideH = stride.Height,
            StrideW = stride.Width, PadTop = padding.Height, PadLeft = padding.Width, DilationH = dilation.Height, DilationW = dilation.Width, Groups = groups,
        };
    }

    static int Out(int size, int kernel, int stride, int padding, int dilation)
    {
        int room = size + 2 * padding - dilation * (kernel - 1) - 1;
        return room < 0 ? 0 : room / stride + 1;
    }

    internal static Tensor Forward(ConvShape shape, Tensor x, Tensor weight, Tensor? bias)
    {
        (x, weight, bias) = (x.Contiguous(), weight.Contiguous(), bias?.Contiguous());
        var y = Tensor.Uninitialized([shape.N, shape.O, shape.OutH, shape.OutW], x.DType);
        if (y.Elements > 0)
        {
            if (y.DType == DType.Float32) Run<float>();
            else Run<double>();
        }
        var saved = (shape, x: x.Saved, weight: weight.Saved);
        if (bias is null)
            Autograd.RecordJoint([y], saved, [x, weight], Gradients, operation: "Conv2d");
        else
            Autograd.RecordJoint([y], saved, [x, weight, bias], Gradients, operation: "Conv2d");
        return y;

        void Run<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            fixed (T* px = x.AsSpan<T>(), pw = weight.AsSpan<T>(), pb = bias is null ? default : bias.AsSpan<T>(), py = y.AsSpan<T>())
                Convolution.Forward(shape, px, pw, pb, py);
        }
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, (ConvShape Shape, Saved X, Saved Weight) saved, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        if (dys[0] is not { } dy) return;
        bool biased = needed.Length > 2 && needed[2];
        if (needed[0]) results[0] = InputGradient(saved.Shape, dy, saved.Weight);
        if (!needed[1] || Autograd.IsEnabled)
        {
            if (needed[1]) results[1] = WeightGradient(saved.Shape, saved.X, dy);
            if (biased) results[2] = dy.Sum([0, 2, 3]);
            return;
        }
        Tensor? db = biased ? Tensor.Uninitialized([saved.Shape.O], dy.DType) : null;
        results[1] = WeightGradient(saved.Shape, saved.X, dy, db);
        if (biased) results[2] = db;
    }

    static Tensor InputGradient(ConvShape shape, Tensor dy, Tensor weight)
    {
        (dy, weight) = (dy.Contiguous(), weight.Contiguous());
        var dx = Tensor.Uninitialized([shape.N, shape.C, shape.H, shape.W], dy.DType);
        if (dx.Elements > 0)
        {
            if (dx.DType == DType.Float32) Run<float>();
            else Run<double>();
        }
        return Autograd.Record(dx, (shape, dy: dy.Saved, weight: weight.Saved),
            (dy, static (ddx, s) => Forward(s.shape, ddx, s.weight, null)),
            (weight, static (ddx, s) => WeightGradient(s.shape, ddx, s.dy)), operation: "Conv2dInputGradient");

        void Run<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            fixed (T* pdy = dy.AsSpan<T>(), pw = weight.AsSpan<T>(), pdx = dx.AsSpan<T>())
                Convolution.InputGradient(shape, pdy, pw, pdx);
        }
    }

    static Tensor WeightGradient(ConvShape shape, Tensor x, Tensor dy, Tensor? db = null)
    {
        (x, dy) = (x.Contiguous(), dy.Contiguous());
        var dw = Tensor.Uninitialized([shape.O, shape.GroupC, shape.KernelH, shape.KernelW], dy.DType);
        if (dw.Elements > 0)
        {
            if (dw.DType == DType.Float32) Run<float>();
            else Run<double>();
        }
        return Autograd.Record(dw, (shape, x: x.Saved, dy: dy.Saved),
            (x, static (ddw, s) => InputGradient(s.shape, s.dy, ddw)),
            (dy, static (ddw, s) => Forward(s.shape, s.x, ddw, null)), operation: "Conv2dWeightGradient");

        void Run<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            fixed (T* px = x.AsSpan<T>(), pdy = dy.AsSpan<T>(), pdw = dw.AsSpan<T>(), pdb = db is null ? default : db.AsSpan<T>())
                Convolution.WeightGradient(shape, px, pdy, pdw, pdb);
        }
    }
}
