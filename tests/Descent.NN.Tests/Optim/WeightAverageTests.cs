using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class WeightAverageTests
{
    public static TheoryData<string, Func<Module, WeightAverage>, Func<double[], double>> Averages => new()
    {
        { "exponential", m => new ExponentialMovingAverage(m, 0.8), x => Weighted(x, i => Math.Pow(0.8, x.Length - 1 - i)) },
        { "exponential without correction", m => new ExponentialMovingAverage(m, 0.8, biasCorrection: false),
            x => Weighted(x, i => Math.Pow(0.8, x.Length - 1 - i) * (i == 0 ? 1 : 0.2)) },
        { "plain", m => new PolyakAverage(m), x => x.Average() },
        { "fading", m => new PolyakAverage(m, eta: 3), x => x.Aggregate((Mean: 0.0, N: 0), (s, v) => (s.Mean + 4.0 / (s.N + 4) * (v - s.Mean), s.N + 1)).Mean },
        { "swa", m => new StochasticWeightAverage(m), x => x.Average() },
    };

    static double Weighted(double[] x, Func<int, double> weight) => x.Select((v, i) => v * weight(i)).Sum() / x.Select((_, i) => weight(i)).Sum();

    static Linear Model() => new(3, 2, generator: new(1));

    static void Set(Module model, double value)
    {
        foreach (var p in model.Parameters()) Init.Constant_(p, value);
    }

    [Theory, MemberData(nameof(Averages))]
    public void The_mean_is_that_of_the_parameters_met(string name, Func<Module, WeightAverage> make, Func<double[], double> mean)
    {
        foreach (var type in (DType[])[DType.Float32, DType.Float64, DType.BFloat16])
        {
            var model = Model().To(type);
            var average = make(model);
            double[] values = [1, 4, -2, 0.5, 3];
            for (int i = 0; i < values.Length; i++)
            {
                Set(model, values[i]);
                average.Update();
                using (average.SwapIn())
                    Assert.All(model.Weight.To(DType.Float64).ToArray<double>(), w => Assert.Equal(mean(values[..(i + 1)]), w, type.IsReduced ? 0.02 : 1e-5));
                Assert.All(model.Weight.To(DType.Float64).ToArray<double>(), w => Assert.Equal(values[i], w));
            }
            Assert.Equal(5, average.Updates);
        }
        Assert.NotEmpty(name);
    }

    [Theory, MemberData(nameof(Averages))]
    public void Another_average_goes_on_bit_for_bit_from_a_state(string name, Func<Module, WeightAverage> make, Func<double[], double> mean)
    {
        var (model, other) = (Model(), Model());
        var (average, resumed) = (make(model), make(other));
        foreach (double value in (double[])[0.1, 0.7, -1.3])
        {
            Set(model, value);
            average.Update();
        }
        resumed.LoadStateDict(average.StateDict());
        foreach (double value in (double[])[0.3, mean([1, 2])])
        {
            Set(model, value);
            Set(other, value);
            average.Update();
            resumed.Update();
        }
        foreach (var (key, tensor) in average.StateDict().Where(t => t.Key != "n_averaged"))
            Assert.True(tensor.ToArray<float>().AsSpan().SequenceEqual(resumed.StateDict()[key].ToArray<float>()), $"{name}, {key}");
        Assert.Equal(5, resumed.Updates);
        Assert.Throws<StateDictException>(() => make(new Linear(4, 2)).LoadStateDict(average.StateDict()));
        Assert.Throws<StateDictException>(() => average.LoadStateDict(model.StateDict()));
    }

    [Fact]
    public void A_swap_gives_the_parameters_back_to_the_bit_and_allows_no_update_meanwhile()
    {
        var model = Model();
        var average = new ExponentialMovingAverage(model, 0.5);
        average.Update();
        foreach (var p in model.Parameters()) Init.Normal_(p, generator: new(5));
        var before = model.Weight.ToArray<float>();
        var swap = average.SwapIn();
        Assert.NotEqual(before, model.Weight.ToArray<float>());
        Assert.Throws<InvalidOperationException>(average.Update);
        Assert.Throws<InvalidOperationException>(average.SwapIn);
        swap.Dispose();
        swap.Dispose();
        Assert.Equal(before, model.Weight.ToArray<float>());
        var copy = Model();
        average.CopyTo(copy);
        Assert.Equal(average.StateDict()["weight"].ToArray<float>(), copy.Weight.ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialMovingAverage(model, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PolyakAverage(model, -1));
    }

    [Fact]
    public void Batch_statistics_are_taken_anew_as_the_mean_over_the_batches()
    {
        var model = new Sequential(new BatchNorm1d(2), new Linear(2, 2)).Eval();
        var norm = (BatchNorm1d)model[0];
        Tensor[] batches = [Tensor.Randn([8, 2], generator: new(1)) + 3, Tensor.Randn([8, 2], generator: new(2)) * 2, Tensor.Randn([8, 2], generator: new(3))];
        norm.RunningMean!.Fill_(100);
        StochasticWeightAverage.UpdateBatchNorm(model, batches);
        var expected = batches.Select(b => b.Mean(0)).Aggregate((a, b) => a + b) / 3;
        Assert.True((norm.RunningMean! - expected).Abs().Amax().Item() < 1e-5);
        Assert.Equal(3, norm.NumBatchesTracked!.Item<long>());
        Assert.Equal(0.1, norm.Momentum);
        Assert.False(norm.IsTraining);
        var averaged = new ExponentialMovingAverage(model, 0.9, includeBuffers: true).StateDict();
        Assert.Contains("0.running_mean", averaged.Keys);
        Assert.DoesNotContain("0.num_batches_tracked", averaged.Keys);
    }

    [Fact]
    public void A_weighted_average_of_a_constant_is_that_constant_from_the_start()
    {
        var average = new ExponentiallyWeightedAverage(0.99);
        Assert.Equal(double.NaN, average.Value);
        for (int i = 0; i < 5; i++) Assert.Equal(3, average.Update(3), 1e-12);
        average.Update(-7);
        var resumed = new ExponentiallyWeightedAverage(0.99);
        resumed.LoadStateDict(average.StateDict());
        Assert.Equal(average.Update(0.1), resumed.Update(0.1));
        double[] x = [1, 5, -2];
        var checkedOne = new ExponentiallyWeightedAverage(0.5);
        foreach (double v in x) checkedOne.Update(v);
        Assert.Equal(Weighted(x, i => Math.Pow(0.5, 2 - i)), checkedOne.Value, 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentiallyWeightedAverage(1));
    }
}
