using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class SequenceRows : ILayerRows
{
    static Func<Generator, Tensor[]> Indices(int below, params int[] shape) => g => [Tensor.RandInt(0, below, shape, generator: g)];

    public IEnumerable<LayerRow> Rows =>
    [
        new("Embedding", () => new Embedding(7, 3)) { Output = [2, 4, 3], Draw = Indices(7, 2, 4), TakesUnbatched = true, IsSmooth = false },
        new("Embedding with padding and frequencies", () => new Embedding(5, 3, paddingIdx: -5)) { Output = [6, 3], Draw = g => [Tensor.RandInt(1, 5, [6], generator: g)], IsSmooth = false },
        new("EmbeddingBag, sum", () => new EmbeddingBag(7, 3, mode: BagMode.Sum)) { Output = [2, 3], Draw = Indices(7, 2, 4), IsSmooth = false },
        new("EmbeddingBag, mean", () => new EmbeddingBag(7, 3)) { Output = [2, 3], Draw = Indices(7, 2, 4), IsSmooth = false },
        new("EmbeddingBag, max", () => new EmbeddingBag(7, 3, mode: BagMode.Max)) { Output = [2, 3], Draw = Indices(7, 2, 4), IsSmooth = false },
        new("RNN", () => new RNN(3, 4, batchFirst: true), [2, 5, 3]) { Output = [2, 5, 4], TakesUnbatched = true, Refuses = [[2, 5, 2], [3]] },
        new("RNN of two layers, both directions, rectified", () => new RNN(3, 4, 2, RnnNonlinearity.Relu, bidirectional: true, bias: false), [5, 2, 3]) { Output = [5, 2, 8], TakesEmptyBatch = false },
        new("RNN from a given state", () => new RNN(3, 4, batchFirst: true), [2, 5, 3], [1, 2, 4]) { Output = [2, 5, 4], Apply = (layer, x) => ((RNN)layer).Forward(x[0], x[1]).Output, TakesEmptyBatch = false },
        new("GRU", () => new GRU(3, 4, batchFirst: true), [2, 5, 3]) { Output = [2, 5, 4], TakesUnbatched = true, Refuses = [[2, 5, 2]] },
        new("GRU of two layers, both directions, from a given state", () => new GRU(3, 4, 2, bidirectional: true), [3, 2, 3], [4, 2, 4]) { Output = [4, 2, 4], Apply = (layer, x) => ((GRU)layer).Forward(x[0], x[1]).HiddenState, TakesEmptyBatch = false },
        new("LSTM", () => new LSTM(3, 4, batchFirst: true), [2, 5, 3]) { Output = [2, 5, 4], TakesUnbatched = true, Refuses = [[2, 5, 2]] },
        new("LSTM, wider than a register", () => new LSTM(2, 19, batchFirst: true, bias: false), [2, 2, 2]) { Output = [2, 2, 19] },
        new("LSTM with projection, both directions, the last cell", () => new LSTM(3, 4, 2, bidirectional: true, projSize: 2), [3, 2, 3], [4, 2, 2], [4, 2, 4]) { Output = [4, 2, 4], Apply = (layer, x) => ((LSTM)layer).Forward(x[0], x[1], x[2]).CellState, TakesEmptyBatch = false },
        new("LSTM of packed sequences", () => new LSTM(3, 4, bidirectional: true), [4, 3, 3])
        {
            Output = [8, 8],
            TakesEmptyBatch = false,
            Apply = (layer, x) => ((LSTM)layer).Forward(Sequences.Pack(x[0], [2, 4, 2], enforceSorted: false)).Output.Data,
        },
        new("RNNCell", () => new RNNCell(3, 4), [2, 3], [2, 4]) { Output = [2, 4], TakesUnbatched = true, Apply = (layer, x) => ((RNNCell)layer).Forward(x[0], x[1]) },
        new("GRUCell", () => new GRUCell(3, 4), [2, 3], [2, 4]) { Output = [2, 4], TakesUnbatched = true, Apply = (layer, x) => ((GRUCell)layer).Forward(x[0], x[1]) },
        new("LSTMCell", () => new LSTMCell(3, 4), [2, 3], [2, 4], [2, 4]) { Output = [2, 4], TakesUnbatched = true, Apply = (layer, x) => ((LSTMCell)layer).Forward(x[0], x[1], x[2]).CellState },
    ];
}
