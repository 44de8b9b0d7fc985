using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class DropoutRows : ILayerRows
{
    // Those that draw are checked by slopes in evaluation alone: finite differences would draw anew.
    public IEnumerable<LayerRow> Rows =>
    [
        new("Dropout", () => new Dropout(0.3), [3, 7]) { Output = [3, 7], TakesUnbatched = true, IsSmooth = false },
        new("Dropout, evaluated", () => new Dropout(0.3).Eval(), [3, 7]) { Output = [3, 7] },
        new("Dropout1d", () => new Dropout1d(0.3), [3, 4, 5]) { Output = [3, 4, 5], TakesUnbatched = true, IsSmooth = false, Refuses = [[3], [2, 3, 4, 5]] },
        new("Dropout2d", () => new Dropout2d(0.3), [2, 3, 4, 5]) { Output = [2, 3, 4, 5], TakesUnbatched = true, IsSmooth = false, Refuses = [[3, 4]] },
        new("Dropout3d", () => new Dropout3d(0.3), [2, 3, 4, 5, 2]) { Output = [2, 3, 4, 5, 2], TakesUnbatched = true, IsSmooth = false, Refuses = [[3, 4, 2]] },
        new("AlphaDropout", () => new AlphaDropout(0.3), [3, 7]) { Output = [3, 7], TakesUnbatched = true, IsSmooth = false },
        new("FeatureAlphaDropout", () => new FeatureAlphaDropout(0.3), [3, 7, 2]) { Output = [3, 7, 2], IsSmooth = false, Refuses = [[3]] },
        new("DropPath", () => new DropPath(0.3), [3, 7, 2]) { Output = [3, 7, 2], IsSmooth = false, Refuses = [[]] },
    ];
}
