using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests;

public sealed class OptimizerTests
{
    public static TheoryData<string, Func<IEnumerable<Tensor>, Optimizer>> Optimizers => new()
    {
        { "sgd", p => new SGD(p, 0.1, weightDecay: 0.01) },
        { "momentum", p => new SGD(p, 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.01) },
        { "nesterov", p => new SGD(p, 0.1, momentum: 0.9, nesterov: true) },
        { "adam", p => new Adam(p, 0.01, weightDecay: 0.01) },
        { "amsgrad", p => new Adam(p, 0.01, amsGrad: true) },
        { "adamw", p => new AdamW(p, 0.01) },
        { "nadam", p => new NAdam(p, 0.01, weightDecay: 0.01) },
        { "radam", p => new RAdam(p, 0.01, (0.9, 0.9), weightDecay: 0.01) },
        { "adamax", p => new Adamax(p, 0.02, weightDecay: 0.01) },
        { "adagrad", p => new Adagrad(p, 0.3, learningRateDecay: 0.01, weightDecay: 0.01, initialAccumulatorValue: 0.1) },
        { "adadelta", p => new Adadelta(p, 1, epsilon: 1e-3, weightDecay: 0.01) },
        { "rmsprop", p => new RMSprop(p, 0.01, weightDecay: 0.01) },
        { "rmsprop with momentum", p => new RMSprop(p, 0.005, momentum: 0.5) },
        { "rmsprop about the mean", p => new RMSprop(p, 0.005, alpha: 0.9, epsilon: 1e-2, momentum: 0.5, centered: true) },
        { "asgd", p => new ASGD(p, 0.1, t0: 2) },
        { "rprop", p => new Rprop(p, 0.01, stepSizes: (1e-6, 0.1)) },
        { "lion", p => new Lion(p, 0.01, weightDecay: 0.01) },
        { "muon", p => new Muon(p.Where(x => x.Rank >= 2), p.Where(x => x.Rank < 2), 0.02, weightDecay: 0.01, restLearningRate: 0.01) },
        { "adafactor", p => new Adafactor(p, 0.02, weightDecay: 0.01) },
        { "one of a user's own", p => new Signum([new(p) { LearningRate = 0.01, L2Penalty = 0.01 }]) },
        { "lbfgs", p => new LBFGS(p, 0.5, maxIterations: 3, historySize: 4) },
        { "lbfgs with a line search", p => new LBFGS(p, maxIterations: 3, strongWolfe: true) },
        { "sam", p => new SAM(new SGD(p, 0.1, momentum: 0.5)) },
        { "asam", p => new SAM(new AdamW(p, 0.01), rho: 0.5, adaptive: true) },
    };

    static Tensor Leaf(Tensor x)
    {
        x.RequiresGrad = true;
        return x;
    }

    static Tensor[] Start(DType dtype = DType.Float32) =>
        [Leaf(Tensor.Linspace(-1, 1, 37).To(dtype).Detach()), Leaf(Tensor.Linspace(0.5, 3, 40_000).Reshape(200, 200).To(dtype).Detach()), Leaf(Tensor.Full([], 2.5).To(dtype).Detach())];

    /// <summary>½(p − c)² + p⁴ / 10, c another number at each of three steps.</summary>
    static Tensor Loss(Tensor[] parameters, double c) => parameters
        .Select(p => p.To(p.DType == DType.Float64 ? DType.Float64 : DType.Float32))
        .Select(p => ((p - c) * (p - c) / 2 + p * p * p * p / 10).Sum()).Aggregate((a, b) => a + b);

