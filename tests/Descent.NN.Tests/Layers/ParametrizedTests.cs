using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class ParametrizedTests
{
    [Fact]
    public void Weight_normalisation_starts_at_the_weight_it_is_given_and_has_torchs_keys()
    {
        var linear = new Linear(4, 3);
        float[] before = linear.Weight.ToArray<float>();
        var module = new WeightNorm(linear);
        Assert.Equal(["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"], module.StateDict().Keys.Order());
        Assert.Equal(before, linear.Weight.ToArray<float>().Select((w, i) => MathF.Abs(w - before[i]) < 1e-6f ? before[i] : w));
        Assert.Equal(new Shape(3, 1), module.StateDict()["parametrizations.weight.original0"].Shape);
    }

    [Fact]
    public void Lengths_alone_scale_the_rows()
    {
        var module = new WeightNorm(new Linear(4, 3, bias: false));
        var x = Tensor.Randn([2, 4]);
        var before = module.Forward(x).Detach();
        var lengths = module.NamedParameters().Single(p => p.Name.EndsWith("original0", StringComparison.Ordinal)).Parameter;
        using (Autograd.NoGrad()) lengths.Mul_(2);
        Assert.True((module.Forward(x) - before * 2).Abs().Max().Item() < 1e-5);
    }

    [Fact]
    public void Every_number_of_a_vector_has_a_length_of_its_own() =>
        Assert.Equal([2, -3, 4], F.WeightNorm(Tensor.From<float>([5, -7, 0.5f]), Tensor.From<float>([2, 3, 4])).ToArray<float>());

    [Fact]
    public void Spectral_normalisation_brings_the_greatest_singular_value_to_1()
    {
        Generator.ManualSeed(1);
        var linear = new Linear(6, 5);
        var module = new SpectralNorm(linear);
        var x = Tensor.Randn([2, 6]);
        for (int i = 0; i < 50; i++) module.Forward(x);
        Assert.Equal(1, Linalg.Svd(linear.Weight.Detach()).S.Max().Item(), 1e-3);
        Assert.Equal(["bias", "parametrizations.weight.0._u", "parametrizations.weight.0._v", "parametrizations.weight.original"], module.StateDict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Evaluation_leaves_the_power_iteration_where_it_is()
    {
        var module = new SpectralNorm(new Linear(6, 5)).Eval();
        float[] before = module.StateDict()["parametrizations.weight.0._u"].ToArray<float>();
        module.Forward(Tensor.Randn([2, 6]));
        Assert.Equal(before, module.StateDict()["parametrizations.weight.0._u"].ToArray<float>());
    }

    [Fact]
    public void A_module_of_several_inputs_takes_its_pass_with_the_parameter_of_now()
    {
        var module = new WeightNorm(new LSTM(3, 4), "weight_hh_l0");
        Tensor x = Tensor.Randn([5, 2, 3]), state = Tensor.Randn([1, 2, 4]);
        float[] Pass() => module.Renewed<LSTM>().Forward(x, state, state).Output.ToArray<float>();
        var before = Pass();
        var lengths = module.NamedParameters().Single(p => p.Name == "parametrizations.weight_hh_l0.original0").Parameter;
        using (Autograd.NoGrad()) lengths.Mul_(2);
        Assert.NotEqual(before, Pass());
        module.Renewed<LSTM>().Forward(x, state, state).Output.Sum().Backward();
        Assert.True(lengths.Grad!.Abs().Min().Item() > 0);
        Assert.Contains("LSTM, not GRU", Assert.Throws<InvalidOperationException>(() => module.Renewed<GRU>()).Message);
    }

    [Fact]
    public void A_parameter_that_is_not_there_is_refused_with_those_that_are() =>
        Assert.Contains("weight, bias", Assert.Throws<ArgumentException>(() => new WeightNorm(new Linear(2, 2), "kernel")).Message);

    [Fact]
    public void Training_reaches_the_parameters_that_the_weight_is_computed_from()
    {
        Module module = new Sequential(new SpectralNorm(new Linear(3, 3)), new WeightNorm(new Linear(3, 1)));
        module.Forward(Tensor.Randn([4, 3])).Sum().Backward();
        Assert.All(module.Parameters(), p => Assert.NotNull(p.Grad));
        Assert.Equal(5, module.Parameters().Count());
    }
}
