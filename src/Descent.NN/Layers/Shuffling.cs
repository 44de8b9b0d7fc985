using Descent.Tensors;

namespace Descent.NN;

/// <summary>Channels as pixels: <c>(…, C · r², H, W)</c> becomes <c>(…, C, H · r, W · r)</c>.</summary>
/// <remarks>Shi et al., "Real-Time Single Image and Video Super-Resolution", 2016, arXiv:1609.05158.</remarks>
/// <param name="upscaleFactor">The factor r.</param>
public sealed class PixelShuffle(int upscaleFactor) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.PixelShuffle(upscaleFactor));
}

/// <summary>Pixels as channels: <c>(…, C, H · r, W · r)</c> becomes <c>(…, C · r², H, W)</c>.</summary>
/// <param name="downscaleFactor">The factor r.</param>
public sealed class PixelUnshuffle(int downscaleFactor) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.PixelUnshuffle(downscaleFactor));
}

/// <summary>Channels of <c>(N, C, …)</c> dealt out, so that the first of each group come first.</summary>
/// <remarks>Zhang et al., "ShuffleNet", 2017, arXiv:1707.01083.</remarks>
/// <param name="groups">The number of groups.</param>
public sealed class ChannelShuffle(int groups) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(x.ChannelShuffle(groups));
}

/// <summary>The patches under a sliding window as columns: <c>(N, C, H, W)</c> becomes <c>(N, C · kH · kW, windows)</c>, as <see cref="F.Unfold"/>.</summary>
/// <param name="kernelSize">The window.</param>
/// <param name="dilation">Pixels between neighbours within the window; 1 by default.</param>
/// <param name="padding">Zeros on each side.</param>
/// <param name="stride">Pixels between neighbouring windows; 1 by default.</param>
public sealed class Unfold(Pair kernelSize, Pair? dilation = null, Pair padding = default, Pair? stride = null) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(F.Unfold(x, kernelSize, dilation, padding, stride));
}

/// <summary>Columns added back where <see cref="Unfold"/> took them from, as <see cref="F.Fold"/>.</summary>
/// <param name="outputSize">Height and width of the images.</param>
/// <param name="kernelSize">The window.</param>
/// <param name="dilation">Pixels between neighbours within the window; 1 by default.</param>
/// <param name="padding">Pixels on each side that are dropped.</param>
/// <param name="stride">Pixels between neighbouring windows; 1 by default.</param>
public sealed class Fold(Pair outputSize, Pair kernelSize, Pair? dilation = null, Pair padding = default, Pair? stride = null) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(F.Fold(x, outputSize, kernelSize, dilation, padding, stride));
}