    static void Steps(Optimizer optimizer, Tensor[] parameters, int from, int to)
    {
        for (int step = from; step < to; step++)
            optimizer.Step(() =>
            {
                optimizer.ZeroGrad();
                var loss = Loss(parameters, 0.3 * (step % 3));
                loss.Backward();
                return loss;
            });
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Another_optimizer_goes_on_bit_for_bit_from_a_state(string name, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        var broken = Start();
        var first = make(broken);
        Steps(first, broken, 0, 3);
        first.Groups[0].LearningRate = 0.05;
        var state = first.StateDict();
        Steps(first, broken, 3, 6);

        var resumed = Start();
        var second = make(resumed);
        Steps(make(resumed), resumed, 0, 3);
        second.LoadStateDict(state);
        Assert.Equal(0.05, second.Groups[0].LearningRate);
        Steps(second, resumed, 3, 6);
        Assert.Equal(first.StateDict().Numbers, second.StateDict().Numbers);
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

    static readonly string[] s_whole = ["lbfgs", "lbfgs with a line search", "sam", "asam"];

    [Theory, MemberData(nameof(Optimizers))]
    public void Parameters_changed_together_are_changed_as_each_would_be_alone(string name, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        if (s_whole.Contains(name)) return;
        int[][] shapes = [[0], [37], [16_384], [5], [0, 3], [200, 200], [513], [1], [128, 128], []];
        Tensor[] Drawn(int seed) => [.. shapes.Select((s, i) => Tensor.Randn(s, generator: new Generator((ulong)(100 * seed + i))))];
        Tensor[] together = [.. Drawn(1).Select(Leaf)], alone = [.. Drawn(1).Select(Leaf)];
        var optimizer = make(together);
        var optimizers = alone.Select(p => make([p])).ToArray();
        for (int step = 0; step < 3; step++)
        {
            foreach (var parameters in (Tensor[][])[together, alone])
                foreach (var (p, gradient) in parameters.Zip(Drawn(2 + step))) p.Grad = gradient;
            optimizer.Step();
            foreach (var one in optimizers) one.Step();
        }
        for (int i = 0; i < shapes.Length; i++)
        {
            Assert.Equal(alone[i].ToArray<float>(), together[i].ToArray<float>());
            Assert.Equal(alone[i].Version, together[i].Version);
        }
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Other_types_and_layouts_take_the_same_steps(string name, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        Tensor[] plain = [Leaf(Tensor.Linspace(-1, 1, 12).Reshape(3, 4).Clone())];
        Tensor[] turned = [Leaf(plain[0].Detach().Transpose(0, 1).Clone().Transpose(0, 1))];
        Tensor[] wide = [Leaf(plain[0].Detach().To(DType.Float64))];
        Tensor[] narrow = [Leaf(plain[0].Detach().To(DType.BFloat16))], half = [Leaf(plain[0].Detach().To(DType.Float16))];
        Assert.False(turned[0].IsContiguous, name);
        foreach (var parameters in (Tensor[][])[plain, turned, wide, narrow, half]) Steps(make(parameters), parameters, 0, 5);
        var expected = plain[0].ToArray<float>();
        Assert.Equal(expected, turned[0].Detach().Clone().ToArray<float>());
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], wide[0].ToArray<double>()[i], 1e-5);
            // Each of five steps rounds to 8 bits.
            Assert.Equal(expected[i], narrow[0].Detach().To(DType.Float32).ToArray<float>()[i], 5 * Math.Max(1, Math.Abs(expected[i])) / 256);
            Assert.Equal(expected[i], half[0].Detach().To(DType.Float32).ToArray<float>()[i], 5 * Math.Max(1, Math.Abs(expected[i])) / 2048);
        }
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void A_quadratic_is_minimised(string name, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        Tensor[] parameters = [Leaf(Tensor.Linspace(-1, 1, 12).Reshape(3, 4).Clone()), Leaf(Tensor.Linspace(2, 1, 5))];
        var optimizer = make(parameters);
        double first = 0, last = 0;
        for (int step = 0; step < 400; step++)
        {
            last = optimizer.Step(() =>
            {
                optimizer.ZeroGrad();
                var loss = parameters.Select(p => (p - 0.5).Pow(2).Sum()).Aggregate((a, b) => a + b);
                loss.Backward();
                return loss;
            }).Item();
            if (step == 0) first = last;
        }
        Assert.True(last < 0.02 * first, $"{name}: {first} → {last}");
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void What_has_no_gradient_stays_as_it_is(string name, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        var parameters = Start();
        var frozen = Leaf(Tensor.Linspace(-1, 1, 6).Reshape(2, 3).Clone());
        var before = frozen.ToArray<float>();
        var optimizer = make([parameters[0], frozen, parameters[2]]);
        Steps(optimizer, [parameters[0], parameters[2]], 0, 3);
        Assert.Equal(before, frozen.ToArray<float>());
        Assert.NotEqual(-1f, parameters[0].ToArray<float>()[0]);
        optimizer.LoadStateDict(optimizer.StateDict());
        Steps(optimizer, [parameters[0], parameters[2], frozen], 3, 4);
        Assert.True(!before.AsSpan().SequenceEqual(frozen.ToArray<float>()), name);
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
        Assert.Throws<ArgumentOutOfRangeException>(() => new NAdam(p, momentumDecay: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RAdam(p, betas: (0.9, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adamax(p, weightDecay: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adagrad(p, initialAccumulatorValue: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adadelta(p, rho: 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RMSprop(p, momentum: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ASGD(p, lambda: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rprop(p, etas: (1.1, 1.2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lion(p, betas: (1, 0.9)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adafactor(p, clippingThreshold: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LBFGS(p, historySize: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SAM(new SGD(p, 0.1), rho: -1));
        Assert.Throws<ArgumentException>(() => new Muon([p[0]], []));
        Assert.Throws<ArgumentException>(() => new Muon([new SgdGroup(p)]));
        Assert.Throws<InvalidOperationException>(() => new LBFGS(p).Step());
        Assert.Throws<InvalidOperationException>(() => new LBFGS(new LbfgsGroup(p) { WeightDecay = 0.1 }).Step(() => Tensor.Zeros(1)));
        Assert.Throws<InvalidOperationException>(() => new SAM(new SGD(p, 0.1)).Step());
        Assert.Throws<ArgumentOutOfRangeException>(() => new SgdGroup(p) { L1Penalty = -1 });
        Assert.Throws<ArgumentException>(() => new SGD([p[0] * 2], 0.1));
        Assert.Throws<ArgumentException>(() => new SGD([p[0], p[0]], 0.1));
    }
}
