using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class NormalizationRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("BatchNorm1d", () => new BatchNorm1d(3), [4, 3]) { Output = [4, 3], Refuses = [[4, 2], [3]] },
        new("BatchNorm1d of sequences, without parameters", () => new BatchNorm1d(3, affine: false), [2, 3, 5]) { Output = [2, 3, 5] },
        new("BatchNorm2d", () => new BatchNorm2d(3), [2, 3, 3, 2]) { Output = [2, 3, 3, 2], Refuses = [[2, 3, 4]] },
        new("BatchNorm3d", () => new BatchNorm3d(2), [2, 2, 2, 1, 3]) { Output = [2, 2, 2, 1, 3], Refuses = [[2, 2, 2, 3]] },
        new("BatchNorm3d of the batch alone", () => new BatchNorm3d(2, trackRunningStats: false), [2, 2, 2, 1, 3]) { Output = [2, 2, 2, 1, 3], TakesEmptyBatch = false },
        new("LayerNorm", () => new LayerNorm(11), [3, 2, 11]) { Output = [3, 2, 11], TakesUnbatched = true, Refuses = [[3, 10]] },
        new("LayerNorm of images, without bias", () => new LayerNorm([3, 5], bias: false), [4, 3, 5]) { Output = [4, 3, 5], TakesUnbatched = true },
        new("LayerNorm without parameters", () => new LayerNorm(5, elementwiseAffine: false), [4, 5]) { Output = [4, 5] },
        new("LayerNorm of many rows", () => new LayerNorm(5), [67, 5]) { Output = [67, 5] },
        new("RMSNorm", () => new RMSNorm(11), [3, 2, 11]) { Output = [3, 2, 11], TakesUnbatched = true, Refuses = [[3, 10]] },
        new("RMSNorm without weight", () => new RMSNorm([2, 3], 1e-3, elementwiseAffine: false), [4, 2, 3]) { Output = [4, 2, 3] },
        new("GroupNorm", () => new GroupNorm(2, 4), [3, 4, 5]) { Output = [3, 4, 5], Refuses = [[3, 3, 5]] },
        new("GroupNorm of vectors", () => new GroupNorm(2, 6), [3, 6]) { Output = [3, 6] },
        new("GroupNorm of single values", () => new GroupNorm(3, 3), [2, 3]) { Output = [2, 3] },
        new("GroupNorm without parameters", () => new GroupNorm(3, 3, affine: false), [2, 3, 2, 3]) { Output = [2, 3, 2, 3] },
        new("InstanceNorm1d", () => new InstanceNorm1d(3), [2, 3, 5]) { Output = [2, 3, 5], TakesUnbatched = true, Refuses = [[2, 4, 5], [2, 3, 4, 4]] },
        new("InstanceNorm2d", () => new InstanceNorm2d(2, affine: true), [2, 2, 3, 3]) { Output = [2, 2, 3, 3], TakesUnbatched = true },
        new("InstanceNorm2d with running statistics", () => new InstanceNorm2d(2, affine: true, trackRunningStats: true), [2, 2, 3, 3]) { Output = [2, 2, 3, 3], TakesUnbatched = true },
        new("InstanceNorm3d", () => new InstanceNorm3d(2, affine: true), [2, 2, 2, 1, 3]) { Output = [2, 2, 2, 1, 3], TakesUnbatched = true },
        new("LocalResponseNorm", () => new LocalResponseNorm(3, 0.5, 0.6, 2), [2, 5, 3]) { Output = [2, 5, 3], Refuses = [[2, 5]] },
        new("LocalResponseNorm wider than the channels", () => new LocalResponseNorm(6, 0.5), [2, 3, 2, 2]) { Output = [2, 3, 2, 2] },
    ];
}
