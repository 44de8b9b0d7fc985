using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class FusedLayersTests
{
    public sealed record Case(string Name, Func<Module> Make, int[] Input)
    {
        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases =>
    [
        new("linear layers with activations", () => new Sequential(new Linear(6, 9), new ReLU(), new Linear(9, 8), new GELU(), new Linear(8, 8, bias: false), new SiLU(),
            new Linear(8, 7), new Tanh(), new Linear(7, 5), new GELU(GeluApproximation.Tanh), new Linear(5, 4), new Sigmoid()), [11, 6]),
        new("an activation that products do not end with", () => new Sequential(new Linear(6, 9), new ELU(), new Linear(9, 2)), [3, 6]),
        new("convolutions with normalisation", () => new Sequential(new Conv2d(3, 20, 3, padding: 1), new BatchNorm2d(20), new ReLU(), new Conv2d(20, 18, 3, 2, 1, bias: false),
            new BatchNorm2d(18), new Conv2d(18, 16, 1), new BatchNorm2d(16, affine: false), new SiLU()), [2, 3, 9, 10]),
        new("padding by reflection", () => new Sequential(new Conv2d(3, 8, 3, padding: 1, paddingMode: PaddingMode.Reflect), new BatchNorm2d(8), new ReLU()), [2, 3, 9, 10]),
        new("padding of even windows", () => new Sequential(new Conv2d(3, 8, 2, padding: "same"), new BatchNorm2d(8), new ReLU()), [2, 3, 9, 10]),
        new("statistics of the batch", () => new Sequential(new Conv2d(3, 8, 3), new BatchNorm2d(8, trackRunningStats: false), new ReLU()), [2, 3, 9, 10]),
        new("groups with an activation", () => new Sequential(new Conv2d(3, 8, 3), new GroupNorm(4, 8), new SiLU()), [2, 3, 9, 10]),
        new("a residual network", () => new ResNet([1, 1], 16), [2, 3, 12, 12]),
    ];

    static Module Prepared(Case row)
    {
        Generator.ManualSeed(1);
        var module = row.Make();
        foreach (var norm in module.NamedModules().Select(m => m.Module).OfType<BatchNorm2d>())
        {
            // Statistics that a normalisation can be seen by.
            norm.RunningMean?.Add_(Tensor.Randn([norm.Features]) * 0.3);
            norm.RunningVar?.Mul_(Tensor.Rand([norm.Features]) + 0.5);
            norm.Weight?.Detach().Mul_(Tensor.Rand([norm.Features]) + 0.5);
            norm.Bias?.Detach().Add_(Tensor.Randn([norm.Features]) * 0.3);
        }
        return module;
    }

    /// <summary>Layer by layer, as somebody sees each of them.</summary>
    static Tensor Apart(Module module, Tensor x)
    {
        Tensor? y = null;
        ModuleObserver.Watch((_, _) => { }, () => y = module.Forward(x));
        return y!;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Results_are_those_of_the_layers_apart_and_nothing_saved_changes(Case row)
    {
        var module = Prepared(row);
        var x = Tensor.Randn(row.Input);
        foreach (bool training in (bool[])[true, false])
        {
            if (training) module.Train();
            else module.Eval();
            Near(Apart(module, x), module.Forward(x));
            using var _ = Autograd.NoGrad();
            var before = module.StateDict().ToDictionary(p => p.Key, p => p.Value.Clone());
            if (training) continue;
            Near(Apart(module, x), module.Forward(x));
            foreach (var (name, value) in module.StateDict()) Assert.Equal(before[name].To(DType.Float32).ToArray<float>(), value.To(DType.Float32).ToArray<float>());
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Gradients_are_those_of_the_layers_apart(Case row)
    {
        var x = Tensor.Randn(row.Input);
        var gradients = new List<Tensor[]>();
        foreach (bool together in (bool[])[true, false])
        {
            var module = Prepared(row);
            var y = together ? module.Forward(x) : Apart(module, x);
            y.Square().Sum().Backward();
            gradients.Add([.. module.Parameters().Select(p => p.Grad!)]);
        }
        foreach (var (one, other) in gradients[0].Zip(gradients[1])) Near(other, one);
    }

    [Fact]
    public void Every_layer_is_seen_by_who_asks()
    {
        var module = new Sequential(new Linear(3, 4), new ReLU());
        var seen = new List<Module>();
        ModuleObserver.Watch((m, _) => seen.Add(m), () => module.Forward(Tensor.Ones([2, 3])));
        Assert.Contains(module[0], seen);
        Assert.Contains(module[1], seen);
    }

    static void Near(Tensor want, Tensor got)
    {
        Assert.Equal(want.Shape, got.Shape);
        double scale = 1 + want.Abs().Max().Item();
        Assert.InRange((got - want).Abs().Max().Item() / scale, 0, 2e-5);
    }
}
