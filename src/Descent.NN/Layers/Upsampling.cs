using Descent.Tensors;

namespace Descent.NN;

/// <summary>Other spatial sizes, as <see cref="F.Interpolate"/>.</summary>
public sealed class Upsample : Module
{
    readonly int[] _size;
    readonly double[] _scaleFactor;
    readonly InterpolationMode _mode;
    readonly bool? _alignCorners;
    readonly bool _recomputeScaleFactor;

    /// <param name="size">The sizes, or one for all dimensions; or empty.</param>
    /// <param name="scaleFactor">What the sizes are multiplied by, or one for all dimensions; or empty.</param>
    /// <param name="mode">How values between elements are found.</param>
    /// <param name="alignCorners">Whether the centres of the outermost elements stay where they are. For the linear modes and Bicubic.</param>
    /// <param name="recomputeScaleFactor">Whether the sizes that came out map the places.</param>
    public Upsample(ReadOnlySpan<int> size = default, ReadOnlySpan<double> scaleFactor = default, InterpolationMode mode = InterpolationMode.Nearest,
        bool? alignCorners = null, bool recomputeScaleFactor = false) =>
        (_size, _scaleFactor, _mode, _alignCorners, _recomputeScaleFactor) = (size.ToArray(), scaleFactor.ToArray(), mode, alignCorners, recomputeScaleFactor);

    /// <param name="x">Shape <c>(N, C, L)</c>, <c>(N, C, H, W)</c> or <c>(N, C, D, H, W)</c>.</param>
    /// <returns>The same with other spatial sizes.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.Interpolate(x, _size, _scaleFactor, _mode, _alignCorners, _recomputeScaleFactor));
}

/// <summary>Images <c>(N, C, H, W)</c> made larger by repeating pixels.</summary>
/// <param name="size">Height and width, or one for both; or empty.</param>
/// <param name="scaleFactor">What they are multiplied by, or one for both; or empty.</param>
public sealed class UpsamplingNearest2d(ReadOnlySpan<int> size = default, ReadOnlySpan<double> scaleFactor = default) : Module
{
    readonly int[] _size = size.ToArray();
    readonly double[] _scaleFactor = scaleFactor.ToArray();

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(F.Interpolate(x, _size, _scaleFactor));
}

/// <summary>Images <c>(N, C, H, W)</c> made larger by bilinear interpolation, the centres of the corner pixels staying where they are.</summary>
/// <param name="size">Height and width, or one for both; or empty.</param>
/// <param name="scaleFactor">What they are multiplied by, or one for both; or empty.</param>
public sealed class UpsamplingBilinear2d(ReadOnlySpan<int> size = default, ReadOnlySpan<double> scaleFactor = default) : Module
{
    readonly int[] _size = size.ToArray();
    readonly double[] _scaleFactor = scaleFactor.ToArray();

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Observed(F.Interpolate(x, _size, _scaleFactor, InterpolationMode.Bilinear, alignCorners: true));
}
