namespace Descent.NN.Tests;

sealed class LinearRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("Linear", () => new Linear(5, 3), [2, 5]) { Output = [2, 3], TakesUnbatched = true, Refuses = [[2, 4]] },
        new("Linear of a sequence, without bias", () => new Linear(5, 3, bias: false), [2, 4, 5]) { Output = [2, 4, 3] },
        new("Flatten", () => new Flatten(), [2, 3, 4]) { Output = [2, 12] },
    ];
}
