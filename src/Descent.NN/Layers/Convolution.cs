using Descent.Tensors;

namespace Descent.NN;

/// <summary>Learned filters that slide over one, two or three spatial dimensions, or, transposed, spread over them.</summary>
public abstract class Convolution : Module
{
    private protected Convolution(bool transposed, int inChannels, int outChannels, int[] kernelSize, int[] stride, int[] dilation,
        int groups, bool bias, DType? dtype, Generator? generator)
    {
        if (groups < 1 || inChannels < 1 || outChannels < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"{GetType().Name}: {inChannels} channels in and {outChannels} out with {groups} group(s). Expected channels of at least 1, multiples of the groups.");
        if (kernelSize.Min() < 1 || stride.Min() < 1 || dilation.Min() < 1)
            throw new ArgumentException($"{GetType().Name}: kernel ({string.Join(", ", kernelSize)}), stride ({string.Join(", ", stride)}), " +
                $"dilation ({string.Join(", ", dilation)}); all must be at least 1.");
        (KernelSize, Stride, Dilation, Groups) = (kernelSize, stride, dilation, groups);
        Shape shape = transposed ? [inChannels, outChannels / groups, .. kernelSize] : [outChannels, inChannels / groups, .. kernelSize];
        Weight = DefaultInit.Weight(shape, dtype, generator);
        Bias = bias ? DefaultInit.Bias(outChannels, Init.CalculateFan(shape).FanIn, dtype, generator) : null;
    }

    /// <summary>The filters: <c>(outChannels, inChannels / groups, kernel…)</c>, of transposed ones <c>(inChannels, outChannels / groups, kernel…)</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shape <c>(outChannels)</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Size of the filters in each dimension.</summary>
    public IReadOnlyList<int> KernelSize { get; }

    /// <summary>Steps between windows in each dimension.</summary>
    public IReadOnlyList<int> Stride { get; }

    /// <summary>Steps between the taps of a filter in each dimension.</summary>
    public IReadOnlyList<int> Dilation { get; }

    /// <summary>Channels are cut into so many groups that do not see each other.</summary>
    public int Groups { get; }

    private protected static int[] List(Pair pair) => [pair.Height, pair.Width];

    private protected static int[] List(Triple triple) => [triple.Depth, triple.Height, triple.Width];

    private protected static Pair ToPair(IReadOnlyList<int> list) => (list[0], list[1]);

    private protected static Triple ToTriple(IReadOnlyList<int> list) => (list[0], list[1], list[2]);
}

/// <summary>Cross-correlation with learned filters.</summary>
public abstract class ForwardConvolution : Convolution
{
    private protected ForwardConvolution(int inChannels, int outChannels, int[] kernelSize, int[] stride, ConvolutionPadding padding,
        int[] dilation, int groups, bool bias, PaddingMode paddingMode, DType? dtype, Generator? generator)
        : base(transposed: false, inChannels, outChannels, kernelSize, stride, dilation, groups, bias, dtype, generator)
    {
        if (padding.IsSame && stride.Max() > 1)
            throw new ArgumentException($"{GetType().Name}: padding \"same\" keeps the size, so the stride must be 1; it is ({string.Join(", ", stride)}).");
        if (!padding.Fits(kernelSize.Length))
            throw new ArgumentException($"{GetType().Name}: padding is {padding}; expected one number, or one for each of {kernelSize.Length} dimension(s).");
        (Padding, PaddingMode) = (padding, paddingMode);
        (PadBefore, PadAfter) = padding.Around(kernelSize, dilation);
    }

    /// <summary>What stands around the input, as it was given.</summary>
    public ConvolutionPadding Padding { get; }

    /// <summary>What stands in the padding.</summary>
    public PaddingMode PaddingMode { get; }

    /// <summary>How many stand before each dimension.</summary>
    public IReadOnlyList<int> PadBefore { get; }

    /// <summary>How many stand after each dimension.</summary>
    public IReadOnlyList<int> PadAfter { get; }

    /// <param name="x">Shape <c>(N, inChannels, …)</c> or <c>(inChannels, …)</c>.</param>
    /// <returns>Shape <c>(N, outChannels, …)</c>, without <c>N</c> where x has none.</returns>
    /// <exception cref="ShapeException">The rank or the channels do not fit, or a window is larger than the input.</exception>
    public sealed override Tensor Forward(Tensor x)
    {
        bool even = PadBefore.SequenceEqual(PadAfter);
        if (even && (PaddingMode == PaddingMode.Constant || PadBefore.Max() == 0)) return Counted(Convolve(x, PadBefore));
        int rank = KernelSize.Count;
        var sides = new int[2 * rank];
        for (int i = 0; i < rank; i++) (sides[2 * (rank - 1 - i)], sides[2 * (rank - 1 - i) + 1]) = (PadBefore[i], PadAfter[i]);
        return Counted(Convolve(F.Pad(x, sides, PaddingMode), new int[rank]));
    }

