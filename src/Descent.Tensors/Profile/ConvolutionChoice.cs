using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>How a float32 convolution of images is done forward; it follows from the shape alone.</summary>
/// <param name="Shape">Batch, channels, windows and strides.</param>
/// <param name="Path">The way: Winograd's algorithm, patches, channel by channel, or straight from the rows.</param>
public sealed record ConvolutionChoice(string Shape, string Path)
{
    static readonly (int N, int C, int O, int Size, int Kernel, int Stride, int Groups)[] s_common =
    [
        (32, 3, 64, 32, 3, 1, 1), (32, 64, 64, 32, 3, 1, 1), (32, 512, 512, 4, 3, 1, 1), (32, 64, 128, 32, 3, 2, 1), (32, 64, 128, 32, 1, 2, 1),
        (32, 8, 8, 32, 3, 1, 1), (32, 64, 64, 32, 3, 1, 64), (32, 64, 64, 32, 5, 1, 1),
    ];

    internal static IReadOnlyList<ConvolutionChoice> OfCommonShapes() => [.. s_common.Select(s => Of(s.N, s.C, s.O, s.Size, s.Kernel, s.Stride, s.Groups))];

    static ConvolutionChoice Of(int n, int c, int o, int size, int kernel, int stride, int groups)
    {
        int padding = kernel / 2, outputs = (size + 2 * padding - kernel) / stride + 1;
        var shape = new ConvShape
        {
            N = n, C = c, H = size, W = size, O = o, KernelH = kernel, KernelW = kernel, OutH = outputs, OutW = outputs,
            StrideH = stride, StrideW = stride, PadTop = padding, PadLeft = padding, Groups = groups,
        };
        return new($"{n}x{c}x{size}x{size} to {o}, {kernel}x{kernel}{(stride > 1 ? $" by {stride}" : "")}{(groups > 1 ? $", {groups} groups" : "")}", Convolution.Way<float>(shape) switch
        {
            ConvolutionWay.Winograd => "Winograd",
            ConvolutionWay.WinogradPhases => "Winograd on the phases",
            ConvolutionWay.Depthwise => "channel by channel",
            ConvolutionWay.Direct => "straight from rows",
            _ => "product with patches",
        });
    }
}
