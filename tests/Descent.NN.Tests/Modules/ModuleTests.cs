using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class ModuleTests
{
    sealed class Gated(int width, int hidden) : Module
    {
        readonly Linear _gateProj = new(width, hidden, bias: false);
        readonly Linear _upProj = new(width, hidden);
        readonly Tensor _scale = Tensor.Ones([hidden]);
        [NotSaved] readonly Tensor _cache = Tensor.Zeros([2]);
        [Name("blocks")] readonly ModuleList _layers = [new Linear(hidden, hidden), new Sequential(("in", new Linear(hidden, 1)), ("act", new ReLU()))];
        readonly Module[] _spare = [new Identity(), new Linear(1, 1)];

        public Parameter LogTemperature { get; } = new(Tensor.Zeros([1]));

        public override Tensor Forward(Tensor x) =>
            _layers[1].Forward(_layers[0].Forward(_gateProj.Forward(x) * _upProj.Forward(x) * _scale)) * LogTemperature.Exp() + _cache.Sum() + _spare.Length;
    }

    [Theory]
    [InlineData("_gateProj", "gate_proj")]
    [InlineData("<LogTemperature>k__BackingField", "log_temperature")]
    [InlineData("fc1", "fc1")]
    [InlineData("_lnF", "ln_f")]
    [InlineData("_qkvProj2", "qkv_proj2")]
    [InlineData("KVCache", "kv_cache")]
    [InlineData("running_mean", "running_mean")]
    public void Fields_are_named_in_snake_case(string field, string key) => Assert.Equal(key, FieldNames.ToKey(field));

    [Fact]
    public void Keys_are_parameters_then_buffers_then_children_in_order_of_declaration() => Assert.Equal(
    [
        "log_temperature", "scale", "gate_proj.weight", "up_proj.weight", "up_proj.bias", "blocks.0.weight", "blocks.0.bias", "blocks.1.in.weight",
        "blocks.1.in.bias", "spare.1.weight", "spare.1.bias",
    ], new Gated(3, 4).StateDict().Keys);

    [Fact]
    public void What_is_not_saved_is_still_a_buffer()
    {
        var module = new Gated(3, 4);
        Assert.Equal(["scale", "cache"], module.NamedBuffers().Select(b => b.Name));
        Assert.Equal(10, module.Parameters().Count());
        Assert.Equal(["", "gate_proj", "up_proj", "blocks", "blocks.0", "blocks.1", "blocks.1.in", "blocks.1.act", "spare.0", "spare.1"],
            module.NamedModules().Select(m => m.Name));
    }

    [Fact]
    public void A_state_dict_loads_into_another_module_and_leaves_it_a_leaf()
    {
        Module one = new Gated(3, 4), other = new Gated(3, 4);
        other.LoadStateDict(one.StateDict());
        var x = Tensor.Randn([5, 3]);
        Assert.Equal(one.Forward(x).ToArray<float>(), other.Forward(x).ToArray<float>());
        Assert.All(other.Parameters(), p => Assert.True(p.IsLeaf && p.RequiresGrad));
    }

    [Fact]
    public void Values_are_converted_to_the_type_of_the_parameter()
    {
        var linear = new Linear(2, 1);
        linear.LoadStateDict(new Dictionary<string, Tensor>
        {
            ["weight"] = Tensor.From<double>([1.5, -2], [1, 2]),
            ["bias"] = Tensor.From<int>([7], [1]),
        });
        Assert.Equal([1.5f, -2], linear.Weight.ToArray<float>());
        Assert.Equal([7f], linear.Bias!.ToArray<float>());
    }

    [Fact]
    public void Everything_that_does_not_fit_is_listed_and_nothing_is_loaded()
    {
        var linear = new Linear(2, 3);
        var before = linear.Bias!.ToArray<float>();
        var state = new Dictionary<string, Tensor> { ["bias"] = Tensor.Zeros([4]), ["wieght"] = Tensor.Zeros([3, 2]) };
        var error = Assert.Throws<StateDictException>(() => linear.LoadStateDict(state));
        Assert.Equal(["weight"], error.Difference.Missing);
        Assert.Equal(["wieght"], error.Difference.Unexpected);
        Assert.Equal(("bias", new Shape(4), new Shape(3)), Assert.Single(error.Difference.Mismatched));
        Assert.Contains("missing     weight", error.Message);
        Assert.Contains("unexpected  wieght", error.Message);
        Assert.Contains("bias: (4,), expected (3,)", error.Message);
        Assert.Equal(before, linear.Bias!.ToArray<float>());
        // Shapes must fit even where keys need not.
        Assert.Throws<StateDictException>(() => linear.LoadStateDict(state, strict: false));
        state["bias"] = Tensor.Ones([3]);
        var difference = linear.LoadStateDict(state, strict: false);
        Assert.Equal(["weight"], difference.Missing);
        Assert.Equal([1f, 1, 1], linear.Bias!.ToArray<float>());
    }

    [Fact]
    public void A_saved_module_loads_into_another()
    {
        string path = Path.Combine(Path.GetTempPath(), $"descent-{Guid.NewGuid():N}.safetensors");
        try
        {
            Module one = new Sequential(new Conv2d(1, 2, 3), new BatchNorm2d(2)), other = new Sequential(new Conv2d(1, 2, 3), new BatchNorm2d(2));
            one.Forward(Tensor.Randn([2, 1, 5, 5]));
            one.Save(path);
            other.Load(path);
            Assert.Equal(7, one.StateDict().Count);
            foreach (var (key, value) in one.StateDict())
                Assert.True(value.Eq(other.StateDict()[key]).ToArray<bool>().All(same => same), key);
            Assert.Throws<StateDictException>(() => new Linear(1, 1).Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_call_with_other_parameters_carries_gradients_to_them_and_restores_its_own()
    {
        var module = new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1));
        var own = module.Parameters().ToArray();
        var x = Tensor.From<float>([1, 2, -1, 0.5f], [2, 2]);
        var leaf = Tensor.From<float>([0.5f, 1, -1, 2, 1, 1], [3, 2]);
        leaf.RequiresGrad = true;
        var computed = leaf * 2;
        var y = module.Call(new Dictionary<string, Tensor> { ["0.weight"] = computed }, x);
        y.Sum().Backward();

        Assert.True(module.Parameters().SequenceEqual(own, ReferenceEqualityComparer.Instance));
        Assert.Null(own[0].Grad);
        Assert.NotNull(own[1].Grad);
        var copy = new Linear(2, 3);
        copy.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = computed.Detach(), ["bias"] = own[1] });
        module[2].Forward(copy.Forward(x).Relu()).Sum().Backward();
        Assert.Equal(copy.Weight.Grad!.ToArray<float>().Select(g => 2 * g), leaf.Grad!.ToArray<float>());
    }

    [Fact]
    public void A_leaf_given_to_a_call_takes_the_gradient_itself()
    {
        var module = new Linear(2, 1, bias: false);
        var weight = Tensor.Ones([1, 2]);
        weight.RequiresGrad = true;
        module.Call(new Dictionary<string, Tensor> { ["weight"] = weight }, Tensor.From<float>([3, 4], [1, 2])).Sum().Backward();
        Assert.Equal([3f, 4], weight.Grad!.ToArray<float>());
        Assert.Null(module.Weight.Grad);
        Assert.Throws<StateDictException>(() => module.Call(new Dictionary<string, Tensor> { ["bias"] = weight }, weight));
    }

    [Fact]
    public void Own_parameters_come_back_after_a_failed_call()
    {
        var module = new Linear(2, 1);
        var own = module.Weight;
        Assert.ThrowsAny<Exception>(() => module.Call(new Dictionary<string, Tensor> { ["weight"] = Tensor.Ones([1, 2]) }, Tensor.Ones([1, 5])));
        Assert.Same(own, module.Weight);
    }

    [Fact]
    public void Modes_and_types_change_everywhere_below()
    {
        var module = new Sequential(new Linear(2, 2), new Sequential(new Dropout(), new Linear(2, 1)));
        module.Eval();
        Assert.All(module.NamedModules(), m => Assert.False(m.Module.IsTraining));
        Assert.Same(module, module.Train().Freeze());
        Assert.DoesNotContain(module.Parameters(), p => p.RequiresGrad);
        Assert.All(module.Unfreeze().To(DType.Float64).Parameters(), p => Assert.True(p.RequiresGrad && p.DType == DType.Float64));
        Assert.Equal(DType.Float64, module.Eval().Forward(Tensor.Ones([1, 2], DType.Float64)).DType);
    }

    sealed class Tied : Module
    {
        readonly Linear _one = new(2, 2), _two;

        public Tied() => _two = _one;

        public override Tensor Forward(Tensor x) => _two.Forward(_one.Forward(x));
    }

    [Fact]
    public void A_shared_module_is_saved_under_each_name_but_trained_once()
    {
        var module = new Tied();
        Assert.Equal(["one.weight", "one.bias", "two.weight", "two.bias"], module.StateDict().Keys);
        Assert.Equal(2, module.Parameters().Count());
        Assert.Equal(2, module.To(DType.Float64).Parameters().Count());
    }

    sealed class Clash : Module
    {
        readonly Tensor _scale = Tensor.Ones([1]);

        public Parameter Scale { get; } = new(Tensor.Ones([1]));

        public override Tensor Forward(Tensor x) => x * _scale;
    }

    [Fact]
    public void Two_fields_of_one_name_are_an_error_that_names_them()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new Clash().StateDict());
        Assert.Contains("_scale", error.Message);
        Assert.Contains("'scale'", error.Message);
    }

    [Fact]
    public void A_summary_lists_layers_shapes_and_parameters()
    {
        string text = new Sequential(new Conv2d(1, 4, 3), new ReLU(), new Flatten(), new Linear(4 * 36, 10)).Summary([2, 1, 8, 8]);
        Assert.Contains("(2, 4, 6, 6)", text);
        Assert.Contains("(2, 10)", text);
        Assert.Contains("1,450", text);
        Assert.Contains("1,490 parameters, 1,490 of them trained, 5,960 bytes; 11,252 FLOPs", text);
    }
}
