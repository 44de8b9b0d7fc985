using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class PoolingRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("MaxPool1d", () => new MaxPool1d(3, 2, 1), [2, 3, 8]) { Output = [2, 3, 4], TakesUnbatched = true, Refuses = [[8]] },
        new("MaxPool2d", () => new MaxPool2d(2), [2, 3, 5, 6]) { Output = [2, 3, 2, 3], TakesUnbatched = true, Refuses = [[2, 3], [2, 3, 1, 6]] },
        new("MaxPool2d, dilated, rounded up", () => new MaxPool2d((2, 3), 2, (1, 0), (3, 1), ceilMode: true), [2, 2, 6, 6]) { Output = [2, 2, 3, 3], TakesUnbatched = true },
        new("MaxPool2d, larger than the input, rounded up", () => new MaxPool2d((3, 4), 3, ceilMode: true), [2, 2, 2, 3]) { Output = [2, 2, 1, 1], TakesUnbatched = true },
        new("MaxPool3d", () => new MaxPool3d((2, 3, 2), (1, 2, 2), (1, 0, 1)), [2, 2, 2, 5, 3]) { Output = [2, 2, 3, 2, 2], TakesUnbatched = true },
        new("AvgPool1d", () => new AvgPool1d(3, 2, 1, countIncludePad: false), [2, 3, 8]) { Output = [2, 3, 4], TakesUnbatched = true },
        new("AvgPool2d", () => new AvgPool2d(3, 2, 1, ceilMode: true), [2, 3, 6, 5]) { Output = [2, 3, 4, 3], TakesUnbatched = true, Refuses = [[3, 6]] },
        new("AvgPool2d, larger than the input, rounded up", () => new AvgPool2d((3, 4), 3, ceilMode: true), [2, 2, 2, 3]) { Output = [2, 2, 1, 1], TakesUnbatched = true },
        new("AvgPool2d, wide", () => new AvgPool2d((2, 20)), [1, 2, 4, 41]) { Output = [1, 2, 2, 2] },
        new("AvgPool3d", () => new AvgPool3d(2, 1, (1, 0, 1), divisorOverride: 5), [2, 2, 2, 3, 2]) { Output = [2, 2, 3, 2, 3], TakesUnbatched = true },
        new("LPPool1d", () => new LPPool1d(2, 3, 2), [2, 3, 8]) { Output = [2, 3, 3], TakesUnbatched = true },
        new("LPPool2d", () => new LPPool2d(2, (2, 3), ceilMode: true), [2, 3, 5, 6]) { Output = [2, 3, 3, 2], TakesUnbatched = true },
        new("LPPool3d", () => new LPPool3d(4, 2), [1, 2, 2, 4, 3]) { Output = [1, 2, 1, 2, 1] },
        new("AdaptiveAvgPool1d", () => new AdaptiveAvgPool1d(3), [2, 3, 8]) { Output = [2, 3, 3], TakesUnbatched = true },
        new("AdaptiveAvgPool2d", () => new AdaptiveAvgPool2d(3, null), [2, 3, 5, 4]) { Output = [2, 3, 3, 4], TakesUnbatched = true, Refuses = [[2, 3, 0, 4]] },
        new("AdaptiveAvgPool2d to one", () => new AdaptiveAvgPool2d(1), [2, 3, 5, 4]) { Output = [2, 3, 1, 1] },
        new("AdaptiveAvgPool3d", () => new AdaptiveAvgPool3d(3, 1, null), [2, 2, 2, 3, 2]) { Output = [2, 2, 3, 1, 2], TakesUnbatched = true },
        new("AdaptiveMaxPool1d", () => new AdaptiveMaxPool1d(5), [2, 3, 8]) { Output = [2, 3, 5], TakesUnbatched = true },
        new("AdaptiveMaxPool2d", () => new AdaptiveMaxPool2d(3, 2), [2, 3, 5, 4]) { Output = [2, 3, 3, 2], TakesUnbatched = true },
        new("AdaptiveMaxPool3d", () => new AdaptiveMaxPool3d(2), [1, 2, 3, 3, 2]) { Output = [1, 2, 2, 2, 2], TakesUnbatched = true },
        new("MaxUnpool1d", () => new MaxUnpool1d(2), [2, 3, 4])
        {
            Output = [2, 3, 9],
            Apply = (layer, x) => ((MaxUnpool1d)layer).Forward(x[0], F.MaxPool1dWithIndices(Spread(x[0], [8]), 2).Indices, [9]),
            TakesUnbatched = true,
        },
        new("MaxUnpool2d", () => new MaxUnpool2d(2), [2, 3, 2, 2])
        {
            Output = [2, 3, 4, 4],
            Apply = (layer, x) => ((MaxUnpool2d)layer).Forward(x[0], F.MaxPool2dWithIndices(Spread(x[0], [4, 4]), 2).Indices),
            TakesUnbatched = true,
        },
        new("MaxUnpool3d", () => new MaxUnpool3d(2), [2, 3, 1, 2, 2])
        {
            Output = [2, 3, 2, 4, 4],
            Apply = (layer, x) => ((MaxUnpool3d)layer).Forward(x[0], F.MaxPool3dWithIndices(Spread(x[0], [2, 4, 4]), 2).Indices),
            TakesUnbatched = true,
        },
    ];

    /// <summary>Numbers that do not depend on x, so that neither do the places of their maxima.</summary>
    static Tensor Spread(Tensor x, int[] sizes) =>
        Tensor.Randn(new Shape(sizes), generator: new Generator(11)).Expand([.. x.Shape[..(x.Rank - sizes.Length)], .. sizes]);
}
