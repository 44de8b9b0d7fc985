using Descent.Tensors;

namespace Descent.NN;

/// <summary>What a plain recurrent layer applies to the sum of its input's and its state's share.</summary>
public enum RnnNonlinearity
{
    /// <summary>The hyperbolic tangent.</summary>
    Tanh,
    /// <summary>The rectifier.</summary>
    Relu,
}

/// <summary>Layers of the plain recurrence <see cref="F.Rnn"/> over sequences, in one or both directions.</summary>
public sealed class RNN : Module
{
    [NotSaved]
    readonly RecurrentStack _stack;

    [Name("")]
    readonly OrderedDictionary<string, Module> _parameters;

    readonly bool _rectifies;

    /// <param name="inputSize">Width of a step's input.</param>
    /// <param name="hiddenSize">Width of the state.</param>
    /// <param name="numLayers">Layers; each takes the output of the one before.</param>
    /// <param name="nonlinearity">Tangent or rectifier.</param>
    /// <param name="bias">Whether something is added.</param>
    /// <param name="batchFirst">Input and output are <c>(N, L, …)</c>, not <c>(L, N, …)</c>; states are not concerned.</param>
    /// <param name="dropout">Probability of dropping an element between layers, in training; after the last layer none is dropped.</param>
    /// <param name="bidirectional">Each layer also runs from the end, and gives both outputs side by side; states are in the order layer 0, layer 0 backwards, layer 1, ….</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <param name="generator">Draws the starting values, uniform in ±1/√hiddenSize, and what is dropped.</param>
    public RNN(int inputSize, int hiddenSize, int numLayers = 1, RnnNonlinearity nonlinearity = RnnNonlinearity.Tanh, bool bias = true,
        bool batchFirst = false, double dropout = 0, bool bidirectional = false, DType? dtype = null, Generator? generator = null)
    {
        _stack = new(nameof(RNN), 1, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, 0, dtype, generator);
        (_parameters, _rectifies) = (_stack.Parameters, nonlinearity == RnnNonlinearity.Relu);
    }

    /// <summary>The output alone, from states of zeros.</summary>
    /// <param name="x">Shape <c>(L, N, inputSize)</c>, <c>(N, L, inputSize)</c> with batchFirst, or <c>(L, inputSize)</c>.</param>
    /// <returns>The same with <c>hiddenSize</c> times the directions in place of <c>inputSize</c>.</returns>
    public override Tensor Forward(Tensor x) => Forward(x, null).Output;

    /// <param name="x">Shape <c>(L, N, inputSize)</c>, <c>(N, L, inputSize)</c> with batchFirst, or <c>(L, inputSize)</c>.</param>
    /// <param name="h0">The first states, <c>(layers · directions, N, hiddenSize)</c> or without N; zeros if null.</param>
    /// <returns>The last layer's states at all steps, and every layer's last state in the form of <paramref name="h0"/>.</returns>
    public (Tensor Output, Tensor HiddenState) Forward(Tensor x, Tensor? h0)
    {
        var (y, states) = _stack.Run(x, [h0], IsTraining, Direction);
        return (Observed(y, _stack.Flops(x.Elements / x.Shape[^1])), states[0]);
    }

    /// <summary>The same for sequences of different lengths: each ends at its own last step, where a layer that runs backwards starts.</summary>
    /// <param name="x">Rows of <c>inputSize</c>, which <see cref="Sequences"/> packs.</param>
    /// <param name="h0">The first states, <c>(layers · directions, N, hiddenSize)</c>, in the order in which the sequences were given; zeros if null.</param>
    /// <returns>The last layer's states, packed as <paramref name="x"/> is, and every layer's state at each sequence's end, in the order of <paramref name="h0"/>.</returns>
    public (PackedSequence Output, Tensor HiddenState) Forward(PackedSequence x, Tensor? h0 = null)
    {
        var (y, states) = _stack.Run(x, [h0], IsTraining, Direction);
        return (y, states[0]);
    }

    (Tensor, Tensor[]) Direction(Tensor x, Tensor? table, Tensor[] first, RecurrentStack.Weights w, ReadOnlySpan<int> sizes, bool reverse)
    {
        var (y, h) = F.Rnn(x, first[0], w.Ih, w.Hh, w.BiasIh, w.BiasHh, _rectifies, sizes, reverse);
        return (y, [h]);
    }
}
