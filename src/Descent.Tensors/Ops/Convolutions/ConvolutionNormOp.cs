using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// <c>f(BatchNorm(Conv2d(x)) + residual)</c> in evaluation. While no gradient is recorded, the normalisation is done to the
    /// sums of the convolution as they are finished, so that nothing between goes through memory.
    /// </summary>
    /// <param name="x">Images <c>(N, C, H, W)</c>.</param>
    /// <param name="weight">Filters <c>(O, C / groups, kH, kW)</c>.</param>
    /// <param name="bias">One number per filter, or null.</param>
    /// <param name="runningMean">Mean per filter.</param>
    /// <param name="runningVar">Variance per filter.</param>
    /// <param name="scale">Scale per filter after the normalisation, or null.</param>
    /// <param name="shift">Shift per filter after the normalisation, or null.</param>
    /// <param name="residual">What is added before f, of the result's shape; or null.</param>
    /// <param name="activation">The function f.</param>
    /// <param name="stride">Pixels between neighbouring windows; 1 by default.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">Pixels between neighbouring taps of a window; 1 by default.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>Shape <c>(N, O, outH, outW)</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor Conv2dBatchNorm(Tensor x, Tensor weight, Tensor? bias, Tensor runningMean, Tensor runningVar, Tensor? scale = null, Tensor? shift = null,
        Tensor? residual = null, Activation activation = Activation.None, Pair? stride = null, Pair padding = default, Pair? dilation = null, int groups = 1,
        double epsilon = 1e-5)
    {
        var form = ActivationForm.Of(activation);
        if (ConvolutionNormOp.TryRun(form, x, weight, bias, [runningMean, runningVar, scale, shift], residual, stride ?? 1, padding, dilation ?? 1, groups, epsilon) is { } y) return y;
        y = Conv2d(x, weight, bias, stride, padding, dilation, groups);
        if (activation == Activation.Relu) return BatchNormRelu(y, runningMean, runningVar, scale, shift, residual, epsilon: epsilon);
        y = BatchNorm(y, runningMean, runningVar, scale, shift, epsilon: epsilon);
        return form.Value(residual is null ? y : y + residual);
    }
}

/// <summary>A convolution whose sums are normalised by known statistics as they are finished.</summary>
static unsafe class ConvolutionNormOp
{
    /// <summary>The result, or null where the operations have to be done one after the other, or refuse their inputs.</summary>
    internal static Tensor? TryRun(ActivationForm form, Tensor x, Tensor weight, Tensor? bias, ReadOnlySpan<Tensor?> norm, Tensor? residual,
        Pair stride, Pair padding, Pair dilation, int groups, double epsilon)
    {
        if (!Numerics.Fusion || Autocast.Current is not null || OperationTrace.IsOn || Anomaly.IsDetecting || x.Rank != 4 || x.Elements == 0) return null;
        foreach (var t in (ReadOnlySpan<Tensor?>)[x, weight, bias, residual, .. norm])
            if (t is not null && (t.DType != DType.Float32 || Autograd.Wants(t))) return null;
        var filters = new Shape(weight.Shape[0]);
        foreach (var t in (ReadOnlySpan<Tensor?>)[bias, .. norm])
            if (t is not null && t.Shape != filters) return null;
        if (SpatialConvolution.Images(x, weight, stride, padding, dilation, groups) is not { } shape) return null;
        var y = Tensor.Uninitialized([shape.N, shape.O, shape.OutH, shape.OutW], DType.Float32);
        if (residual is not null && residual.Shape != y.Shape) return null;

        Tensor images = x.Contiguous(), taps = weight.Contiguous();
        var rest = residual?.Contiguous();
        var scales = Tensor.Uninitialized([2, shape.O], DType.Float32);
        Combine(norm, bias, epsilon, scales.AsSpan<float>());
        fixed (float* px = images.AsSpan<float>(), pw = taps.AsSpan<float>(), ps = scales.AsSpan<float>(), py = y.AsSpan<float>(),
            pr = rest is null ? default : rest.AsSpan<float>())
            Convolution.Forward(shape, px, pw, null, py, new ProductEnd(form.End(isAffine: true, rest is not null), py, null, pr, ps, ps + shape.O));
        GC.KeepAlive(images);
        GC.KeepAlive(taps);
        GC.KeepAlive(rest);
        OperationProfile.Current?.Forward("ConvolutionBatchNorm");
        return y;
    }

    /// <summary>Normalisation, scale and shift as one scale and one shift per channel.</summary>
    static void Combine(ReadOnlySpan<Tensor?> norm, Tensor? bias, double epsilon, Span<float> affine)
    {
        int count = affine.Length / 2;
        Tensor mean = norm[0]!.Contiguous(), variance = norm[1]!.Contiguous();
        Tensor? scale = norm[2]?.Contiguous(), shift = norm[3]?.Contiguous(), added = bias?.Contiguous();
        Span<float> m = mean.AsSpan<float>(), v = variance.AsSpan<float>(), s = Of(scale), t = Of(shift), b = Of(added);
        for (int c = 0; c < count; c++)
        {
            double factor = (s.IsEmpty ? 1 : s[c]) / Math.Sqrt(v[c] + epsilon);
            affine[c] = (float)factor;
            affine[count + c] = (float)((t.IsEmpty ? 0 : t[c]) + ((b.IsEmpty ? 0 : b[c]) - (double)m[c]) * factor);
        }

        static Span<float> Of(Tensor? x) => x is null ? default : x.AsSpan<float>();
    }
}
