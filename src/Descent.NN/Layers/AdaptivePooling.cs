using Descent.Tensors;

namespace Descent.NN;

/// <summary>The means of windows that share sequences out evenly, as <see cref="F.AdaptiveAvgPool1d"/>.</summary>
/// <param name="size">The number of windows.</param>
public sealed class AdaptiveAvgPool1d(int size) : Module
{
    /// <param name="x">Shape <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    /// <returns>Shape <c>(N, C, L')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AdaptiveAvgPool1d(x, size));
}

/// <summary>The means of windows that share images out evenly, as <see cref="F.AdaptiveAvgPool2d(Tensor, int?, int?)"/>.</summary>
/// <param name="height">Windows in height; null for as many as the input has.</param>
/// <param name="width">Windows in width; null for as many as the input has.</param>
public sealed class AdaptiveAvgPool2d(int? height, int? width) : Module
{
    /// <summary>As many windows in each direction.</summary>
    /// <param name="size">Windows in each direction.</param>
    public AdaptiveAvgPool2d(int size) : this(size, size)
    {
    }

    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AdaptiveAvgPool2d(x, height, width));
}

/// <summary>The means of windows that share volumes out evenly, as <see cref="F.AdaptiveAvgPool3d(Tensor, int?, int?, int?)"/>.</summary>
/// <param name="depth">Windows in depth; null for as many as the input has.</param>
/// <param name="height">Windows in height; null for as many as the input has.</param>
/// <param name="width">Windows in width; null for as many as the input has.</param>
public sealed class AdaptiveAvgPool3d(int? depth, int? height, int? width) : Module
{
    /// <summary>As many windows in each direction.</summary>
    /// <param name="size">Windows in each direction.</param>
    public AdaptiveAvgPool3d(int size) : this(size, size, size)
    {
    }

    /// <param name="x">Shape <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, D', H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AdaptiveAvgPool3d(x, depth, height, width));
}

/// <summary>The maxima of windows that share sequences out evenly, as <see cref="F.AdaptiveMaxPool1d"/>.</summary>
/// <param name="size">The number of windows.</param>
public sealed class AdaptiveMaxPool1d(int size) : Module
{
    /// <param name="x">Shape <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    /// <returns>Shape <c>(N, C, L')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AdaptiveMaxPool1d(x, size));

    /// <summary>The maxima and where each stands in the flattened spatial dimensions.</summary>
    /// <param name="x">Shape <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x)
    {
        var (values, indices) = F.AdaptiveMaxPool1dWithIndices(x, size);
        return (Observed(values), indices);
    }
}

/// <summary>The maxima of windows that share images out evenly, as <see cref="F.AdaptiveMaxPool2d(Tensor, int?, int?)"/>.</summary>
/// <param name="height">Windows in height; null for as many as the input has.</param>
/// <param name="width">Windows in width; null for as many as the input has.</param>
public sealed class AdaptiveMaxPool2d(int? height, int? width) : Module
{
    /// <summary>As many windows in each direction.</summary>
    /// <param name="size">Windows in each direction.</param>
    public AdaptiveMaxPool2d(int size) : this(size, size)
    {
    }

    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AdaptiveMaxPool2d(x, height, width));

    /// <summary>The maxima and where each stands in the flattened spatial dimensions.</summary>
    /// <param name="x">Shape <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x)
    {
        var (values, indices) = F.AdaptiveMaxPool2dWithIndices(x, height, width);
        return (Observed(values), indices);
    }
}

/// <summary>The maxima of windows that share volumes out evenly, as <see cref="F.AdaptiveMaxPool3d(Tensor, int?, int?, int?)"/>.</summary>
/// <param name="depth">Windows in depth; null for as many as the input has.</param>
/// <param name="height">Windows in height; null for as many as the input has.</param>
/// <param name="width">Windows in width; null for as many as the input has.</param>
public sealed class AdaptiveMaxPool3d(int? depth, int? height, int? width) : Module
{
    /// <summary>As many windows in each direction.</summary>
    /// <param name="size">Windows in each direction.</param>
    public AdaptiveMaxPool3d(int size) : this(size, size, size)
    {
    }

    /// <param name="x">Shape <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    /// <returns>Shape <c>(N, C, D', H', W')</c> or without <c>N</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.AdaptiveMaxPool3d(x, depth, height, width));

    /// <summary>The maxima and where each stands in the flattened spatial dimensions.</summary>
    /// <param name="x">Shape <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x)
    {
        var (values, indices) = F.AdaptiveMaxPool3dWithIndices(x, depth, height, width);
        return (Observed(values), indices);
    }
}
