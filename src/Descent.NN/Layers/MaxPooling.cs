using Descent.Tensors;

namespace Descent.NN;

/// <summary>The greatest value of each window, as <see cref="F.MaxPool1d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">So many on each side, at most half of what a window spans; they count as −∞.</param>
/// <param name="dilation">Steps between the taps of a window; 1 by default.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
public sealed class MaxPool1d(int kernelSize, int? stride = null, int padding = 0, int dilation = 1, bool ceilMode = false) : Module
{
    /// <param name="x">Shape <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    /// <returns>Shape <c>(N, C, L')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.MaxPool1d(x, kernelSize, stride, padding, dilation, ceilMode));

    /// <summary>The maxima and where each stands in the flattened spatial dimensions, for <see cref="MaxUnpool1d"/>.</summary>
    /// <param name="x">Shape <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x)
    {
        var (values, indices) = F.MaxPool1dWithIndices(x, kernelSize, stride, padding, dilation, ceilMode);
        return (Observed(values), indices);
    }
}

/// <summary>The greatest value of each window, as <see cref="F.MaxPool2d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">So many on each side, at most half of what a window spans; they count as −∞.</param>
/// <param name="dilation">Steps between the taps of a window; 1 by default.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
public sealed class MaxPool2d(Pair kernelSize, Pair? stride = null, Pair padding = default, Pair? dilation = null, bool ceilMode = false) : Module
{
    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.MaxPool2d(x, kernelSize, stride, padding, dilation, ceilMode));

    /// <summary>The maxima and where each stands in the flattened spatial dimensions, for <see cref="MaxUnpool2d"/>.</summary>
    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x)
    {
        var (values, indices) = F.MaxPool2dWithIndices(x, kernelSize, stride, padding, dilation, ceilMode);
        return (Observed(values), indices);
    }
}

/// <summary>The greatest value of each window, as <see cref="F.MaxPool3d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">So many on each side, at most half of what a window spans; they count as −∞.</param>
/// <param name="dilation">Steps between the taps of a window; 1 by default.</param>
/// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
public sealed class MaxPool3d(Triple kernelSize, Triple? stride = null, Triple padding = default, Triple? dilation = null, bool ceilMode = false) : Module
{
    /// <param name="x">Shape <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, D', H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.MaxPool3d(x, kernelSize, stride, padding, dilation, ceilMode));

    /// <summary>The maxima and where each stands in the flattened spatial dimensions, for <see cref="MaxUnpool3d"/>.</summary>
    /// <param name="x">Shape <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x)
    {
        var (values, indices) = F.MaxPool3dWithIndices(x, kernelSize, stride, padding, dilation, ceilMode);
        return (Observed(values), indices);
    }
}
