namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The means of windows that share sequences <c>(N, C, L)</c> or <c>(C, L)</c> out evenly: window i goes from <c>⌊i · L / size⌋</c> to <c>⌈(i + 1) · L / size⌉</c>.</summary>
    /// <param name="x">The sequences.</param>
    /// <param name="size">The number of windows.</param>
    /// <exception cref="ShapeException">x has another rank, or nothing to pool.</exception>
    public static Tensor AdaptiveAvgPool1d(Tensor x, int size) => AvgPoolOp.Average(x, PoolPlan.Of(nameof(AdaptiveAvgPool1d), x, [size]), rank: 1);

    /// <summary>The means of windows that share images <c>(N, C, H, W)</c> or <c>(C, H, W)</c> out evenly.</summary>
    /// <param name="x">The images.</param>
    /// <param name="height">Rows of windows; null for as many as x has.</param>
    /// <param name="width">Columns of windows; null for as many as x has.</param>
    /// <exception cref="ShapeException">x has another rank, or nothing to pool.</exception>
    public static Tensor AdaptiveAvgPool2d(Tensor x, int? height, int? width) =>
        AvgPoolOp.Average(x, PoolPlan.Of(nameof(AdaptiveAvgPool2d), x, [height, width]), rank: 2);

    /// <summary>As many means in each direction.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool2d(Tensor, int?, int?)"/>
    /// <param name="size">Rows and columns of windows.</param>
    public static Tensor AdaptiveAvgPool2d(Tensor x, int size) => AdaptiveAvgPool2d(x, size, size);

    /// <summary>The means of windows that share volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c> out evenly.</summary>
    /// <param name="x">The volumes.</param>
    /// <param name="depth">Windows in depth; null for as many as x has.</param>
    /// <param name="height">Windows in height; null for as many as x has.</param>
    /// <param name="width">Windows in width; null for as many as x has.</param>
    /// <exception cref="ShapeException">x has another rank, or nothing to pool.</exception>
    public static Tensor AdaptiveAvgPool3d(Tensor x, int? depth, int? height, int? width) =>
        AvgPoolOp.Average(x, PoolPlan.Of(nameof(AdaptiveAvgPool3d), x, [depth, height, width]), rank: 3);

    /// <summary>As many means in each direction.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool3d(Tensor, int?, int?, int?)"/>
    /// <param name="size">Windows in each direction.</param>
    public static Tensor AdaptiveAvgPool3d(Tensor x, int size) => AdaptiveAvgPool3d(x, size, size, size);

    /// <summary>The maxima of windows that share sequences <c>(N, C, L)</c> or <c>(C, L)</c> out evenly.</summary>
    /// <param name="x">The sequences.</param>
    /// <param name="size">The number of windows.</param>
    /// <exception cref="ShapeException">x has another rank, or nothing to pool.</exception>
    public static Tensor AdaptiveMaxPool1d(Tensor x, int size) => AdaptiveMaxPool1dWithIndices(x, size).Values;

    /// <summary>As <see cref="AdaptiveMaxPool1d"/>, with where in its sequence each maximum stands (Int64; the first of equals).</summary>
    /// <inheritdoc cref="AdaptiveMaxPool1d"/>
    public static (Tensor Values, Tensor Indices) AdaptiveMaxPool1dWithIndices(Tensor x, int size) =>
        MaxPoolOp.WithIndices(x, PoolPlan.Of(nameof(AdaptiveMaxPool1d), x, [size]), rank: 1);

    /// <summary>The maxima of windows that share images <c>(N, C, H, W)</c> or <c>(C, H, W)</c> out evenly.</summary>
    /// <param name="x">The images.</param>
    /// <param name="height">Rows of windows; null for as many as x has.</param>
    /// <param name="width">Columns of windows; null for as many as x has.</param>
    /// <exception cref="ShapeException">x has another rank, or nothing to pool.</exception>
    public static Tensor AdaptiveMaxPool2d(Tensor x, int? height, int? width) => AdaptiveMaxPool2dWithIndices(x, height, width).Values;

    /// <summary>As many maxima in each direction.</summary>
    /// <inheritdoc cref="AdaptiveMaxPool2d(Tensor, int?, int?)"/>
    /// <param name="size">Rows and columns of windows.</param>
    public static Tensor AdaptiveMaxPool2d(Tensor x, int size) => AdaptiveMaxPool2d(x, size, size);

    /// <summary>As <see cref="AdaptiveMaxPool2d(Tensor, int?, int?)"/>, with where in its flattened plane each maximum stands (Int64; the first of equals).</summary>
    /// <inheritdoc cref="AdaptiveMaxPool2d(Tensor, int?, int?)"/>
    public static (Tensor Values, Tensor Indices) AdaptiveMaxPool2dWithIndices(Tensor x, int? height, int? width) =>
        MaxPoolOp.WithIndices(x, PoolPlan.Of(nameof(AdaptiveMaxPool2d), x, [height, width]), rank: 2);

    /// <summary>The maxima of windows that share volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c> out evenly.</summary>
    /// <param name="x">The volumes.</param>
    /// <param name="depth">Windows in depth; null for as many as x has.</param>
    /// <param name="height">Windows in height; null for as many as x has.</param>
    /// <param name="width">Windows in width; null for as many as x has.</param>
    /// <exception cref="ShapeException">x has another rank, or nothing to pool.</exception>
    public static Tensor AdaptiveMaxPool3d(Tensor x, int? depth, int? height, int? width) => AdaptiveMaxPool3dWithIndices(x, depth, height, width).Values;

    /// <summary>As many maxima in each direction.</summary>
    /// <inheritdoc cref="AdaptiveMaxPool3d(Tensor, int?, int?, int?)"/>
    /// <param name="size">Windows in each direction.</param>
    public static Tensor AdaptiveMaxPool3d(Tensor x, int size) => AdaptiveMaxPool3d(x, size, size, size);

    /// <summary>As <see cref="AdaptiveMaxPool3d(Tensor, int?, int?, int?)"/>, with where in its flattened volume each maximum stands (Int64; the first of equals).</summary>
    /// <inheritdoc cref="AdaptiveMaxPool3d(Tensor, int?, int?, int?)"/>
    public static (Tensor Values, Tensor Indices) AdaptiveMaxPool3dWithIndices(Tensor x, int? depth, int? height, int? width) =>
        MaxPoolOp.WithIndices(x, PoolPlan.Of(nameof(AdaptiveMaxPool3d), x, [depth, height, width]), rank: 3);
}
