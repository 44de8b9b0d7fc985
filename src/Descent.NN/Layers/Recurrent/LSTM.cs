using Descent.Tensors;

namespace Descent.NN;

/// <summary>Layers of long short-term memory (<see cref="F.Lstm"/>) over sequences, in one or both directions.</summary>
public sealed class LSTM : Module
{
    [NotSaved]
    readonly RecurrentStack _stack;

    [Name("")]
    readonly OrderedDictionary<string, Module> _parameters;

    /// <param name="inputSize">Width of a step's input.</param>
    /// <param name="hiddenSize">Width of the cell, and of the state unless there is a projection.</param>
    /// <param name="numLayers">Layers; each takes the output of the one before.</param>
    /// <param name="bias">Whether something is added.</param>
    /// <param name="batchFirst">Input and output are <c>(N, L, …)</c>, not <c>(L, N, …)</c>; states are not concerned.</param>
    /// <param name="dropout">Probability of dropping an element between layers, in training; after the last layer none is dropped.</param>
    /// <param name="bidirectional">Each layer also runs from the end, and gives both outputs side by side; states are in the order layer 0, layer 0 backwards, layer 1, ….</param>
    /// <param name="projSize">Width that the state is shortened to; 0 for none.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <param name="generator">Draws the starting values, uniform in ±1/√hiddenSize, and what is dropped.</param>
    public LSTM(int inputSize, int hiddenSize, int numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0,
        bool bidirectional = false, int projSize = 0, DType? dtype = null, Generator? generator = null)
    {
        _stack = new(nameof(LSTM), 4, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, projSize, dtype, generator);
        _parameters = _stack.Parameters;
    }

    /// <summary>The output alone, from states of zeros.</summary>
    /// <param name="x">Shape <c>(L, N, inputSize)</c>, <c>(N, L, inputSize)</c> with batchFirst, or <c>(L, inputSize)</c>.</param>
    /// <returns>The same with the state's width times the directions in place of <c>inputSize</c>.</returns>
    public override Tensor Forward(Tensor x) => Forward(x, null, null).Output;

    /// <param name="x">Shape <c>(L, N, inputSize)</c>, <c>(N, L, inputSize)</c> with batchFirst, or <c>(L, inputSize)</c>.</param>
    /// <param name="h0">The first states, <c>(layers · directions, N, hiddenSize or projSize)</c> or without N; zeros if null.</param>
    /// <param name="c0">The first cells, <c>(layers · directions, N, hiddenSize)</c> or without N; zeros if null.</param>
    /// <returns>The last layer's states at all steps, and every layer's last state and cell.</returns>
    public (Tensor Output, Tensor HiddenState, Tensor CellState) Forward(Tensor x, Tensor? h0, Tensor? c0)
    {
        var (y, states) = _stack.Run(x, [h0, c0], IsTraining, Direction);
        return (Observed(y, _stack.Flops(x.Elements / x.Shape[^1])), states[0], states[1]);
    }

    /// <summary>
    /// The same for tokens and the table that gives their vectors: <c>Forward(table.Forward(tokens), h0, c0)</c>. Where the
    /// table has fewer rows than there are tokens, its rows are multiplied with the weight, once each, in place of the tokens'.
    /// </summary>
    /// <param name="tokens">Integers, <c>(L, N)</c>, <c>(N, L)</c> with batchFirst, or <c>(L)</c>.</param>
    /// <param name="table">Vectors of <c>inputSize</c>.</param>
    /// <param name="h0">The first states, or null for zeros.</param>
    /// <param name="c0">The first cells, or null for zeros.</param>
    public (Tensor Output, Tensor HiddenState, Tensor CellState) Forward(Tensor tokens, Embedding table, Tensor? h0 = null, Tensor? c0 = null)
    {
        if (ModuleObserver.IsOn || !table.IsPlain || !_stack.TakesRows(tokens, table.Weight)) return Forward(table.Forward(tokens), h0, c0);
        var (y, states) = _stack.Run(tokens, table.Weight, [h0, c0], IsTraining, Direction);
        return (y, states[0], states[1]);
    }

    /// <summary>The same for sequences of different lengths: each ends at its own last step, where a layer that runs backwards starts.</summary>
    /// <param name="x">Rows of <c>inputSize</c>, which <see cref="Sequences"/> packs.</param>
    /// <param name="h0">The first states, <c>(layers · directions, N, hiddenSize or projSize)</c>, in the order in which the sequences were given; zeros if null.</param>
    /// <param name="c0">The first cells, <c>(layers · directions, N, hiddenSize)</c>, in the same order; zeros if null.</param>
    /// <returns>The last layer's states, packed as <paramref name="x"/> is, and every layer's state and cell at each sequence's end, in the order of <paramref name="h0"/>.</returns>
    public (PackedSequence Output, Tensor HiddenState, Tensor CellState) Forward(PackedSequence x, Tensor? h0 = null, Tensor? c0 = null)
    {
        var (y, states) = _stack.Run(x, [h0, c0], IsTraining, Direction);
        return (y, states[0], states[1]);
    }

    static (Tensor, Tensor[]) Direction(Tensor x, Tensor? table, Tensor[] first, RecurrentStack.Weights w, ReadOnlySpan<int> sizes, bool reverse)
    {
        var (y, h, c) = F.Lstm(x, first[0], first[1], w.Ih, w.Hh, w.BiasIh, w.BiasHh, w.Hr, sizes, reverse, table);
        return (y, [h, c]);
    }
}
