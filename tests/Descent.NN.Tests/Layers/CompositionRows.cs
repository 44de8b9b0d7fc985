using Descent.Tensors;

namespace Descent.NN.Tests;

/// <summary>Layers around other layers, and those of two inputs.</summary>
sealed class CompositionRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("Unflatten", () => new Unflatten(1, 2, -1), [3, 6]) { Output = [3, 2, 3] },
        new("Bilinear", () => new Bilinear(3, 4, 2), [5, 3], [5, 4])
        {
            Output = [5, 2],
            TakesUnbatched = true,
            Refuses = [[5, 4]],
            Apply = (layer, x) => ((Bilinear)layer).Forward(x[0], x[1]),
        },
        new("CosineSimilarity", () => new CosineSimilarity(), [3, 4, 2], [3, 4, 2])
        {
            Output = [3, 2],
            Refuses = [[3, 3, 2]],
            Apply = (layer, x) => ((CosineSimilarity)layer).Forward(x[0], x[1]),
        },
        new("PairwiseDistance", () => new PairwiseDistance(), [3, 4], [3, 4])
        {
            Output = [3],
            TakesUnbatched = true,
            Refuses = [[3, 3]],
            Apply = (layer, x) => ((PairwiseDistance)layer).Forward(x[0], x[1]),
        },
        new("PairwiseDistance of order 1, kept", () => new PairwiseDistance(1, keepDim: true), [3, 4], [3, 4])
        {
            Output = [3, 1],
            Apply = (layer, x) => ((PairwiseDistance)layer).Forward(x[0], x[1]),
        },
        new("PreNorm", () => new PreNorm(new LayerNorm(4), new Linear(4, 4)), [3, 4]) { Output = [3, 4], TakesUnbatched = true, Refuses = [[3, 5]] },
        new("PreNorm with drop", () => new PreNorm(new RMSNorm(4), new Linear(4, 4), new DropPath(0.5)), [3, 4]) { Output = [3, 4], IsSmooth = false },
        new("PostNorm", () => new PostNorm(new LayerNorm(4), new Linear(4, 4)), [3, 4]) { Output = [3, 4], TakesUnbatched = true, Refuses = [[3, 5]] },
        new("DeepNorm", () => new DeepNorm(4, new Linear(4, 4), DeepNormScale.Decoder(6).Alpha), [3, 4]) { Output = [3, 4], TakesUnbatched = true, Refuses = [[3, 5]] },
        new("WeightNorm", () => new WeightNorm(new Linear(4, 3)), [3, 4]) { Output = [3, 3], TakesUnbatched = true, Refuses = [[3, 5]] },
        new("WeightNorm of a convolution, one length", () => new WeightNorm(new Conv1d(2, 3, 3), dim: null), [2, 2, 5]) { Output = [2, 3, 3], TakesUnbatched = true },
        new("WeightNorm along the last dimension", () => new WeightNorm(new Linear(4, 3), dim: -1), [3, 4]) { Output = [3, 3] },
        new("SpectralNorm", () => new SpectralNorm(new Linear(4, 3)).Eval(), [3, 4]) { Output = [3, 3], TakesUnbatched = true, Refuses = [[3, 5]] },
        new("SpectralNorm of a transposed convolution", () => new SpectralNorm(new ConvTranspose2d(2, 3, 2)).Eval(), [2, 2, 3, 2]) { Output = [2, 3, 4, 3] },
    ];
}
