using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests;

public sealed class RecurrentTests
{
    static readonly int[] s_lengths = [2, 5, 1, 4];

    static void AssertClose(Tensor got, Tensor want, double tolerance = 1e-10) =>
        Assert.Null(TensorComparer.Difference(got.Detach(), want.Detach(), tolerance, tolerance));

    public static TheoryData<string, bool> Modules => new()
    {
        { "rnn", false }, { "rnn", true }, { "gru", false }, { "gru", true }, { "lstm", false }, { "lstm", true },
    };

    static Module Create(string name, bool bidirectional, ulong seed = 3) => name switch
    {
        "rnn" => new RNN(3, 4, 2, bidirectional: bidirectional, dtype: DType.Float64, generator: new(seed)),
        "gru" => new GRU(3, 4, 2, bidirectional: bidirectional, dtype: DType.Float64, generator: new(seed)),
        _ => new LSTM(3, 4, 2, bidirectional: bidirectional, dtype: DType.Float64, generator: new(seed)),
    };

    static (PackedSequence Output, Tensor State) Run(Module module, PackedSequence x) => module switch
    {
        RNN rnn => rnn.Forward(x),
        GRU gru => gru.Forward(x),
        _ => ((LSTM)module).Forward(x) is var (y, h, _) ? (y, h) : default,
    };

    static (Tensor Output, Tensor State) Run(Module module, Tensor x, Tensor? h = null) => module switch
    {
        RNN rnn => rnn.Forward(x, h),
        GRU gru => gru.Forward(x, h),
        _ => ((LSTM)module).Forward(x, h, null) is var (y, state, _) ? (y, state) : default,
    };

    [Theory, MemberData(nameof(Modules))]
    public void Packed_sequences_give_what_each_gives_alone(string name, bool bidirectional)
    {
        var module = Create(name, bidirectional);
        var x = Tensor.Randn([5, 4, 3], DType.Float64, new Generator(1));
        var (packed, state) = Run(module, Sequences.Pack(x, s_lengths, enforceSorted: false));
        var (padded, lengths) = Sequences.Pad(packed);

        Assert.Equal(s_lengths, lengths);
        for (int i = 0; i < s_lengths.Length; i++)
        {
            var (y, h) = Run(module, x.Select(1, i).Narrow(0, 0, s_lengths[i]));
            AssertClose(padded.Select(1, i).Narrow(0, 0, s_lengths[i]), y);
            AssertClose(state.Select(1, i), h);
            Assert.Equal(0, padded.Select(1, i).Narrow(0, s_lengths[i], 5 - s_lengths[i]).Abs().Sum().Item());
        }
    }

    [Theory, MemberData(nameof(Modules))]
    public void Padding_of_packed_sequences_takes_no_gradient(string name, bool bidirectional)
    {
        var x = Tensor.Randn([5, 4, 3], DType.Float64, new Generator(1));
        x.RequiresGrad = true;
        Run(Create(name, bidirectional), Sequences.Pack(x, s_lengths, enforceSorted: false)).Output.Data.Sum().Backward();
        for (int i = 0; i < s_lengths.Length; i++)
        {
            Assert.Equal(0, x.Grad!.Select(1, i).Narrow(0, s_lengths[i], 5 - s_lengths[i]).Abs().Sum().Item());
            Assert.True(x.Grad!.Select(1, i).Narrow(0, 0, s_lengths[i]).Abs().Amin(1).Amin().Item() > 0);
        }
    }

    [Theory, InlineData("rnn"), InlineData("gru"), InlineData("lstm")]
    public void A_state_carried_over_continues_the_sequence(string name)
    {
        var module = Create(name, false);
        var x = Tensor.Randn([6, 2, 3], DType.Float64, new Generator(1));
        var whole = module.Forward(x);
        if (module is LSTM lstm)
        {
            var (first, h, c) = lstm.Forward(x.Narrow(0, 0, 2), null, null);
            AssertClose(Tensor.Cat([first, lstm.Forward(x.Narrow(0, 2, 4), h, c).Output]), whole);
            return;
        }
        var (start, state) = Run(module, x.Narrow(0, 0, 2));
        AssertClose(Tensor.Cat([start, Run(module, x.Narrow(0, 2, 4), state).Output]), whole);
    }

    [Theory, MemberData(nameof(Modules))]
    public void Gradients_of_gradients_agree_with_finite_differences(string name, bool bidirectional)
    {
        var module = Create(name, bidirectional);
        GradientCheck.VerifySecondOrder(x => Run(module, Sequences.Pack(x[0], [2, 3], enforceSorted: false)).Output.Data,
            [Tensor.Randn([3, 2, 3], DType.Float64, new Generator(2))]);
    }

    [Theory, MemberData(nameof(Modules))]
    public void The_fused_gradient_is_the_composite_one(string name, bool bidirectional)
    {
        var module = Create(name, bidirectional);
        var x = Tensor.Randn([4, 3, 3], DType.Float64, new Generator(1));
        x.RequiresGrad = true;
        Tensor[] inputs = [x, .. module.Parameters()];
        Tensor Loss() => module.Forward(x).Pow(3).Sum();
        foreach (var (fused, composite) in Autograd.Grad([Loss()], inputs).Zip(Autograd.Grad([Loss()], inputs, createGraph: true)))
            AssertClose(fused!, composite!);
    }

    [Fact]
    public void Names_are_those_of_PyTorch() => Assert.Equal(
        ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0",
            "weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse", "weight_hr_l0_reverse"],
        new LSTM(2, 3, bidirectional: true, projSize: 1).StateDict().Keys);

    [Fact]
    public void Dropout_acts_between_layers_in_training_alone()
    {
        var module = new GRU(3, 4, 2, dropout: 1, dtype: DType.Float64, generator: new(3));
        var (a, b) = (Tensor.Randn([4, 3], DType.Float64, new Generator(1)), Tensor.Randn([4, 3], DType.Float64, new Generator(2)));
        AssertClose(module.Forward(a), module.Forward(b));
        module.Eval();
        Assert.NotNull(TensorComparer.Difference(module.Forward(a).Detach(), module.Forward(b).Detach(), 1e-3, 1e-3));
    }

    [Fact]
    public void Sequences_survive_packing()
    {
        Tensor[] sequences = [Tensor.Randn(2, 3), Tensor.Randn(5, 3), Tensor.Randn(1, 3)];
        var back = Sequences.UnpackSequence(Sequences.PackSequence(sequences, enforceSorted: false));
        foreach (var (got, want) in back.Zip(sequences)) AssertClose(got, want);
        Assert.Equal([5, 3, 3], Sequences.PadSequence(sequences).Shape.ToArray());
        Assert.Throws<ArgumentException>(() => Sequences.PackSequence(sequences));
        Assert.Throws<ArgumentException>(() => Sequences.Pack(Tensor.Zeros(3, 2), [3, 0]));
        Assert.Equal([7, 2, 3], Sequences.Pad(Sequences.PackSequence([sequences[1], sequences[0]]), totalLength: 7).Padded.Shape.ToArray());
    }
}
