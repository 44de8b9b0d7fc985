using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class MixingTests
{
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    public void Shares_have_the_moments_of_the_beta_distribution(double alpha)
    {
        var generator = new Generator(3);
        var draws = Enumerable.Range(0, 20_000).Select(_ => BetaDraw.Next(generator, alpha, alpha)).ToArray();
        Assert.All(draws, d => Assert.InRange(d, 0, 1));
        double mean = draws.Average(), variance = draws.Average(d => (d - mean) * (d - mean)), expected = 1 / (4 * (2 * alpha + 1));
        Assert.InRange(mean, 0.485, 0.515);
        Assert.InRange(variance, 0.95 * expected, 1.05 * expected);
    }

    [Fact]
    public void Inputs_and_targets_are_mixed_alike()
    {
        // The input is the target, so both must be mixed to the same.
        var classes = Tensor.From<long>([0L, 1, 2, 3, 4]);
        var (x, y) = new MixUp(5).Apply(new(classes.OneHot(5).To(DType.Float64), classes), new(2));
        Assert.Equal(x.ToArray<double>(), y.ToArray<double>());
        Assert.All(y.Sum(1).ToArray<double>(), s => Assert.Equal(1, s, 1e-12));
        Assert.InRange(y.Max().Item(), 0.5, 1);
        Assert.Contains(y.ToArray<double>(), v => v is > 0 and < 1);
        var shares = new MixUp(5).Apply(new(x, y), new(2));
        Assert.Equal(shares.Input.ToArray<double>(), shares.Target.ToArray<double>());
    }

    [Fact]
    public void The_target_of_a_cut_picture_is_the_share_of_its_pixels()
    {
        var classes = Tensor.Arange(6);
        var pictures = classes.To(DType.Float32).Reshape(6, 1, 1, 1).Expand(6, 2, 7, 9);
        bool mixed = false;
        for (ulong seed = 0; seed < 20; seed++)
        {
            var (x, y) = new CutMix(6).Apply(new(pictures, classes), new(seed));
            for (int i = 0; i < 6; i++)
                for (int c = 0; c < 6; c++)
                    Assert.Equal(x[i].Eq(c).To(DType.Float32).Mean().Item(), y[i, c].Item(), 1e-6);
            mixed |= y.Max().Item() < 1;
        }
        Assert.True(mixed);
    }

    static TensorDataset Set() => new(Tensor.Rand([30, 1, 6, 6], generator: new(4)), Tensor.Arange(30) % 3);

    static float[][] Inputs(IEnumerable<Example> batches) => [.. batches.Select(b => b.Input.ToArray<float>())];

    [Fact]
    public void Augmented_batches_are_the_same_bits_for_any_threads_and_when_resumed()
    {
        var augmented = Set().Augmented(new Compose(new RandomAffine(20), new GaussianNoise()), seed: 9);
        foreach (var source in (IBatchSource<Example>[])[augmented.Batched(), augmented.Batched().Augmented(new MixUp(3), 9), Set().Batched().Augmented(new CutMix(3), 9)])
        {
            var loader = new DataLoader(source, 8, shuffle: true, seed: 9, workers: 0);
            var (first, second) = (Inputs(loader), Inputs(loader));
            var threaded = new DataLoader(source, 8, shuffle: true, seed: 9, workers: 3, prefetch: 6);
            Assert.Equal(first, Inputs(threaded));
            Assert.Equal(second, Inputs(threaded));
            threaded.Position = new(1, 2);
            Assert.Equal(second[2..], Inputs(threaded));
        }
    }

    [Fact]
    public void An_example_is_changed_anew_in_each_epoch_whatever_its_place()
    {
        var augmented = Set().Augmented(new GaussianNoise(), seed: 9);
        var once = augmented.At(7, 1).Input.ToArray<float>();
        Assert.Equal(once, augmented.Batched().Gather([3, 7], 1).Input[1].ToArray<float>());
        Assert.NotEqual(once, augmented.At(7, 2).Input.ToArray<float>());
        Assert.NotEqual(once, Set().Augmented(new GaussianNoise(), seed: 8).At(7, 1).Input.ToArray<float>());
        // The view's own numbers decide, so that the same example twice in a view is changed in two ways.
        var twice = new Subset<Example>(Set(), [7, 7]).Augmented(new GaussianNoise(), seed: 9);
        Assert.NotEqual(twice.At(0, 1).Input.ToArray<float>(), twice.At(1, 1).Input.ToArray<float>());
    }
}
