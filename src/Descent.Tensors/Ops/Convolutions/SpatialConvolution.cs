using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>
/// Convolutions over one, two or three spatial dimensions, all done over two: a sequence is an image of one row, and the
/// planes of a volume are images in whose channels their neighbours in depth stand.
/// </summary>
static class SpatialConvolution
{
    internal static Tensor Forward(string operation, Tensor x, Tensor weight, Tensor? bias, ReadOnlySpan<int> stride,
        ReadOnlySpan<int> padding, ReadOnlySpan<int> dilation, int groups)
    {
        int rank = stride.Length;
        Check(operation, x, weight, bias, stride, padding, dilation, groups, transposed: false);
        if (x.Rank == rank + 1) return Forward(operation, x.Unsqueeze(0), weight, bias, stride, padding, dilation, groups).Squeeze(0);
        if (OperationTrace.IsOn)
        {
            Tensor whole;
            using (OperationTrace.Pause()) whole = Forward(operation, x, weight, bias, stride, padding, dilation, groups);
            return OperationTrace.Add(whole, bias is null ? [x, weight] : [x, weight, bias],
                (stride.ToArray(), padding.ToArray(), dilation.ToArray(), groups), "Convolution");
        }
        var sizes = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int room = x.Shape[i + 2] + 2 * padding[i] - dilation[i] * (weight.Shape[i + 2] - 1) - 1;
            if (room < 0)
                throw new ShapeException($"{operation}: windows of {weight.Shape[2..]} with dilation {List(dilation)} do not fit into input {x.Shape} " +
                    $"with padding {List(padding)}.");
            sizes[i] = room / stride[i] + 1;
        }
        if (rank == 2 && NarrowConvolutionOp.Takes(x, weight, bias))
            return NarrowConvolutionOp.Apply(Planar(x.Shape[0], x.Shape[1], x.Shape[2..], weight.Shape[0], weight.Shape[2..], sizes,
                stride, padding, dilation, groups), x, weight, bias);
        (x, weight, bias) = (Autocast.Low(x), Autocast.Low(weight), bias is null ? null : Autocast.Low(bias));
        var dtype = Pointwise.ResultType(x, weight);
        var wide = dtype.IsReduced ? DType.Float32 : dtype;
        (x, weight, bias) = (x.To(wide), weight.To(wide), bias?.To(wide));
        Tensor y;
        switch (rank)
        {
            case 1:
                y = ConvolutionOps.Forward(Planar(x.Shape[0], x.Shape[1], [1, x.Shape[2]], weight.Shape[0], [1, weight.Shape[2]], [1, sizes[0]],
                    [1, stride[0]], [0, padding[0]], [1, dilation[0]], groups), x.Unsqueeze(2), weight.Unsqueeze(2), bias).Squeeze(2);
                break;
            case 2:
                y = ConvolutionOps.Forward(Planar(x.Shape[0], x.Shape[1], x.Shape[2..], weight.Shape[0], weight.Shape[2..], sizes,
                    stride, padding, dilation, groups), x, weight, bias);
                break;
            default:
                var taps = new DepthTaps(x.Shape[2], weight.Shape[2], stride[0], padding[0], dilation[0], sizes[0]);
                var image = Planar(1, x.Shape[1] * taps.Kernel, x.Shape[3..], weight.Shape[0], weight.Shape[3..], sizes.AsSpan(1),
                    stride[1..], padding[1..], dilation[1..], groups);
                y = VolumeConvolutionOps.Forward(new(x.Shape[0], image, taps), x, weight, bias);
                break;
        }
        return y.To(dtype);
    }

    internal static Tensor Transposed(string operation, Tensor x, Tensor weight, Tensor? bias, ReadOnlySpan<int> stride,
        ReadOnlySpan<int> padding, ReadOnlySpan<int> outputPadding, int groups, ReadOnlySpan<int> dilation)
    {
        int rank = stride.Length;
        Check(operation, x, weight, bias, stride, padding, dilation, groups, transposed: true);
        if (x.Rank == rank + 1) return Transposed(operation, x.Unsqueeze(0), weight, bias, stride, padding, outputPadding, groups, dilation).Squeeze(0);
        if (OperationTrace.IsOn)
        {
            Tensor whole;
            using (OperationTrace.Pause()) whole = Transposed(operation, x, weight, bias, stride, padding, outputPadding, groups, dilation);
            return OperationTrace.Add(whole, bias is null ? [x, weight] : [x, weight, bias],
                (stride.ToArray(), padding.ToArray(), dilation.ToArray(), groups, outputPadding.ToArray()), "TransposedConvolution");
        }
        var sizes = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            if (outputPadding[i] < 0 || outputPadding[i] >= Math.Max(stride[i], dilation[i]))
                throw new ArgumentException($"{operation}: output padding {List(outputPadding)} must be from 0 to less than the stride {List(stride)} or the dilation {List(dilation)}.");
            sizes[i] = (x.Shape[i + 2] - 1) * stride[i] - 2 * padding[i] + dilation[i] * (weight.Shape[i + 2] - 1) + outputPadding[i] + 1;
        }
        if (x.Shape[2..].Elements == 0 || sizes.Min() < 1)
            throw new ShapeException($"{operation}: input {x.Shape} and weight {weight.Shape} with stride {List(stride)} and padding {List(padding)} " +
                $"give sizes of {List(sizes)}. Expected at least 1 in each dimension.");
        (x, weight, bias) = (Autocast.Low(x), Autocast.Low(weight), bias is null ? null : Autocast.Low(bias));
        var dtype = Pointwise.ResultType(x, weight);
        var wide = dtype.IsReduced ? DType.Float32 : dtype;
        (x, weight) = (x.To(wide), weight.To(wide));
        int outputs = weight.Shape[1] * groups;
        Tensor y;
        switch (rank)
        {
            case 1:
                y = ConvolutionOps.InputGradient(Planar(x.Shape[0], outputs, [1, sizes[0]], x.Shape[1], [1, weight.Shape[2]], [1, x.Shape[2]],
                    [1, stride[0]], [0, padding[0]], [1, dilation[0]], groups), x.Unsqueeze(2), weight.Unsqueeze(2)).Squeeze(2);
                break;
            case 2:
                y = ConvolutionOps.InputGradient(Planar(x.Shape[0], outputs, sizes, x.Shape[1], weight.Shape[2..], x.Shape[2..],
                    stride, padding, dilation, groups), x, weight);
                break;
            default:
                var taps = new DepthTaps(sizes[0], weight.Shape[2], stride[0], padding[0], dilation[0], x.Shape[2]);
                var image = Planar(1, outputs * taps.Kernel, sizes.AsSpan(1), x.Shape[1], weight.Shape[3..], x.Shape[3..],
                    stride[1..], padding[1..], dilation[1..], groups);
                y = VolumeConvolutionOps.InputGradient(new(x.Shape[0], image, taps), x, weight);
                break;
        }
        if (bias is not null) y += bias.To(wide).Reshape([-1, .. Enumerable.Repeat(1, rank)]);
        return y.To(dtype);
    }

    /// <summary>A convolution of images, or null where these do not fit one another.</summary>
    internal static ConvShape? Images(Tensor x, Tensor weight, Pair stride, Pair padding, Pair dilation, int groups)
    {
        if (x.Rank != 4 || weight.Rank != 4 || groups < 1 || x.Shape[1] != weight.Shape[1] * groups || weight.Shape[0] % groups != 0) return null;
        int[] strides = [stride.Height, stride.Width], paddings = [padding.Height, padding.Width], dilations = [dilation.Height, dilation.Width], sizes = new int[2];
        for (int i = 0; i < 2; i++)
        {
            int room = x.Shape[i + 2] + 2 * paddings[i] - dilations[i] * (weight.Shape[i + 2] - 1) - 1;
            if (room < 0 || strides[i] < 1 || dilations[i] < 1 || paddings[i] < 0) return null;
            sizes[i] = room / strides[i] + 1;
        }
        return Planar(x.Shape[0], x.Shape[1], x.Shape[2..], weight.Shape[0], weight.Shape[2..], sizes, strides, paddings, dilations, groups);
    }

    static void Check(string operation, Tensor x, Tensor weight, Tensor? bias, ReadOnlySpan<int> stride, ReadOnlySpan<int> padding,
        ReadOnlySpan<int> dilation, int groups, bool transposed)
    {
        int rank = stride.Length;
        if (weight.Rank != rank + 2 || (x.Rank != rank + 2 && x.Rank != rank + 1) || !x.DType.IsFloatingPoint || !weight.DType.IsFloatingPoint)
        {
            string sizes = rank switch { 1 => "L", 2 => "H, W", _ => "D, H, W" }, kernel = rank switch { 1 => "k", 2 => "kH, kW", _ => "kD, kH, kW" };
            throw new ShapeException($"{operation}: input {x.DType} {x.Shape} and weight {weight.DType} {weight.Shape}. Expected floating-point (N, C, {sizes}) or (C, {sizes}), and " +
                $"{(transposed ? $"(C, O / groups, {kernel})" : $"(O, C / groups, {kernel})")}.");
        }
        int channels = x.Shape[x.Rank - rank - 1], expected = transposed ? weight.Shape[0] : weight.Shape[1] * groups;
        if (groups < 1 || channels != expected || weight.Shape[0] % groups != 0)
            throw new ShapeException($"{operation}: input {x.Shape} has {channels} channels, but weight {weight.Shape} with {groups} group(s) expects {expected}" +
                $"{(groups > 0 && weight.Shape[0] % groups != 0 ? $", and {weight.Shape[0]} do not divide into the groups" : "")}.");
        int outputs = transposed ? weight.Shape[1] * groups : weight.Shape[0];
        if (bias is not null && bias.Shape != new Shape(outputs))
            throw new ShapeException($"{operation}: the bias has shape {bias.Shape}; expected ({outputs},), one per channel of the result.");
        for (int i = 0; i < rank; i++)
            if (stride[i] < 1 || dilation[i] < 1 || padding[i] < 0)
                throw new ArgumentException($"{operation}: stride {List(stride)}, dilation {List(dilation)}, padding {List(padding)}; strides and dilations must be at least 1, paddings at least 0.");
    }

    static ConvShape Planar(int n, int c, ReadOnlySpan<int> size, int o, ReadOnlySpan<int> kernel, ReadOnlySpan<int> @out,
        ReadOnlySpan<int> stride, ReadOnlySpan<int> padding, ReadOnlySpan<int> dilation, int groups) => new()
        {
            N = n,
            C = c,
            H = size[0],
            W = size[1],
            O = o,
            KernelH = kernel[0],
            KernelW = kernel[1],
            OutH = @out[0],
            OutW = @out[1],
            StrideH = stride[0],
            StrideW = stride[1],
            PadTop = padding[0],
            PadLeft = padding[1],
            DilationH = dilation[0],
            DilationW = dilation[1],
            Groups = groups,
        };

    static string List(ReadOnlySpan<int> figures) => figures.Length == 1 ? $"{figures[0]}" : $"({string.Join(", ", figures.ToArray())})";
}
