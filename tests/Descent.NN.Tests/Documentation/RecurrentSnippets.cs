using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of the page on recurrent nets, as they stand there.</summary>
public sealed class RecurrentSnippets
{
    [Fact]
    public void A_sequence()
    {
        var lstm = new LSTM(inputSize: 3, hiddenSize: 8, numLayers: 2, batchFirst: true);
        var x = Tensor.Randn(4, 10, 3);                        // 4 sequences of 10 steps
        var (output, h, c) = lstm.Forward(x, null, null);      // from states of zeros
        // output (4, 10, 8): the last layer at every step; h, c (2, 4, 8): every layer at the last step

        Assert.Equal([4, 10, 8], output.Shape.ToArray());
        Assert.Equal([2, 4, 8], h.Shape.ToArray());
        Assert.Equal([2, 4, 8], c.Shape.ToArray());
    }

    [Fact]
    public void A_state_carried_over()
    {
        var gru = new GRU(3, 5);
        var sequence = Tensor.Randn(6, 1, 3);
        var whole = gru.Forward(sequence);
        var (_, state) = gru.Forward(sequence.Narrow(0, 0, 2), null);
        var (rest, _) = gru.Forward(sequence.Narrow(0, 2, 4), state);    // the same as whole from step 2 on

        Assert.Null(TensorComparer.Difference(rest.Detach(), whole.Narrow(0, 2, 4).Detach(), 1e-5, 1e-5));
    }

    [Fact]
    public void Both_directions()
    {
        var both = new LSTM(inputSize: 3, hiddenSize: 8, numLayers: 2, dropout: 0.2, bidirectional: true);
        var (states, ends, _) = both.Forward(Tensor.Randn(10, 4, 3), null, null);      // (10, 4, 2 · 8), (2 · 2, 4, 8)
        var forwards = ends[2];                                                        // the first half of states[9]
        var backwards = ends[3];                                                       // the second half of states[0], its last step

        Assert.Equal(states[9].Narrow(1, 0, 8).ToArray<float>(), forwards.ToArray<float>());
        Assert.Equal(states[0].Narrow(1, 8, 8).ToArray<float>(), backwards.ToArray<float>());
    }

    [Fact]
    public void Packed()
    {
        var padded = Tensor.Randn(5, 3, 2);                                        // (steps, sequences, features)
        var packed = Sequences.Pack(padded, [2, 5, 4], enforceSorted: false);
        var (read, last) = new GRU(2, 6).Forward(packed);                          // last: after 2, 5 and 4 steps
        var (unpacked, lengths) = Sequences.Pad(read);                             // zeros after each sequence's end

        Assert.Equal([2, 5, 4], lengths);
        Assert.Equal([1, 3, 6], last.Shape.ToArray());
        Assert.Equal(0, unpacked.Select(1, 0).Narrow(0, 2, 3).Abs().Sum().Item());
    }
}