    /// <summary>Every value is a dot product with a filter, and its bias.</summary>
    Tensor Counted(Tensor y) => Observed(y, y.Elements * (2L * Weight.Elements / Weight.Shape[0] + (Bias is null ? 0 : 1)));

    private protected abstract Tensor Convolve(Tensor x, IReadOnlyList<int> padding);
}

/// <summary><see cref="F.Conv1d"/> of sequences <c>(N, inChannels, L)</c> or <c>(inChannels, L)</c> with learned filters.</summary>
/// <param name="inChannels">Channels in.</param>
/// <param name="outChannels">Filters, and so channels out.</param>
/// <param name="kernelSize">Size of the filters.</param>
/// <param name="stride">Steps between windows.</param>
/// <param name="padding">So many on each side, "same" or "valid".</param>
/// <param name="dilation">Steps between the taps of a filter.</param>
/// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
/// <param name="bias">Whether a number per filter is added.</param>
/// <param name="paddingMode">What stands in the padding; zeros by default.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√fanIn.</param>
public sealed class Conv1d(int inChannels, int outChannels, int kernelSize, int stride = 1, ConvolutionPadding padding = default, int dilation = 1,
    int groups = 1, bool bias = true, PaddingMode paddingMode = PaddingMode.Constant, DType? dtype = null, Generator? generator = null)
    : ForwardConvolution(inChannels, outChannels, [kernelSize], [stride], padding, [dilation], groups, bias, paddingMode, dtype, generator)
{
    private protected override Tensor Convolve(Tensor x, IReadOnlyList<int> padding) =>
        F.Conv1d(x, Weight, Bias, Stride[0], padding[0], Dilation[0], Groups);
}

/// <summary><see cref="F.Conv2d"/> of images <c>(N, inChannels, H, W)</c> or <c>(inChannels, H, W)</c> with learned filters.</summary>
/// <param name="inChannels">Channels in.</param>
/// <param name="outChannels">Filters, and so channels out.</param>
/// <param name="kernelSize">Size of the filters.</param>
/// <param name="stride">Pixels between windows; 1 by default.</param>
/// <param name="padding">So many on each side: a number or a pair for each side, "same" or "valid".</param>
/// <param name="dilation">Pixels between the taps of a filter; 1 by default.</param>
/// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
/// <param name="bias">Whether a number per filter is added.</param>
/// <param name="paddingMode">What stands in the padding; zeros by default.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√fanIn.</param>
public sealed class Conv2d(int inChannels, int outChannels, Pair kernelSize, Pair? stride = null, ConvolutionPadding padding = default, Pair? dilation = null,
    int groups = 1, bool bias = true, PaddingMode paddingMode = PaddingMode.Constant, DType? dtype = null, Generator? generator = null)
    : ForwardConvolution(inChannels, outChannels, List(kernelSize), List(stride ?? 1), padding, List(dilation ?? 1), groups, bias, paddingMode, dtype, generator)
{
    private protected override Tensor Convolve(Tensor x, IReadOnlyList<int> padding) =>
        F.Conv2d(x, Weight, Bias, ToPair(Stride), ToPair(padding), ToPair(Dilation), Groups);
}

/// <summary><see cref="F.Conv3d"/> of volumes <c>(N, inChannels, D, H, W)</c> or <c>(inChannels, D, H, W)</c> with learned filters.</summary>
/// <param name="inChannels">Channels in.</param>
/// <param name="outChannels">Filters, and so channels out.</param>
/// <param name="kernelSize">Size of the filters.</param>
/// <param name="stride">Steps between windows; 1 by default.</param>
/// <param name="padding">So many on each side: a number or a triple for each side, "same" or "valid".</param>
/// <param name="dilation">Steps between the taps of a filter; 1 by default.</param>
/// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
/// <param name="bias">Whether a number per filter is added.</param>
/// <param name="paddingMode">What stands in the padding; zeros by default.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√fanIn.</param>
public sealed class Conv3d(int inChannels, int outChannels, Triple kernelSize, Triple? stride = null, ConvolutionPadding padding = default, Triple? dilation = null,
    int groups = 1, bool bias = true, PaddingMode paddingMode = PaddingMode.Constant, DType? dtype = null, Generator? generator = null)
    : ForwardConvolution(inChannels, outChannels, List(kernelSize), List(stride ?? 1), padding, List(dilation ?? 1), groups, bias, paddingMode, dtype, generator)
{
    private protected override Tensor Convolve(Tensor x, IReadOnlyList<int> padding) =>
        F.Conv3d(x, Weight, Bias, ToTriple(Stride), ToTriple(padding), ToTriple(Dilation), Groups);
}
