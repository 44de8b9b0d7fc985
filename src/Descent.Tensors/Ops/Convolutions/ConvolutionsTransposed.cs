namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The gradient of <see cref="Conv1d"/> with respect to its input, as an operation of its own: a learned upsampling.</summary>
    /// <param name="x">Sequences <c>(N, C, L)</c> or one sequence <c>(C, L)</c>.</param>
    /// <param name="weight">Filters <c>(C, O / groups, k)</c>.</param>
    /// <param name="bias">One number per channel that is made, or null.</param>
    /// <param name="stride">Steps between the places that neighbours of x are spread over.</param>
    /// <param name="padding">So much of each side is dropped.</param>
    /// <param name="outputPadding">So much is added at the end; less than the stride or the dilation.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <param name="dilation">Steps between neighbouring taps of a filter.</param>
    /// <returns>Shape <c>(N, O, out)</c>, <c>out = (L − 1) · stride − 2 · padding + dilation · (k − 1) + outputPadding + 1</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor ConvTranspose1d(Tensor x, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0,
        int outputPadding = 0, int groups = 1, int dilation = 1) =>
        SpatialConvolution.Transposed(nameof(ConvTranspose1d), x, weight, bias, [stride], [padding], [outputPadding], groups, [dilation]);

    /// <summary>The gradient of <see cref="Conv2d"/> with respect to its input, as an operation of its own: a learned upsampling.</summary>
    /// <remarks>Zeiler et al., "Deconvolutional Networks", 2010.</remarks>
    /// <param name="x">Images <c>(N, C, H, W)</c> or one image <c>(C, H, W)</c>.</param>
    /// <param name="weight">Filters <c>(C, O / groups, kH, kW)</c>.</param>
    /// <param name="bias">One number per channel that is made, or null.</param>
    /// <param name="stride">Pixels between the places that neighbours of x are spread over; 1 by default.</param>
    /// <param name="padding">So much of each side is dropped.</param>
    /// <param name="outputPadding">So much is added at the bottom and at the right; less than the stride or the dilation.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <param name="dilation">Pixels between neighbouring taps of a filter; 1 by default.</param>
    /// <returns>Shape <c>(N, O, outH, outW)</c>, <c>out = (size − 1) · stride − 2 · padding + dilation · (k − 1) + outputPadding + 1</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias = null, Pair? stride = null, Pair padding = default,
        Pair outputPadding = default, int groups = 1, Pair? dilation = null)
    {
        var (s, d) = (stride ?? 1, dilation ?? 1);
        return SpatialConvolution.Transposed(nameof(ConvTranspose2d), x, weight, bias, [s.Height, s.Width], [padding.Height, padding.Width],
            [outputPadding.Height, outputPadding.Width], groups, [d.Height, d.Width]);
    }

    /// <summary>The gradient of <see cref="Conv3d"/> with respect to its input, as an operation of its own: a learned upsampling.</summary>
    /// <param name="x">Volumes <c>(N, C, D, H, W)</c> or one volume <c>(C, D, H, W)</c>.</param>
    /// <param name="weight">Filters <c>(C, O / groups, kD, kH, kW)</c>.</param>
    /// <param name="bias">One number per channel that is made, or null.</param>
    /// <param name="stride">Steps between the places that neighbours of x are spread over; 1 by default.</param>
    /// <param name="padding">So much of each side is dropped.</param>
    /// <param name="outputPadding">So much is added at each end; less than the stride or the dilation.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <param name="dilation">Steps between neighbouring taps of a filter; 1 by default.</param>
    /// <remarks>A two-dimensional one whose kD planes for each plane of x are then added up: in between, kD times the memory of such planes.</remarks>
    /// <returns>Shape <c>(N, O, outD, outH, outW)</c>, <c>out = (size − 1) · stride − 2 · padding + dilation · (k − 1) + outputPadding + 1</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor ConvTranspose3d(Tensor x, Tensor weight, Tensor? bias = null, Triple? stride = null, Triple padding = default,
        Triple outputPadding = default, int groups = 1, Triple? dilation = null)
    {
        var (s, d) = (stride ?? 1, dilation ?? 1);
        return SpatialConvolution.Transposed(nameof(ConvTranspose3d), x, weight, bias, [s.Depth, s.Height, s.Width],
            [padding.Depth, padding.Height, padding.Width], [outputPadding.Depth, outputPadding.Height, outputPadding.Width], groups,
            [d.Depth, d.Height, d.Width]);
    }
}
