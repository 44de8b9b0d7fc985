using Descent.Tensors;

namespace Descent.NN;

/// <summary>Learned filters over images: cross-correlation, as <see cref="F.Conv2d"/>.</summary>
public sealed class Conv2d : Module
{
    readonly Pair _stride, _dilation;
    readonly Padding2d _padding;
    readonly PaddingMode _paddingMode;
    readonly int _groups;

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
    /// <exception cref="ArgumentException">The channels do not divide into the groups, or "same" has a stride.</exception>
    public Conv2d(int inChannels, int outChannels, Pair kernelSize, Pair? stride = null, Padding2d padding = default, Pair? dilation = null,
        int groups = 1, bool bias = true, PaddingMode paddingMode = PaddingMode.Constant, DType? dtype = null, Generator? generator = null)
    {
        if (groups < 1 || inChannels < 1 || outChannels < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"Conv2d: {inChannels} channels in and {outChannels} out with {groups} group(s). Expected channels of at least 1, multiples of the groups.");
        if (kernelSize.Height < 1 || kernelSize.Width < 1)
            throw new ArgumentException($"Conv2d: the kernel size is {kernelSize}; it must be at least 1.");
        (_stride, _dilation, _groups) = (stride ?? 1, dilation ?? 1, groups);
        if (padding.IsSame && _stride != 1)
            throw new ArgumentException($"Conv2d: padding \"same\" keeps the size, so the stride must be 1; it is {_stride}.");
        (_padding, _paddingMode) = (padding, paddingMode);
        Shape shape = [outChannels, inChannels / groups, kernelSize.Height, kernelSize.Width];
        Weight = DefaultInit.Weight(shape, dtype, generator);
        Bias = bias ? DefaultInit.Bias(outChannels, Init.CalculateFan(shape).FanIn, dtype, generator) : null;
    }

    /// <summary>Shape <c>(outChannels, inChannels / groups, height, width)</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shape <c>(outChannels)</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x">Shape <c>(N, inChannels, H, W)</c> or <c>(inChannels, H, W)</c>.</param>
    /// <returns>Shape <c>(N, outChannels, H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x)
    {
        var (before, after) = _padding.Around((Weight.Shape[2], Weight.Shape[3]), _dilation);
        if (before == after && (_paddingMode == PaddingMode.Constant || before == 0))
            return Observed(F.Conv2d(x, Weight, Bias, _stride, before, _dilation, _groups));
        // What "same" needs more of with an even kernel stands at the right and at the bottom, as in PyTorch.
        x = F.Pad(x, [before.Width, after.Width, before.Height, after.Height], _paddingMode);
        return Observed(F.Conv2d(x, Weight, Bias, _stride, 0, _dilation, _groups));
    }
}
