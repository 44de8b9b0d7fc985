using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>
/// A convolution of bfloat16 images with a result of bfloat16: sums and the gradients of float32 parameters are float32. Where
/// Winograd's form in float32 takes less time than products of bfloat16, images are widened for it and given back at once.
/// </summary>
static unsafe class NarrowConvolutionOp
{
    readonly record struct State(ConvShape Shape, Saved X, DType XType, Saved Weight, DType? BiasType);

    /// <summary>Whether this is the operation for these types in this region: what is float32 is to be rounded only within one.</summary>
    internal static bool Takes(Tensor x, Tensor weight, Tensor? bias)
    {
        bool region = Autocast.Current == DType.BFloat16;
        bool Is(Tensor t) => t.DType == DType.BFloat16 || (region && t.DType == DType.Float32);
        return Is(x) && Is(weight) && (bias is null || Is(bias)) && (region || x.DType == weight.DType) && !OperationTrace.IsOn;
    }

    internal static Tensor Apply(ConvShape shape, Tensor x, Tensor weight, Tensor? bias)
    {
        var low = (x.DType == DType.BFloat16 ? x : Autocast.Low(x)).Contiguous();
        var y = Forward(shape, low, weight.Contiguous(), bias);
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
        if (needed[0]) results[0] = InputGradient(s, dy, weight.Contiguous());
        if (needed[1]) results[1] = WeightGradient(s.Shape, x, dy).To(weight.DType);
    }

    static Tensor Forward(ConvShape shape, Tensor x, Tensor weight, Tensor? bias)
    {
        var addend = bias?.To(DType.Float32).Contiguous();
        var y = Tensor.Uninitialized([shape.N, shape.O, shape.OutH, shape.OutW], DType.BFloat16);
        if (y.Elements == 0) return y;
        fixed (float* pb = addend is null ? default : addend.AsSpan<float>())
            if (NarrowConvolution.Fits(shape))
                fixed (BFloat16* px = x.AsSpan<BFloat16>(), py = y.AsSpan<BFloat16>())
                fixed (byte* pw = weight.AsBytes())
                    NarrowConvolution.Forward(shape, px, new(pw, weight.DType), pb, py);
            else
            {
                using var wide = new Widened(x, weight, y);
                fixed (float* px = wide.First, pw = wide.Second, py = wide.Result) Convolution.Forward(shape, px, pw, pb, py);
                wide.Store(y);
            }
        GC.KeepAlive(x);
        GC.KeepAlive(weight);
        GC.KeepAlive(addend);
        return y;
    }

    static Tensor InputGradient(State s, Tensor dy, Tensor weight)
    {
        var dx = Tensor.Uninitialized([s.Shape.N, s.Shape.C, s.Shape.H, s.Shape.W], s.XType);
        if (dx.Elements == 0) return dx;
        if (NarrowConvolution.Fits(s.Shape))
            fixed (BFloat16* pdy = dy.AsSpan<BFloat16>())
            fixed (byte* pw = weight.AsBytes(), pdx = dx.AsBytes())
                if (s.XType == DType.Float32) NarrowConvolution.InputGradient(s.Shape, pdy, new(pw, weight.DType), (float*)pdx);
                else NarrowConvolution.InputGradient(s.Shape, pdy, new(pw, weight.DType), (BFloat16*)pdx);
        else
        {
            using var wide = new Widened(dy, weight, dx);
            fixed (float* pdy = wide.First, pw = wide.Second, pdx = wide.Result) Convolution.InputGradient(s.Shape, pdy, pw, pdx);
            wide.Store(dx);
        }
        GC.KeepAlive(dy);
        GC.KeepAlive(weight);
        return dx;
    }

    static Tensor WeightGradient(ConvShape shape, Tensor x, Tensor dy)
    {
        var dw = Tensor.Uninitialized([shape.O, shape.GroupC, shape.KernelH, shape.KernelW], DType.Float32);
        if (dw.Elements == 0) return dw;
        if (NarrowConvolution.Fits(shape))
            fixed (BFloat16* px = x.AsSpan<BFloat16>(), pdy = dy.AsSpan<BFloat16>())
            fixed (float* pdw = dw.AsSpan<float>())
                NarrowConvolution.WeightGradient(shape, px, pdy, pdw);
        else
        {
            using var wide = new Widened(x, dy, dw);
            fixed (float* px = wide.First, pdy = wide.Second, pdw = wide.Result) Convolution.WeightGradient(shape, px, pdy, pdw, null);
        }
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
        return dw;
    }

    /// <summary>Two operands and a result as float32, those that are not in copies that go at the end.</summary>
    readonly ref struct Widened : IDisposable
    {
        readonly Tensor? _first, _second, _result;

        internal Widened(Tensor first, Tensor second, Tensor result)
        {
            (_first, _second) = (Copy(first), Copy(second));
            if (result.DType != DType.Float32) _result = Tensor.Uninitialized(result.Shape, DType.Float32);
            First = (_first ?? first).AsSpan<float>();
            Second = (_second ?? second).AsSpan<float>();
            Result = (_result ?? result).AsSpan<float>();
        }

        internal Span<float> First { get; }

        internal Span<float> Second { get; }

        internal Span<float> Result { get; }

        static Tensor? Copy(Tensor x)
        {
            if (x.DType == DType.Float32) return null;
            var y = Tensor.Uninitialized(x.Shape, DType.Float32);
            Copying.CopyInto(y, x);
            return y;
        }

        /// <summary>Rounds the result into its tensor.</summary>
        internal void Store(Tensor y)
        {
            if (_result is not null) Copying.CopyInto(y, _result);
        }

        public void Dispose()
        {
            _first?.Dispose();
            _second?.Dispose();
            _result?.Dispose();
        }
    }
}
