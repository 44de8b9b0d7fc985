using Descent.Tensors;

namespace Descent.NN;

/// <summary>The parameters that a recurrent cell starts with, uniform in ±1/√hiddenSize.</summary>
static class CellWeights
{
    internal static Parameter Draw(Shape shape, int hiddenSize, DType? dtype, Generator? generator)
    {
        double bound = hiddenSize > 0 ? 1 / Math.Sqrt(hiddenSize) : 0;
        return new(Init.Uniform_(Tensor.Empty(shape, dtype), -bound, bound, generator));
    }

    /// <summary>Both products and the biases, for every row; gates are left out.</summary>
    internal static long Flops(Tensor x, Tensor weightIh, Tensor weightHh, Tensor? biasIh, Tensor? biasHh) =>
        x.Elements / weightIh.Shape[1] * (2L * (weightIh.Elements + weightHh.Elements) + (biasIh?.Elements ?? 0) + (biasHh?.Elements ?? 0));

    /// <summary>One step of a recurrence over a batch, or over a single input without batch.</summary>
    internal static Tensor[] Step(Tensor x, Tensor?[] states, int[] widths, Func<Tensor, Tensor[], Tensor[]> step)
    {
        bool single = x.Rank == 1;
        var row = single ? x.Unsqueeze(0) : x;
        if (row.Rank != 2) throw new ShapeException($"A recurrent cell was given an input of shape {x.Shape}. Expected (N, in) or (in).");
        var first = states.Select((s, k) => s is null ? Tensor.Zeros([row.Shape[0], widths[k]], x.DType) : single ? s.Unsqueeze(0) : s).ToArray();
        var next = step(row.Unsqueeze(0), first);
        return single ? Array.ConvertAll(next, s => s.Squeeze(0)) : next;
    }
}

/// <summary>One step of <see cref="F.Rnn"/>.</summary>
/// <param name="inputSize">Width of the input.</param>
/// <param name="hiddenSize">Width of the state.</param>
/// <param name="bias">Whether something is added.</param>
/// <param name="nonlinearity">Tangent or rectifier.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√hiddenSize.</param>
public sealed class RNNCell(int inputSize, int hiddenSize, bool bias = true, RnnNonlinearity nonlinearity = RnnNonlinearity.Tanh,
    DType? dtype = null, Generator? generator = null) : Module
{
    /// <summary>Shape <c>(hiddenSize, inputSize)</c>.</summary>
    public Parameter WeightIh { get; } = CellWeights.Draw([hiddenSize, inputSize], hiddenSize, dtype, generator);

    /// <summary>Shape <c>(hiddenSize, hiddenSize)</c>.</summary>
    public Parameter WeightHh { get; } = CellWeights.Draw([hiddenSize, hiddenSize], hiddenSize, dtype, generator);

    /// <summary>Shape <c>(hiddenSize)</c>, or null.</summary>
    public Parameter? BiasIh { get; } = bias ? CellWeights.Draw([hiddenSize], hiddenSize, dtype, generator) : null;

    /// <summary>Shape <c>(hiddenSize)</c>, or null.</summary>
    public Parameter? BiasHh { get; } = bias ? CellWeights.Draw([hiddenSize], hiddenSize, dtype, generator) : null;

    /// <summary>The step from a state of zeros.</summary>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <param name="x">Shape <c>(N, inputSize)</c> or <c>(inputSize)</c>.</param>
    /// <param name="h">The state before, <c>(N, hiddenSize)</c> or <c>(hiddenSize)</c>; zeros if null.</param>
    /// <returns>The state after.</returns>
    public Tensor Forward(Tensor x, Tensor? h) => Observed(CellWeights.Step(x, [h], [hiddenSize], (x, s) =>
        [F.Rnn(x, s[0], WeightIh, WeightHh, BiasIh, BiasHh, nonlinearity == RnnNonlinearity.Relu).State])[0], CellWeights.Flops(x, WeightIh, WeightHh, BiasIh, BiasHh));
}

