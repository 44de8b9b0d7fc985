namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The mean of each window of sequences <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
    /// <param name="x">The sequences.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="padding">Zeros on each side, at most half the kernel.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <param name="countIncludePad">Whether padding counts in the divisor.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor AvgPool1d(Tensor x, int kernelSize, int? stride = null, int padding = 0, bool ceilMode = false, bool countIncludePad = true) =>
        AveragePool(nameof(AvgPool1d), x, [kernelSize], [stride ?? kernelSize], [padding], ceilMode, countIncludePad, null);

    /// <summary>The mean of each window of images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
    /// <param name="x">The images.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Pixels between windows; the kernel size by default.</param>
    /// <param name="padding">Zeros on each side, at most half the kernel.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <param name="countIncludePad">Whether padding counts in the divisor.</param>
    /// <param name="divisorOverride">Divides by this instead of the number of pixels.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor AvgPool2d(Tensor x, Pair kernelSize, Pair? stride = null, Pair padding = default, bool ceilMode = false,
        bool countIncludePad = true, int? divisorOverride = null) =>
        AveragePool(nameof(AvgPool2d), x, List(kernelSize), List(stride ?? kernelSize), List(padding), ceilMode, countIncludePad, divisorOverride);

    /// <summary>The mean of each window of volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
    /// <param name="x">The volumes.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="padding">Zeros on each side, at most half the kernel.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <param name="countIncludePad">Whether padding counts in the divisor.</param>
    /// <param name="divisorOverride">Divides by this instead of the number of elements.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor AvgPool3d(Tensor x, Triple kernelSize, Triple? stride = null, Triple padding = default, bool ceilMode = false,
        bool countIncludePad = true, int? divisorOverride = null) =>
        AveragePool(nameof(AvgPool3d), x, List(kernelSize), List(stride ?? kernelSize), List(padding), ceilMode, countIncludePad, divisorOverride);

    /// <summary><c>(Σ xᵖ)^(1/p)</c> over each window of sequences <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
    /// <param name="x">The sequences.</param>
    /// <param name="normType">The power p.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor LPPool1d(Tensor x, double normType, int kernelSize, int? stride = null, bool ceilMode = false) =>
        PowerPool(nameof(LPPool1d), x, normType, [kernelSize], [stride ?? kernelSize], ceilMode);

    /// <summary><c>(Σ xᵖ)^(1/p)</c> over each window of images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
    /// <param name="x">The images.</param>
    /// <param name="normType">The power p.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Pixels between windows; the kernel size by default.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor LPPool2d(Tensor x, double normType, Pair kernelSize, Pair? stride = null, bool ceilMode = false) =>
        PowerPool(nameof(LPPool2d), x, normType, List(kernelSize), List(stride ?? kernelSize), ceilMode);

    /// <summary><c>(Σ xᵖ)^(1/p)</c> over each window of volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
    /// <param name="x">The volumes.</param>
    /// <param name="normType">The power p.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor LPPool3d(Tensor x, double normType, Triple kernelSize, Triple? stride = null, bool ceilMode = false) =>
        PowerPool(nameof(LPPool3d), x, normType, List(kernelSize), List(stride ?? kernelSize), ceilMode);

    static Tensor AveragePool(string operation, Tensor x, int[] kernel, int[] stride, int[] padding, bool ceilMode, bool countPadding, int? divisor)
    {
        if (divisor is <= 0) throw new ArgumentException($"{operation}: divisorOverride is {divisor}; it must be at least 1.");
        var dilation = new int[kernel.Length];
        Array.Fill(dilation, 1);
        return AvgPoolOp.Average(x, PoolPlan.Of(operation, x, kernel, stride, padding, dilation, ceilMode), kernel.Length, countPadding, divisor ?? 0);
    }

    // A window that is cut at the end counts as if the missing part were as its mean, as in PyTorch.
    static Tensor PowerPool(string operation, Tensor x, double p, int[] kernel, int[] stride, bool ceilMode)
    {
        if (p == 0) throw new ArgumentException($"{operation}: normType is 0; it must be another number.");
        var mean = AveragePool(operation, x.Pow(p), kernel, stride, new int[kernel.Length], ceilMode, countPadding: true, divisor: null);
        return mean.Mul(new Shape(kernel).Elements).Pow(1 / p);
    }
}
