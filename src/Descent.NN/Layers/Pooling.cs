using Descent.Tensors;

namespace Descent.NN;

/// <summary>The greatest value of each window, as <see cref="F.MaxPool2d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Pixels between windows; the kernel size by default.</param>
/// <param name="padding">Pixels on each side, at most half the kernel; they count as −∞.</param>
/// <param name="dilation">Pixels between the taps of a window; 1 by default.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
public sealed class MaxPool2d(Pair kernelSize, Pair? stride = null, Pair padding = default, Pair? dilation = null, bool ceilMode = false) : Module
{
    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.MaxPool2d(x, kernelSize, stride, padding, dilation, ceilMode));
}

/// <summary>The mean of each window, as <see cref="F.AvgPool2d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Pixels between windows; the kernel size by default.</param>
/// <param name="padding">Zeros on each side, at most half the kernel.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
/// <param name="countIncludePad">Whether padding counts in the divisor.</param>
/// <param name="divisorOverride">Divides by this instead of the number of pixels.</param>
public sealed class AvgPool2d(Pair kernelSize, Pair? stride = null, Pair padding = default, bool ceilMode = false, bool countIncludePad = true,
    int? divisorOverride = null) : Module
{
    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AvgPool2d(x, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride));
}
