using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class ResamplingRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("Upsample, nearest", () => new Upsample(scaleFactor: [2]), [2, 3, 4]) { Output = [2, 3, 8] },
        new("Upsample, linear", () => new Upsample(scaleFactor: [1.6], mode: InterpolationMode.Linear), [2, 3, 5]) { Output = [2, 3, 8], Refuses = [[2, 3, 5, 5]] },
        new("Upsample, bilinear", () => new Upsample([5, 17], mode: InterpolationMode.Bilinear, alignCorners: true), [2, 3, 3, 4]) { Output = [2, 3, 5, 17] },
        new("Upsample, bicubic", () => new Upsample([5, 3], mode: InterpolationMode.Bicubic), [2, 3, 3, 4]) { Output = [2, 3, 5, 3] },
        new("Upsample, trilinear", () => new Upsample(scaleFactor: [2, 1, 0.5], mode: InterpolationMode.Trilinear), [1, 2, 3, 2, 4]) { Output = [1, 2, 6, 2, 2] },
        new("Upsample, area", () => new Upsample([2], mode: InterpolationMode.Area), [2, 3, 5, 4]) { Output = [2, 3, 2, 2] },
        new("UpsamplingNearest2d", () => new UpsamplingNearest2d([5, 3]), [2, 3, 3, 4]) { Output = [2, 3, 5, 3], Refuses = [[2, 3, 0, 4]] },
        new("UpsamplingBilinear2d", () => new UpsamplingBilinear2d(scaleFactor: [2]), [2, 3, 3, 4]) { Output = [2, 3, 6, 8], Refuses = [[2, 3, 4]] },
        new("PixelShuffle", () => new PixelShuffle(2), [2, 8, 3, 2]) { Output = [2, 2, 6, 4], TakesUnbatched = true, Refuses = [[2, 6, 3, 2]] },
        new("PixelUnshuffle", () => new PixelUnshuffle(3), [2, 2, 6, 3]) { Output = [2, 18, 2, 1], TakesUnbatched = true, Refuses = [[2, 2, 6, 4]] },
        new("ChannelShuffle", () => new ChannelShuffle(2), [2, 6, 3]) { Output = [2, 6, 3], Refuses = [[2, 5, 3]] },
        new("Unfold", () => new Unfold(2), [2, 3, 4, 3]) { Output = [2, 12, 6], TakesUnbatched = true },
        new("Fold", () => new Fold((4, 3), 2), [2, 12, 6]) { Output = [2, 3, 4, 3], TakesUnbatched = true },
    ];
}
