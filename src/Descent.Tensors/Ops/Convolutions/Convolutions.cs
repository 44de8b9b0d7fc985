namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// Cross-correlation of sequences <c>(N, C, L)</c> or one sequence <c>(C, L)</c> with filters
    /// <c>(O, C / groups, k)</c>: <c>y[n, o] = bias[o] + Σ weight[o, c] ⋆ x[n, c]</c>.
    /// </summary>
    /// <param name="x">The sequences.</param>
    /// <param name="weight">The filters.</param>
    /// <param name="bias">One number per filter, or null.</param>
    /// <param name="stride">Steps between neighbouring windows.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">Steps between neighbouring taps of a window.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <returns>Shape <c>(N, O, out)</c>, <c>out = (L + 2 · padding − dilation · (k − 1) − 1) / stride + 1</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor Conv1d(Tensor x, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        SpatialConvolution.Forward(nameof(Conv1d), x, weight, bias, [stride], [padding], [dilation], groups);

    /// <summary>
    /// Cross-correlation of images <c>(N, C, H, W)</c> or one image <c>(C, H, W)</c> with filters
    /// <c>(O, C / groups, kH, kW)</c>: <c>y[n, o] = bias[o] + Σ weight[o, c] ⋆ x[n, c]</c>.
    /// </summary>
    /// <param name="x">The images.</param>
    /// <param name="weight">The filters.</param>
    /// <param name="bias">One number per filter, or null.</param>
    /// <param name="stride">Pixels between neighbouring windows; 1 by default.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">Pixels between neighbouring taps of a window; 1 by default.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <returns>Shape <c>(N, O, outH, outW)</c>, <c>out = (size + 2 · padding − dilation · (k − 1) − 1) / stride + 1</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, Pair? stride = null, Pair padding = default,
        Pair? dilation = null, int groups = 1)
    {
        var (s, d) = (stride ?? 1, dilation ?? 1);
        return SpatialConvolution.Forward(nameof(Conv2d), x, weight, bias, [s.Height, s.Width], [padding.Height, padding.Width], [d.Height, d.Width], groups);
    }

    /// <summary>
    /// Cross-correlation of volumes <c>(N, C, D, H, W)</c> or one volume <c>(C, D, H, W)</c> with filters
    /// <c>(O, C / groups, kD, kH, kW)</c>: <c>y[n, o] = bias[o] + Σ weight[o, c] ⋆ x[n, c]</c>.
    /// </summary>
    /// <param name="x">The volumes.</param>
    /// <param name="weight">The filters.</param>
    /// <param name="bias">One number per filter, or null.</param>
    /// <param name="stride">Steps between neighbouring windows; 1 by default.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">Steps between neighbouring taps of a window; 1 by default.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <returns>Shape <c>(N, O, outD, outH, outW)</c>, <c>out = (size + 2 · padding − dilation · (k − 1) − 1) / stride + 1</c>.</returns>
    /// <remarks>A two-dimensional convolution over planes whose kD neighbours are gathered as channels, some 4 MiB of them at a time.</remarks>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor Conv3d(Tensor x, Tensor weight, Tensor? bias = null, Triple? stride = null, Triple padding = default,
        Triple? dilation = null, int groups = 1)
    {
        var (s, d) = (stride ?? 1, dilation ?? 1);
        return SpatialConvolution.Forward(nameof(Conv3d), x, weight, bias, [s.Depth, s.Height, s.Width],
            [padding.Depth, padding.Height, padding.Width], [d.Depth, d.Height, d.Width], groups);
    }
}
