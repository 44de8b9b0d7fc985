namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The greatest value of each window of sequences <c>(N, C, L)</c> or <c>(C, L)</c>; padding counts as −∞.</summary>
    /// <param name="x">The sequences.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="padding">So many on each side, at most half of what a window spans.</param>
    /// <param name="dilation">Steps between the taps of a window.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor MaxPool1d(Tensor x, int kernelSize, int? stride = null, int padding = 0, int dilation = 1, bool ceilMode = false) =>
        MaxPoolOp.Max(x, PoolPlan.Of(nameof(MaxPool1d), x, [kernelSize], [stride ?? kernelSize], [padding], [dilation], ceilMode), rank: 1);

    /// <summary>As <see cref="MaxPool1d"/>, with where in its sequence each maximum stands (Int64; the first of equals).</summary>
    /// <inheritdoc cref="MaxPool1d"/>
    public static (Tensor Values, Tensor Indices) MaxPool1dWithIndices(Tensor x, int kernelSize, int? stride = null, int padding = 0, int dilation = 1,
        bool ceilMode = false) =>
        MaxPoolOp.WithIndices(x, PoolPlan.Of(nameof(MaxPool1d), x, [kernelSize], [stride ?? kernelSize], [padding], [dilation], ceilMode), rank: 1);

    /// <summary>The greatest value of each window of images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>; padding counts as −∞.</summary>
    /// <param name="x">The images.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Pixels between windows; the kernel size by default.</param>
    /// <param name="padding">Pixels on each side, at most half of what a window spans.</param>
    /// <param name="dilation">Pixels between the taps of a window; 1 by default.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor MaxPool2d(Tensor x, Pair kernelSize, Pair? stride = null, Pair padding = default, Pair? dilation = null, bool ceilMode = false) =>
        MaxPoolOp.Max(x, PoolPlan.Of(nameof(MaxPool2d), x, List(kernelSize), List(stride ?? kernelSize), List(padding), List(dilation ?? 1), ceilMode), rank: 2);

    /// <summary>As <see cref="MaxPool2d"/>, with where in its flattened plane each maximum stands (Int64; the first of equals).</summary>
    /// <inheritdoc cref="MaxPool2d"/>
    public static (Tensor Values, Tensor Indices) MaxPool2dWithIndices(Tensor x, Pair kernelSize, Pair? stride = null, Pair padding = default,
        Pair? dilation = null, bool ceilMode = false) =>
        MaxPoolOp.WithIndices(x, PoolPlan.Of(nameof(MaxPool2d), x, List(kernelSize), List(stride ?? kernelSize), List(padding), List(dilation ?? 1), ceilMode), rank: 2);

    /// <summary>The greatest value of each window of volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>; padding counts as −∞.</summary>
    /// <param name="x">The volumes.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="padding">So many on each side, at most half of what a window spans.</param>
    /// <param name="dilation">Steps between the taps of a window; 1 by default.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor MaxPool3d(Tensor x, Triple kernelSize, Triple? stride = null, Triple padding = default, Triple? dilation = null, bool ceilMode = false) =>
        MaxPoolOp.Max(x, PoolPlan.Of(nameof(MaxPool3d), x, List(kernelSize), List(stride ?? kernelSize), List(padding), List(dilation ?? 1), ceilMode), rank: 3);

    /// <summary>As <see cref="MaxPool3d"/>, with where in its flattened volume each maximum stands (Int64; the first of equals).</summary>
    /// <inheritdoc cref="MaxPool3d"/>
    public static (Tensor Values, Tensor Indices) MaxPool3dWithIndices(Tensor x, Triple kernelSize, Triple? stride = null, Triple padding = default,
        Triple? dilation = null, bool ceilMode = false) =>
        MaxPoolOp.WithIndices(x, PoolPlan.Of(nameof(MaxPool3d), x, List(kernelSize), List(stride ?? kernelSize), List(padding), List(dilation ?? 1), ceilMode), rank: 3);

    static int[] List(Pair pair) => [pair.Height, pair.Width];

    static int[] List(Triple triple) => [triple.Depth, triple.Height, triple.Width];
}
