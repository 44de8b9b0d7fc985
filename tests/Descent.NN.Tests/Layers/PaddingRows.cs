using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class PaddingRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("ZeroPad1d", () => new ZeroPad1d(1, 2), [2, 3, 4]) { Output = [2, 3, 7], TakesUnbatched = true, Refuses = [[4]] },
        new("ZeroPad2d", () => new ZeroPad2d(2), [2, 3, 4, 3]) { Output = [2, 3, 8, 7], TakesUnbatched = true },
        new("ZeroPad2d, cropping", () => new ZeroPad2d(-1, 2, 0, -2), [2, 3, 4, 3]) { Output = [2, 3, 2, 4], TakesUnbatched = true },
        new("ZeroPad3d", () => new ZeroPad3d(1, 0, 0, 1, 2, 0), [1, 2, 2, 3, 2]) { Output = [1, 2, 4, 4, 3], TakesUnbatched = true },
        new("ConstantPad1d", () => new ConstantPad1d([2], 3.5), [2, 3, 4]) { Output = [2, 3, 8], TakesUnbatched = true },
        new("ConstantPad2d", () => new ConstantPad2d([1, 0, 2, 1], -1), [2, 3, 4, 3]) { Output = [2, 3, 7, 4], TakesUnbatched = true },
        new("ConstantPad3d", () => new ConstantPad3d([1], 0.5), [1, 2, 2, 3, 2]) { Output = [1, 2, 4, 5, 4], TakesUnbatched = true },
        new("ReflectionPad1d", () => new ReflectionPad1d(1, 2), [2, 3, 4]) { Output = [2, 3, 7], TakesUnbatched = true, Refuses = [[2, 3, 2]] },
        new("ReflectionPad2d", () => new ReflectionPad2d(2, 1, 0, 2), [2, 3, 4, 3]) { Output = [2, 3, 6, 6], TakesUnbatched = true },
        new("ReflectionPad3d", () => new ReflectionPad3d(1), [1, 2, 2, 3, 2]) { Output = [1, 2, 4, 5, 4], TakesUnbatched = true },
        new("ReplicationPad1d", () => new ReplicationPad1d(1, 2), [2, 3, 4]) { Output = [2, 3, 7], TakesUnbatched = true },
        new("ReplicationPad2d", () => new ReplicationPad2d(2, 1, 0, 2), [2, 3, 4, 3]) { Output = [2, 3, 6, 6], TakesUnbatched = true },
        new("ReplicationPad3d", () => new ReplicationPad3d(1), [1, 2, 2, 3, 2]) { Output = [1, 2, 4, 5, 4], TakesUnbatched = true },
        new("CircularPad1d", () => new CircularPad1d(1, 2), [2, 3, 4]) { Output = [2, 3, 7], TakesUnbatched = true },
        new("CircularPad2d", () => new CircularPad2d(2, 1, 0, 2), [2, 3, 4, 3]) { Output = [2, 3, 6, 6], TakesUnbatched = true },
        new("CircularPad3d", () => new CircularPad3d(1), [1, 2, 2, 3, 2]) { Output = [1, 2, 4, 5, 4], TakesUnbatched = true },
    ];
}
