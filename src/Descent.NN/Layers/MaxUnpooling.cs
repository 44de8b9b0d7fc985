using Descent.Tensors;

namespace Descent.NN;

/// <summary>The reverse of <see cref="MaxPool1d"/>: each value at its index, zeros elsewhere, as <see cref="F.MaxUnpool1d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">So many on each side.</param>
public sealed class MaxUnpool1d(int kernelSize, int? stride = null, int padding = 0) : Module
{
    /// <param name="x">Values <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    /// <param name="indices">Where each stands: what <see cref="MaxPool1d.ForwardWithIndices"/> gave.</param>
    /// <param name="outputSize">The spatial sizes, where pooling rounded.</param>
    public Tensor Forward(Tensor x, Tensor indices, ReadOnlySpan<int> outputSize = default) =>
        Observed(F.MaxUnpool1d(x, indices, kernelSize, stride, padding, outputSize));
}

/// <summary>The reverse of <see cref="MaxPool2d"/>: each value at its index, zeros elsewhere, as <see cref="F.MaxUnpool2d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">So many on each side.</param>
public sealed class MaxUnpool2d(Pair kernelSize, Pair? stride = null, Pair padding = default) : Module
{
    /// <param name="x">Values <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <param name="indices">Where each stands: what <see cref="MaxPool2d.ForwardWithIndices"/> gave.</param>
    /// <param name="outputSize">The spatial sizes, where pooling rounded.</param>
    public Tensor Forward(Tensor x, Tensor indices, ReadOnlySpan<int> outputSize = default) =>
        Observed(F.MaxUnpool2d(x, indices, kernelSize, stride, padding, outputSize));
}

/// <summary>The reverse of <see cref="MaxPool3d"/>: each value at its index, zeros elsewhere, as <see cref="F.MaxUnpool3d"/>.</summary>
/// <param name="kernelSize">Size of a window.</param>
/// <param name="stride">Steps between windows; the kernel size by default.</param>
/// <param name="padding">So many on each side.</param>
public sealed class MaxUnpool3d(Triple kernelSize, Triple? stride = null, Triple padding = default) : Module
{
    /// <param name="x">Values <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    /// <param name="indices">Where each stands: what <see cref="MaxPool3d.ForwardWithIndices"/> gave.</param>
    /// <param name="outputSize">The spatial sizes, where pooling rounded.</param>
    public Tensor Forward(Tensor x, Tensor indices, ReadOnlySpan<int> outputSize = default) =>
        Observed(F.MaxUnpool3d(x, indices, kernelSize, stride, padding, outputSize));
}
