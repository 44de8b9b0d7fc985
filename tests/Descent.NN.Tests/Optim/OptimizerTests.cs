using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class OptimizerTests
{
    public static TheoryData<string, Func<IEnumerable<Tensor>, Optimizer>> Optimizers => new()
    {
        { "sgd", p => new SGD(p, 0.1, weightDecay: 0.01) },
        { "momentum", p => new SGD(p, 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.01) },
        { "nesterov", p => new SGD(p, 0.1, momentum: 0.9, nesterov: true) },
        { "adam", p => new Adam(p, 0.01, weightDecay: 0.1) },
        { "amsgrad", p => new Adam(p, 0.01, amsGrad: true) },
        { "adamw", p => new AdamW(p, 0.01) },
    };

    static Tensor Leaf(Tensor x)
    {
        x.RequiresGrad = true;
        return x;
    }

    static Tensor[] Start(DType dtype = DType.Float32) =>
        [Leaf(Tensor.Linspace(-1, 1, 37).To(dtype).Detach()), Leaf(Tensor.Linspace(0.5, 3, 40_000).To(dtype).Detach()), Leaf(Tensor.Full([], 2.5).To(dtype).Detach())];

    static void Steps(Optimizer optimizer, Tensor[] parameters, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            optimizer.ZeroGrad();
            foreach (var p in parameters) p.Grad = p.Detach().Mul(p.Detach()).Sub(0.3 * (step % 3)).To(p.DType);
            optimizer.Step();
        }
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Another_optimizer_goes_on_bit_for_bit_from_a_state(string name, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        var broken = Start();
        var first = make(broken);
        Steps(first, broken, 0, 3);
        first.Groups[0].LearningRate = 0.05;
        var state = first.StateDict();
        Steps(first, broken, 3, 4);

        var resumed = Start();
        var second = make(resumed);
        Steps(make(resumed), resumed, 0, 3);
        second.LoadStateDict(state);
        Assert.Equal(0.05, second.Groups[0].LearningRate);
        Steps(second, resumed, 3, 4);
        for (int i = 0; i < broken.Length; i++) Assert.True(broken[i].ToArray<float>().AsSpan().SequenceEqual(resumed[i].ToArray<float>()), $"{name}, {i}");
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Threads_change_nothing(string name, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        int threads = Numerics.Threads;
        try
        {
            var results = new List<float[]>();
            foreach (int count in (int[])[1, 3])
            {
                Numerics.Threads = count;
                var parameters = Start();
                Steps(make(parameters), parameters, 0, 3);
                results.Add(parameters[1].ToArray<float>());
            }
            Assert.True(results[0].AsSpan().SequenceEqual(results[1]), name);
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Other_types_and_layouts_take_the_same_steps(string name, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        Tensor[] plain = [Leaf(Tensor.Linspace(-1, 1, 12).Reshape(3, 4).Clone())];
        Tensor[] turned = [Leaf(plain[0].Detach().Transpose(0, 1).Clone().Transpose(0, 1))];
        Tensor[] wide = [Leaf(plain[0].Detach().To(DType.Float64))], narrow = [Leaf(plain[0].Detach().To(DType.BFloat16))];
        Assert.False(turned[0].IsContiguous, name);
        foreach (var parameters in (Tensor[][])[plain, turned, wide, narrow]) Steps(make(parameters), parameters, 0, 5);
        var expected = plain[0].ToArray<float>();
        Assert.Equal(expected, turned[0].Detach().Clone().ToArray<float>());
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], wide[0].ToArray<double>()[i], 1e-5);
            // Each of five steps rounds to 8 bits.
            Assert.Equal(expected[i], narrow[0].Detach().To(DType.Float32).ToArray<float>()[i], 5 * Math.Max(1, Math.Abs(expected[i])) / 256);
        }
    }

    [Fact]
    public void A_step_raises_the_version_and_leaves_out_what_has_no_gradient()
    {
        var parameters = Start();
        parameters[0].Grad = Tensor.Ones([37]);
        var (before, untouched) = (parameters[0].Version, parameters[1].ToArray<float>());
        new SGD(parameters, 0.1, weightDecay: 0.5).Step();
        Assert.NotEqual(before, parameters[0].Version);
        Assert.Equal(untouched, parameters[1].ToArray<float>());
    }

    [Fact]
    public void Groups_have_options_of_their_own()
    {
        var parameters = Start();
        foreach (var p in parameters) p.Grad = Tensor.Ones(p.Shape);
        var optimizer = new SGD([new SgdGroup([parameters[0]]) { LearningRate = 1 }, new SgdGroup([parameters[2]]) { LearningRate = 0.5 }]);
        optimizer.Step();
        Assert.Equal(-2f, parameters[0].ToArray<float>()[0]);
        Assert.Equal(2f, parameters[2].Item<float>());
        Assert.Throws<ArgumentException>(() => optimizer.AddGroup(new SgdGroup([parameters[2]])));
        optimizer.ZeroGrad(setToNone: false);
        Assert.Equal(0f, parameters[2].Grad!.Item<float>());
        Assert.NotNull(parameters[1].Grad);
    }

    [Fact]
    public void A_state_of_another_optimizer_is_refused_with_every_difference()
    {
        var parameters = Start();
        var adam = new Adam(parameters);
        Steps(adam, parameters, 0, 1);
        var error = Assert.Throws<StateDictException>(() => new SGD(parameters[..2], 0.1).LoadStateDict(adam.StateDict()));
        Assert.Contains("param_groups.0.momentum", error.Difference.Missing);
        Assert.Contains("state.0.exp_avg", error.Difference.Unexpected);
        Assert.Contains("state.2.step", error.Difference.Unexpected);
        var other = Assert.Throws<StateDictException>(() => new Adam([parameters[1], parameters[0], parameters[2]]).LoadStateDict(adam.StateDict()));
        Assert.Contains(other.Difference.Mismatched, m => m.Key == "state.0.exp_avg");
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var p = Start();
        Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(p, -0.1));
        Assert.Throws<ArgumentException>(() => new SGD(p, 0.1, nesterov: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(p, betas: (1, 0.9)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(p, epsilon: -1));
        Assert.Throws<ArgumentException>(() => new SGD([p[0] * 2], 0.1));
        Assert.Throws<ArgumentException>(() => new SGD([p[0], p[0]], 0.1));
    }

    [Theory]
    [InlineData(2, 5.0)]
    [InlineData(1, 7.0)]
    [InlineData(double.PositiveInfinity, 4.0)]
    public void Clipping_scales_to_the_norm(double type, double norm)
    {
        Tensor[] parameters = [Leaf(Tensor.Zeros([1])), Leaf(Tensor.Zeros([2]))];
        (parameters[0].Grad, parameters[1].Grad) = (Tensor.From<float>([-3], [1]), Tensor.From<float>([0, 4], [2]));
        Assert.Equal(norm, Clipping.ClipGradNorm_(parameters, 100, type), 1e-6);
        Assert.Equal([0f, 4], parameters[1].Grad!.ToArray<float>());
        Clipping.ClipGradNorm_(parameters, 1, type);
        Assert.Equal(-3 / norm, parameters[0].Grad!.Item(), 1e-5);
        Clipping.ClipGradValue_(parameters, 0.1);
        Assert.Equal([0f, 0.1f], parameters[1].Grad!.ToArray<float>());
    }
}
