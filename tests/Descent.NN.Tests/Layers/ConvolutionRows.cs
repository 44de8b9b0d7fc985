using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class ConvolutionRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("Conv1d", () => new Conv1d(3, 4, 3), [2, 3, 9]) { Output = [2, 4, 7], TakesUnbatched = true, Refuses = [[2, 2, 9], [2, 3, 2], [3]] },
        new("Conv1d, strided, dilated, in groups", () => new Conv1d(4, 6, 3, 2, 2, 2, groups: 2, bias: false), [2, 4, 9]) { Output = [2, 6, 5], TakesUnbatched = true },
        new("Conv1d, same, even kernel, circular", () => new Conv1d(2, 3, 4, padding: "same", paddingMode: PaddingMode.Circular), [2, 2, 5]) { Output = [2, 3, 5], TakesUnbatched = true },
        new("Conv2d", () => new Conv2d(3, 4, 3, 2, 1), [2, 3, 6, 5]) { Output = [2, 4, 3, 3], TakesUnbatched = true, Refuses = [[2, 2, 6, 5], [3, 6]] },
        new("Conv2d, uneven", () => new Conv2d(4, 6, (3, 2), (2, 1), (1, 0), (1, 2), groups: 2), [2, 4, 5, 6]) { Output = [2, 6, 3, 4] },
        new("Conv2d, padding beyond the kernel", () => new Conv2d(2, 3, 1, padding: 2), [2, 2, 3, 2]) { Output = [2, 3, 7, 6] },
        new("Conv2d, each channel by itself, same", () => new Conv2d(3, 3, (2, 3), padding: "same", groups: 3), [2, 3, 4, 5]) { Output = [2, 3, 4, 5] },
        new("Conv2d, reflected", () => new Conv2d(2, 3, 3, padding: 1, paddingMode: PaddingMode.Reflect), [2, 2, 4, 3]) { Output = [2, 3, 4, 3], TakesUnbatched = true },
        new("Conv2d, replicated, same", () => new Conv2d(2, 3, 4, padding: "same", paddingMode: PaddingMode.Replicate), [1, 2, 4, 3]) { Output = [1, 3, 4, 3] },
        new("Conv3d", () => new Conv3d(2, 3, 3, padding: 1), [2, 2, 3, 4, 3]) { Output = [2, 3, 3, 4, 3], TakesUnbatched = true, Refuses = [[2, 3, 3, 4, 3]] },
        new("Conv3d, strided, in groups", () => new Conv3d(4, 2, (2, 1, 2), (2, 1, 1), (1, 0, 1), (2, 1, 1), groups: 2), [1, 4, 4, 3, 2]) { Output = [1, 2, 2, 3, 3] },
        new("Conv3d, same, circular", () => new Conv3d(1, 2, (2, 3, 1), padding: "same", paddingMode: PaddingMode.Circular), [1, 1, 3, 3, 2]) { Output = [1, 2, 3, 3, 2] },
        new("ConvTranspose1d", () => new ConvTranspose1d(3, 2, 4, 2, 1), [2, 3, 5]) { Output = [2, 2, 10], TakesUnbatched = true, Refuses = [[2, 2, 5]] },
        new("ConvTranspose1d to a size", () => new ConvTranspose1d(3, 2, 3, 2, 1), [2, 3, 5])
        {
            Output = [2, 2, 10],
            Apply = (layer, x) => ((ConvTranspose1d)layer).Forward(x[0], [10]),
        },
        new("ConvTranspose2d", () => new ConvTranspose2d(3, 4, 3, 2, 1, 1), [2, 3, 4, 3]) { Output = [2, 4, 8, 6], TakesUnbatched = true, Refuses = [[2, 4, 4, 3]] },
        new("ConvTranspose2d, in groups, dilated", () => new ConvTranspose2d(4, 6, (2, 3), (1, 2), (0, 3), (1, 0), groups: 2, bias: false, dilation: (3, 2)), [2, 4, 3, 4]) { Output = [2, 6, 7, 5] },
        new("ConvTranspose2d, padding beyond the kernel", () => new ConvTranspose2d(2, 2, 2, padding: 2), [1, 2, 5, 6]) { Output = [1, 2, 2, 3] },
        new("ConvTranspose3d", () => new ConvTranspose3d(2, 3, 2, 2), [2, 2, 2, 3, 2]) { Output = [2, 3, 4, 6, 4], TakesUnbatched = true },
        new("ConvTranspose3d, in groups, dilated", () => new ConvTranspose3d(2, 4, (3, 1, 2), (2, 1, 1), (1, 0, 0), (1, 0, 1), groups: 2, dilation: (1, 1, 2)), [1, 2, 2, 2, 3]) { Output = [1, 4, 4, 2, 6] },
    ];
}
