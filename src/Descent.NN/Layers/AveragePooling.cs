using Descent.Tensors;

namespace Descent.NN;

/// <summary>The mean of each window, as <see cref="F.AvgPool1d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">Zeros on each side, at most half the kernel.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
/// <param name="countIncludePad">Whether padding counts in the divisor.</param>
public sealed class AvgPool1d(int kernelSize, int? stride = null, int padding = 0, bool ceilMode = false, bool countIncludePad = true) : Module
{
    /// <param name="x">Shape <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    /// <returns>Shape <c>(N, C, L')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AvgPool1d(x, kernelSize, stride, padding, ceilMode, countIncludePad));
}

/// <summary>The mean of each window, as <see cref="F.AvgPool2d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">Zeros on each side, at most half the kernel.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
/// <param name="countIncludePad">Whether padding counts in the divisor.</param>
/// <param name="divisorOverride">Divides by this instead of the number of elements.</param>
public sealed class AvgPool2d(Pair kernelSize, Pair? stride = null, Pair padding = default, bool ceilMode = false, bool countIncludePad = true, int? divisorOverride = null) : Module
{
    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AvgPool2d(x, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride));
}

/// <summary>The mean of each window, as <see cref="F.AvgPool3d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">Zeros on each side, at most half the kernel.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
/// <param name="countIncludePad">Whether padding counts in the divisor.</param>
/// <param name="divisorOverride">Divides by this instead of the number of elements.</param>
public sealed class AvgPool3d(Triple kernelSize, Triple? stride = null, Triple padding = default, bool ceilMode = false, bool countIncludePad = true, int? divisorOverride = null) : Module
{
    /// <param name="x">Shape <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, D', H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AvgPool3d(x, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride));
}

/// <summary><c>(Σ xᵖ)^(1/p)</c> over each window, as <see cref="F.LPPool1d"/>.</summary>
/// <param name="normType">The power p.</param>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
public sealed class LPPool1d(double normType, int kernelSize, int? stride = null, bool ceilMode = false) : Module
{
    /// <param name="x">Shape <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    /// <returns>Shape <c>(N, C, L')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.LPPool1d(x, normType, kernelSize, stride, ceilMode));
}

/// <summary><c>(Σ xᵖ)^(1/p)</c> over each window, as <see cref="F.LPPool2d"/>.</summary>
/// <param name="normType">The power p.</param>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
public sealed class LPPool2d(double normType, Pair kernelSize, Pair? stride = null, bool ceilMode = false) : Module
{
    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.LPPool2d(x, normType, kernelSize, stride, ceilMode));
}

/// <summary><c>(Σ xᵖ)^(1/p)</c> over each window, as <see cref="F.LPPool3d"/>.</summary>
/// <param name="normType">The power p.</param>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
public sealed class LPPool3d(double normType, Triple kernelSize, Triple? stride = null, bool ceilMode = false) : Module
{
    /// <param name="x">Shape <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, D', H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.LPPool3d(x, normType, kernelSize, stride, ceilMode));
}