/// <summary>One step of <see cref="F.Lstm"/>.</summary>
/// <param name="inputSize">Width of the input.</param>
/// <param name="hiddenSize">Width of state and cell.</param>
/// <param name="bias">Whether something is added.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√hiddenSize.</param>
public sealed class LSTMCell(int inputSize, int hiddenSize, bool bias = true, DType? dtype = null, Generator? generator = null) : Module
{
    /// <summary>Shape <c>(4 · hiddenSize, inputSize)</c>.</summary>
    public Parameter WeightIh { get; } = CellWeights.Draw([4 * hiddenSize, inputSize], hiddenSize, dtype, generator);

    /// <summary>Shape <c>(4 · hiddenSize, hiddenSize)</c>.</summary>
    public Parameter WeightHh { get; } = CellWeights.Draw([4 * hiddenSize, hiddenSize], hiddenSize, dtype, generator);

    /// <summary>Shape <c>(4 · hiddenSize)</c>, or null.</summary>
    public Parameter? BiasIh { get; } = bias ? CellWeights.Draw([4 * hiddenSize], hiddenSize, dtype, generator) : null;

    /// <summary>Shape <c>(4 · hiddenSize)</c>, or null.</summary>
    public Parameter? BiasHh { get; } = bias ? CellWeights.Draw([4 * hiddenSize], hiddenSize, dtype, generator) : null;

    /// <summary>The state alone, after the step from zeros.</summary>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null, null).HiddenState;

    /// <param name="x">Shape <c>(N, inputSize)</c> or <c>(inputSize)</c>.</param>
    /// <param name="h">The state before, <c>(N, hiddenSize)</c> or <c>(hiddenSize)</c>; zeros if null.</param>
    /// <param name="c">The cell before, of the same shape; zeros if null.</param>
    /// <returns>State and cell after.</returns>
    public (Tensor HiddenState, Tensor CellState) Forward(Tensor x, Tensor? h, Tensor? c)
    {
        var next = CellWeights.Step(x, [h, c], [hiddenSize, hiddenSize], (x, s) =>
        {
            var (_, state, cell) = F.Lstm(x, s[0], s[1], WeightIh, WeightHh, BiasIh, BiasHh);
            return [state, cell];
        });
        return (Observed(next[0], CellWeights.Flops(x, WeightIh, WeightHh, BiasIh, BiasHh)), next[1]);
    }
}

/// <summary>One step of <see cref="F.Gru"/>.</summary>
/// <param name="inputSize">Width of the input.</param>
/// <param name="hiddenSize">Width of the state.</param>
/// <param name="bias">Whether something is added.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
/// <param name="generator">Draws the starting values, uniform in ±1/√hiddenSize.</param>
public sealed class GRUCell(int inputSize, int hiddenSize, bool bias = true, DType? dtype = null, Generator? generator = null) : Module
{
    /// <summary>Shape <c>(3 · hiddenSize, inputSize)</c>.</summary>
    public Parameter WeightIh { get; } = CellWeights.Draw([3 * hiddenSize, inputSize], hiddenSize, dtype, generator);

    /// <summary>Shape <c>(3 · hiddenSize, hiddenSize)</c>.</summary>
    public Parameter WeightHh { get; } = CellWeights.Draw([3 * hiddenSize, hiddenSize], hiddenSize, dtype, generator);

    /// <summary>Shape <c>(3 · hiddenSize)</c>, or null.</summary>
    public Parameter? BiasIh { get; } = bias ? CellWeights.Draw([3 * hiddenSize], hiddenSize, dtype, generator) : null;

    /// <summary>Shape <c>(3 · hiddenSize)</c>, or null.</summary>
    public Parameter? BiasHh { get; } = bias ? CellWeights.Draw([3 * hiddenSize], hiddenSize, dtype, generator) : null;

    /// <summary>The step from a state of zeros.</summary>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <param name="x">Shape <c>(N, inputSize)</c> or <c>(inputSize)</c>.</param>
    /// <param name="h">The state before, <c>(N, hiddenSize)</c> or <c>(hiddenSize)</c>; zeros if null.</param>
    /// <returns>The state after.</returns>
    public Tensor Forward(Tensor x, Tensor? h) => Observed(CellWeights.Step(x, [h], [hiddenSize], (x, s) =>
        [F.Gru(x, s[0], WeightIh, WeightHh, BiasIh, BiasHh).State])[0], CellWeights.Flops(x, WeightIh, WeightHh, BiasIh, BiasHh));
}
