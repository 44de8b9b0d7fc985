using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class AttentionRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("MultiheadAttention", () => new MultiheadAttention(6, 2, batchFirst: true), [2, 3, 6]) { Output = [2, 3, 6], TakesUnbatched = true, Refuses = [[2, 3, 5]] },
        new("MultiheadAttention of three inputs, other widths, its weights", () => new MultiheadAttention(6, 3, bias: false, kdim: 5, vdim: 4, batchFirst: true), [2, 3, 6], [2, 4, 5], [2, 4, 4])
        {
            Output = [2, 3, 4],
            TakesUnbatched = true,
            Apply = (layer, x) => ((MultiheadAttention)layer).Forward(x[0], x[1], x[2]).Weights!,
        },
        new("MultiheadAttention with a key and value of its own, and zeros", () => new MultiheadAttention(4, 2, addBiasKv: true, addZeroAttn: true), [3, 2, 4])
        {
            Output = [3, 2, 4],
            TakesEmptyBatch = false,
            Apply = (layer, x) => ((MultiheadAttention)layer).Forward(x[0], x[0], x[0], Tensor.From<bool>([false, false, true, false, false, false], [2, 3]), attnMask: Transformer.GenerateSquareSubsequentMask(3)).Output,
        },
        new("TransformerEncoderLayer", () => new TransformerEncoderLayer(6, 2, 8, dropout: 0, x => x.Tanh(), batchFirst: true), [2, 3, 6]) { Output = [2, 3, 6], TakesUnbatched = true },
        new("TransformerEncoderLayer, normalised first, causal", () => new TransformerEncoderLayer(6, 2, 8, dropout: 0, x => x.Gelu(), normFirst: true, bias: false), [3, 2, 6])
        {
            Output = [3, 2, 6],
            TakesEmptyBatch = false,
            Apply = (layer, x) => ((TransformerEncoderLayer)layer).Forward(x[0], null, null, isCausal: true),
        },
        new("TransformerDecoderLayer", () => new TransformerDecoderLayer(6, 2, 8, dropout: 0, x => x.Tanh(), batchFirst: true), [2, 3, 6], [2, 4, 6])
        {
            Output = [2, 3, 6],
            TakesUnbatched = true,
            Apply = (layer, x) => ((TransformerDecoderLayer)layer).Forward(x[0], x[1], new() { TargetIsCausal = true }),
        },
        new("Transformer", () => new Transformer(4, 2, 1, 1, 6, dropout: 0, activation: x => x.Tanh(), batchFirst: true, normFirst: true), [2, 3, 4], [2, 4, 4])
        {
            Output = [2, 4, 4],
            TakesUnbatched = true,
            Apply = (layer, x) => ((Transformer)layer).Forward(x[0], x[1]),
        },
        new("SinusoidalPositionalEncoding", () => new SinusoidalPositionalEncoding(5, 7), [2, 4, 5]) { Output = [2, 4, 5], TakesUnbatched = true, Refuses = [[2, 8, 5], [2, 4, 4]] },
        new("LearnedPositionalEmbedding", () => new LearnedPositionalEmbedding(7, 5), [2, 4, 5]) { Output = [2, 4, 5], TakesUnbatched = true, Refuses = [[2, 8, 5]] },
        new("RotaryEmbedding", () => new RotaryEmbedding(), [2, 3, 4, 6]) { Output = [2, 3, 4, 6], TakesUnbatched = true },
        new("RotaryEmbedding of some features, interleaved", () => new RotaryEmbedding(4, interleaved: true), [2, 4, 6]) { Output = [2, 4, 6], TakesUnbatched = true, Apply = (layer, x) => ((RotaryEmbedding)layer).Forward(x[0], 3) },
    ];
}
