using Descent.Tensors;

namespace Descent.NN;

/// <summary>Learned filters spread over a finer grid: the gradient of a convolution, as a layer.</summary>
/// <remarks>Zeiler et al., "Deconvolutional Networks", 2010.</remarks>
public abstract class TransposedConvolution : Convolution
{
    private protected TransposedConvolution(int inChannels, int outChannels, int[] kernelSize, int[] stride, int[] padding, int[] outputPadding,
        int groups, bool bias, int[] dilation, DType? dtype, Generator? generator)
        : base(transposed: true, inChannels, outChannels, kernelSize, stride, dilation, groups, bias, dtype, generator) =>
        (Padding, OutputPadding) = (padding, outputPadding);

    /// <summary>What is dropped on each side of each dimension.</summary>
    public IReadOnlyList<int> Padding { get; }

    /// <summary>What is added at the end of each dimension.</summary>
    public IReadOnlyList<int> OutputPadding { get; }

    /// <param name="x">Shape <c>(N, inChannels, …)</c> or <c>(inChannels, …)</c>.</param>
    /// <returns>Shape <c>(N, outChannels, …)</c>, without <c>N</c> where x has none.</returns>
    /// <exception cref="ShapeException">The rank or the channels do not fit.</exception>
    public sealed override Tensor Forward(Tensor x) => Counted(Spread(x, OutputPadding), x);

    /// <summary>With the output padding that gives a certain size, as where a convolution's input size is to be restored.</summary>
    /// <param name="x">Shape <c>(N, inChannels, …)</c> or <c>(inChannels, …)</c>.</param>
    /// <param name="outputSize">The spatial sizes wanted.</param>
    /// <exception cref="ShapeException">No output padding gives this size.</exception>
    public Tensor Forward(Tensor x, ReadOnlySpan<int> outputSize)
    {
        int rank = KernelSize.Count;
        if (outputSize.Length != rank || x.Rank is var given && given != rank + 1 && given != rank + 2)
            throw new ShapeException($"{GetType().Name}: input {x.Shape} and {outputSize.Length} output size(s). Expected {rank} spatial dimension(s).");
        var padding = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int least = (x.Shape[x.Rank - rank + i] - 1) * Stride[i] - 2 * Padding[i] + Dilation[i] * (KernelSize[i] - 1) + 1;
            padding[i] = outputSize[i] - least;
            if (padding[i] < 0 || padding[i] >= Stride[i])
                throw new ShapeException($"{GetType().Name}: dimension {i} of input {x.Shape} cannot become {outputSize[i]}; expected from {least} to {least + Stride[i] - 1}.");
        }
        return Counted(Spread(x, padding), x);
    }

    /// <summary>Every value of x is spread by a filter for each channel out.</summary>
    private protected Tensor Counted(Tensor y, Tensor x) => Observed(y, x.Elements * (2L * Weight.Elements / Weight.Shape[0]) + (Bias is null ? 0 : y.Elements));

    private protected abstract Tensor Spread(Tensor x, IReadOnlyList<int> outputPadding);
}

/// <summary><see cref="F.ConvTranspose1d"/> of sequences <c>(N, inChannels, L)</c> or <c>(inChannels, L)</c> with learned filters.</summary>
/// <param name="inChannels">Channels in.</param>
/// <param name="outChannels">Channels out.</param>
/// <param name="kernelSize">Size of the filters.</param>
/// <param name="stride">Steps between the places that neighbours are spread over.</param>
/// <param name="padding">So much of each side is dropped.</param>
/// <param name="outputPadding">So much is added at the end.</param>
/// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
/// <param name="bias">Whether a number per channel is added.</param>
/// <param name="dilation">Steps between the taps of a filter.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√fanIn.</param>
public sealed class ConvTranspose1d(int inChannels, int outChannels, int kernelSize, int stride = 1, int padding = 0, int outputPadding = 0,
    int groups = 1, bool bias = true, int dilation = 1, DType? dtype = null, Generator? generator = null)
    : TransposedConvolution(inChannels, outChannels, [kernelSize], [stride], [padding], [outputPadding], groups, bias, [dilation], dtype, generator)
{
    private protected override Tensor Spread(Tensor x, IReadOnlyList<int> outputPadding) =>
        F.ConvTranspose1d(x, Weight, Bias, Stride[0], Padding[0], outputPadding[0], Groups, Dilation[0]);
}

/// <summary><see cref="F.ConvTranspose2d"/> of images <c>(N, inChannels, H, W)</c> or <c>(inChannels, H, W)</c> with learned filters.</summary>
/// <param name="inChannels">Channels in.</param>
/// <param name="outChannels">Channels out.</param>
/// <param name="kernelSize">Size of the filters.</param>
/// <param name="stride">Pixels between the places that neighbours are spread over; 1 by default.</param>
/// <param name="padding">So much of each side is dropped.</param>
/// <param name="outputPadding">So much is added at the bottom and at the right.</param>
/// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
/// <param name="bias">Whether a number per channel is added.</param>
/// <param name="dilation">Pixels between the taps of a filter; 1 by default.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√fanIn.</param>
public sealed class ConvTranspose2d(int inChannels, int outChannels, Pair kernelSize, Pair? stride = null, Pair padding = default, Pair outputPadding = default,
    int groups = 1, bool bias = true, Pair? dilation = null, DType? dtype = null, Generator? generator = null)
    : TransposedConvolution(inChannels, outChannels, List(kernelSize), List(stride ?? 1), List(padding), List(outputPadding), groups, bias,
        List(dilation ?? 1), dtype, generator)
{
    private protected override Tensor Spread(Tensor x, IReadOnlyList<int> outputPadding) =>
        F.ConvTranspose2d(x, Weight, Bias, ToPair(Stride), ToPair(Padding), ToPair(outputPadding), Groups, ToPair(Dilation));
}

/// <summary><see cref="F.ConvTranspose3d"/> of volumes <c>(N, inChannels, D, H, W)</c> or <c>(inChannels, D, H, W)</c> with learned filters.</summary>
/// <param name="inChannels">Channels in.</param>
/// <param name="outChannels">Channels out.</param>
/// <param name="kernelSize">Size of the filters.</param>
/// <param name="stride">Steps between the places that neighbours are spread over; 1 by default.</param>
/// <param name="padding">So much of each side is dropped.</param>
/// <param name="outputPadding">So much is added at each end.</param>
/// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
/// <param name="bias">Whether a number per channel is added.</param>
/// <param name="dilation">Steps between the taps of a filter; 1 by default.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√fanIn.</param>
public sealed class ConvTranspose3d(int inChannels, int outChannels, Triple kernelSize, Triple? stride = null, Triple padding = default, Triple outputPadding = default,
    int groups = 1, bool bias = true, Triple? dilation = null, DType? dtype = null, Generator? generator = null)
    : TransposedConvolution(inChannels, outChannels, List(kernelSize), List(stride ?? 1), List(padding), List(outputPadding), groups, bias,
        List(dilation ?? 1), dtype, generator)
{
    private protected override Tensor Spread(Tensor x, IReadOnlyList<int> outputPadding) =>
        F.ConvTranspose3d(x, Weight, Bias, ToTriple(Stride), ToTriple(Padding), ToTriple(outputPadding), Groups, ToTriple(Dilation));
}
