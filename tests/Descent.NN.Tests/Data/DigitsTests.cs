using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class DigitsTests
{
    [Fact]
    public void The_seed_and_the_place_alone_decide()
    {
        var (images, labels) = Digits.Generate(200, seed: 5);
        var (same, sameLabels) = Digits.Generate(200, seed: 5);
        Assert.Equal(images, same);
        Assert.Equal(labels, sameLabels);

        var (fewer, fewerLabels) = Digits.Generate(57, seed: 5);
        Assert.Equal(images[..(57 * 784)], fewer);
        Assert.Equal(labels[..57], fewerLabels);
        Assert.NotEqual(images, Digits.Generate(200, seed: 6).Images);
    }

    [Fact]
    public void Every_run_of_ten_holds_every_digit_in_changing_order()
    {
        var labels = Digits.Generate(300, seed: 1).Labels;
        var runs = labels.Chunk(10).ToArray();
        Assert.All(runs, run => Assert.Equal("0123456789", string.Concat(run.Order())));
        Assert.InRange(runs.Select(run => string.Concat(run)).Distinct().Count(), 25, 30);
    }

    [Theory]
    [InlineData(28)]
    [InlineData(14)]
    [InlineData(64)]
    public void Pictures_are_bright_ink_in_the_middle_of_dark_paper(int size)
    {
        var images = Digits.Generate(500, seed: 2, size).Images;
        foreach (var image in images.Chunk(size * size))
        {
            Assert.InRange(image.Max(), 130, 255);
            Assert.InRange(image.Count(p => p > 100) / (double)image.Length, 0.02, size < 28 ? 0.6 : 0.45);
            // Nothing is cut off at the top or the bottom.
            Assert.InRange(image.Where((_, i) => i < size || i >= size * (size - 1)).Average(p => p), 0, size < 28 ? 64 : 12);
            var mass = image.Sum(p => (double)p);
            Assert.InRange(image.Select((p, i) => p * (i % size + 0.5)).Sum() / mass / size, 0.33, 0.67);
            Assert.InRange(image.Select((p, i) => p * (i / size + 0.5)).Sum() / mass / size, 0.33, 0.67);
        }
    }

    [Fact]
    public void No_two_pictures_are_alike_yet_the_nearest_one_mostly_is_of_the_same_digit()
    {
        var (images, labels) = Digits.Generate(1_000, seed: 3);
        var pictures = images.Chunk(784).ToArray();
        var right = 0;
        for (var i = 800; i < 1_000; i++)
        {
            var (best, least) = (0, long.MaxValue);
            for (var j = 0; j < 800; j++)
            {
                long distance = 0;
                for (var k = 0; k < 784; k++)
                    distance += (pictures[i][k] - pictures[j][k]) * (pictures[i][k] - pictures[j][k]);
                if (distance < least)
                    (best, least) = (j, distance);
            }

            Assert.True(least > 0);
            right += labels[best] == labels[i] ? 1 : 0;
        }

        // Learnable from few, but not trivial.
        Assert.InRange(right, 160, 199);
    }

    [Fact]
    public void The_data_set_has_the_same_pictures_and_classes()
    {
        var (images, labels) = Digits.Generate(20, seed: 5, size: 14);
        var set = Digits.Dataset(20, seed: 5, size: 14, mean: 0.5f, std: 0.5f);
        Assert.Equal(images, set.Pixels.ToArray<byte>());
        Assert.Equal(labels.Select(l => (long)l), set.Targets.ToArray<long>());
        var (x, y) = set[7];
        Assert.Equal(new Shape(1, 14, 14), x.Shape);
        Assert.Equal(labels[7], y.Item());
        Assert.Equal(images.AsSpan(7 * 196, 196).ToArray().Select(p => (p / 255f - 0.5f) / 0.5f), x.ToArray<float>());
    }

    [Fact]
    public void Bad_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Generate(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Generate(1, 0, size: 7));
        Assert.Throws<OverflowException>(() => Digits.Generate(3_000_000, 0, size: 28));
        Assert.Empty(Digits.Generate(0, 0).Images);
    }
}
