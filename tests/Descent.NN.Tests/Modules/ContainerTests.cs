using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class ContainerTests
{
    sealed class Mixture : Module
    {
        readonly ParameterList _scales = new(new Parameter(Tensor.Ones([2])), new Parameter(Tensor.Zeros([3])));
        readonly ParameterDict _shifts = new(("low", new Parameter(Tensor.Ones([1]))));
        readonly ModuleDict _heads = new(("a", new Linear(2, 2)), ("b", new ReLU()));

        public override Tensor Forward(Tensor x) => _heads["b"].Forward(_heads["a"].Forward(x * _scales[0])) + _shifts["low"];
    }

    [Fact]
    public void Lists_and_dictionaries_name_what_they_hold_by_number_and_by_name() =>
        Assert.Equal(["scales.0", "scales.1", "shifts.low", "heads.a.weight", "heads.a.bias"], new Mixture().StateDict().Keys);

    [Fact]
    public void Parameters_of_containers_are_trained_loaded_and_replaced()
    {
        Module one = new Mixture(), other = new Mixture();
        one.Forward(Tensor.Randn([3, 2])).Sum().Backward();
        Assert.Equal(4, one.Parameters().Count(p => p.Grad is not null));
        other.LoadStateDict(one.StateDict());
        var x = Tensor.Randn([3, 2]);
        Assert.Equal(one.Forward(x).ToArray<float>(), other.Forward(x).ToArray<float>());
        var shifted = one.Call(new Dictionary<string, Tensor> { ["shifts.low"] = Tensor.Full([1], 5.0) }, x);
        Assert.True((one.Forward(x) + 4 - shifted).Abs().Max().Item() < 1e-5);
    }

    [Fact]
    public void Names_that_are_no_level_of_a_key_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ModuleDict(("a.b", new ReLU())));
        Assert.Throws<ArgumentException>(() => new ModuleDict(("", new ReLU())));
        Assert.Throws<ArgumentException>(() => new ParameterDict(("a", new Parameter(Tensor.Ones([1]))), ("a", new Parameter(Tensor.Ones([1])))));
    }
}
