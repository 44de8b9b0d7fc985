using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class AugmentationValueTests
{
    static Tensor Ramp(int channels, int height, int width) => Tensor.Arange(channels * height * width).To(DType.Float64).Reshape(channels, height, width);

    /// <summary>Channel 0 is the column, channel 1 the row.</summary>
    static Tensor Places(int height, int width) =>
        Tensor.Stack([Tensor.Arange(width).To(DType.Float64).Expand(height, width), Tensor.Arange(height).To(DType.Float64).Unsqueeze(1).Expand(height, width)]);

    [Fact]
    public void Flips_turn_one_axis_about()
    {
        var x = Ramp(2, 3, 4);
        Assert.Equal(x.Flip(2).ToArray<double>(), new RandomHorizontalFlip(1).Apply(x, new(1)).ToArray<double>());
        Assert.Equal(x.Flip(1).ToArray<double>(), new RandomVerticalFlip(1).Apply(x, new(1)).ToArray<double>());
        Assert.Equal(x.ToArray<double>(), new RandomHorizontalFlip(0).Apply(x, new(1)).ToArray<double>());
        Assert.Equal(x.ToArray<double>(), new RandomVerticalFlip(0).Apply(x, new(1)).ToArray<double>());
    }

    [Theory]
    [InlineData(PaddingMode.Constant)]
    [InlineData(PaddingMode.Reflect)]
    [InlineData(PaddingMode.Replicate)]
    [InlineData(PaddingMode.Circular)]
    public void A_crop_is_a_part_of_the_padded_picture_and_any_part_may_come(PaddingMode mode)
    {
        var x = Ramp(2, 4, 5);
        var padded = F.Pad(x.Unsqueeze(0), [2, 2, 2, 2], mode, mode == PaddingMode.Constant ? -1 : null)[0];
        var windows = new Dictionary<string, (int, int)>();
        for (int top = 0; top <= 3; top++)
            for (int left = 0; left <= 5; left++)
                windows[string.Join(' ', padded.Narrow(1, top, 5).Narrow(2, left, 4).ToArray<double>())] = (top, left);
        var seen = new HashSet<(int, int)>();
        var crop = new RandomCrop(5, 4, padding: 2, mode, fill: -1);
        for (ulong seed = 0; seed < 400; seed++) seen.Add(windows[string.Join(' ', crop.Apply(x, new(seed)).ToArray<double>())]);
        Assert.Equal(windows.Count, seen.Count);
    }

    [Fact]
    public void The_middle_is_cropped_or_padded()
    {
        Assert.Equal([5.0, 6, 9, 10], new CenterCrop(2, 2).Apply(Ramp(1, 4, 4), new(1)).ToArray<double>());
        Assert.Equal([0.0, 1, 0, 0, 3, 0], new CenterCrop(2, 3).Apply(Tensor.From<double>([1.0, 3], [1, 2, 1]), new(1)).ToArray<double>());
    }

    [Fact]
    public void Resizing_takes_means_of_what_is_covered()
    {
        var x = Tensor.From<double>([1.0, 3, 5, 7, 1, 3, 5, 7], [1, 2, 4]);
        Assert.Equal([2.0, 6], new Resize(1, 2).Apply(x, new(1)).ToArray<double>());
        Assert.Equal(x.ToArray<double>(), new Resize(2, 4).Apply(x, new(1)).ToArray<double>());
        Assert.Equal(x.ToArray<double>(), new RandomResizedCrop(2, 4, scale: (1, 1), ratio: (2, 2)).Apply(x, new(1)).ToArray<double>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_affine_map_takes_the_asked_for_turn_scale_and_move(ulong seed)
    {
        var (height, width) = (21, 25);
        var x = Places(height, width);
        // A linear picture is interpolated without error, so it tells where each pixel came from.
        Check(new RandomAffine(40), scale: (1, 1), degrees: 40);
        Check(new RandomAffine(10, scale: (0.5, 2)), scale: (0.5, 2), degrees: 10);
        Assert.Equal(x.ToArray<double>(), new RandomAffine(0).Apply(x, new(seed)).ToArray<double>());

        var moved = new RandomAffine(0, (0.2, 0.1), fill: -1).Apply(x, new(seed));
        double moveX = 12 - moved[0, 10, 12].Item(), moveY = 10 - moved[1, 10, 12].Item();
        Assert.InRange(Math.Abs(moveX), 0, 5);
        Assert.InRange(Math.Abs(moveY), 0, 2);
        Assert.Equal((Math.Round(moveX), Math.Round(moveY)), (moveX, moveY));
        for (int j = 0; j < width; j++)
            Assert.Equal(j - moveX < 0 || j - moveX >= width ? -1 : j - moveX, moved[0, 10, j].Item());

        void Check(RandomAffine affine, (double Low, double High) scale, double degrees)
        {
            var y = affine.Apply(x, new(seed));
            // One step to the right in the new picture is a turned and scaled step in the old.
            double dx = y[0, 10, 13].Item() - y[0, 10, 12].Item(), dy = y[1, 10, 13].Item() - y[1, 10, 12].Item();
            Assert.InRange(1 / Math.Sqrt(dx * dx + dy * dy), scale.Low - 1e-9, scale.High + 1e-9);
            Assert.InRange(Math.Abs(Math.Atan2(dy, dx)) * 180 / Math.PI, 0.01, degrees);
            for (int i = 8; i < 13; i++)
            {
                for (int j = 10; j < 15; j++)
                {
                    Assert.Equal(12 + dx * (j - 12) - dy * (i - 10), y[0, i, j].Item(), 1e-9);
                    Assert.Equal(10 + dy * (j - 12) + dx * (i - 10), y[1, i, j].Item(), 1e-9);
                }
            }
        }
    }

    [Fact]
    public void A_turn_above_0_is_clockwise_and_shears_lean()
    {
        var x = Places(21, 21);
        for (ulong seed = 0; seed < 5; seed++)
        {
            var y = new RandomAffine(0, shear: (30, 0)).Apply(x, new(seed));
            // Rows stay rows, each moved in proportion to its distance from the middle.
            double lean = y[0, 11, 10].Item() - y[0, 10, 10].Item();
            Assert.InRange(Math.Abs(lean), 0.001, Math.Tan(Math.PI / 6));
            Assert.Equal(12, y[1, 12, 10].Item(), 1e-9);
            Assert.Equal(10 + 2 * lean, y[0, 12, 10].Item(), 1e-9);
        }
    }

    [Fact]
    public void Erased_boxes_have_the_asked_for_area()
    {
        var x = Tensor.Ones(2, 30, 40);
        var sizes = new HashSet<int>();
        for (ulong seed = 0; seed < 50; seed++)
        {
            var gone = new RandomErasing(1, scale: (0.1, 0.2), value: 0).Apply(x, new(seed)).Eq(0);
            int rows = gone[0].Any(1).To(DType.Int64).Sum().Item<int>(), columns = gone[0].Any(0).To(DType.Int64).Sum().Item<int>();
            Assert.Equal(2 * rows * columns, gone.To(DType.Int64).Sum().Item<int>());
            Assert.InRange(rows * columns / 1200.0, 0.08, 0.22);
            sizes.Add(rows * columns);
        }
        Assert.True(sizes.Count > 10);
        var noise = new RandomErasing(1, scale: (0.3, 0.3), value: null).Apply(x, new(1));
        Assert.InRange(noise[noise.Ne(1)].Std().Item(), 0.85, 1.15);
        Assert.Equal(1, new RandomErasing(0).Apply(x, new(1)).Min().Item());
    }

    [Fact]
    public void Cutout_takes_a_square_that_the_edge_may_cut()
    {
        var areas = Enumerable.Range(0, 300).Select(s => new Cutout(4).Apply(Tensor.Ones(1, 8, 8), new((ulong)s)).Eq(0).To(DType.Int64).Sum().Item<int>()).ToArray();
        Assert.Equal((4, 16), (areas.Min(), areas.Max()));
    }

    [Fact]
    public void Colours_change_by_their_formulas()
    {
        static double[] Change(double[] pixels, Action<double[]> change)
        {
            double[] y = [.. pixels];
            change(y);
            return [.. y.Select(v => Math.Round(v, 6))];
        }
        static Picture<double> Of(double[] pixels) => new(pixels, 3, 1, pixels.Length / 3);
        double[] pixel = [0.8, 0.4, 0.2];
        Assert.Equal([1.0, 0.6, 0.3], Change(pixel, p => Colours.Brighten(Of(p), 1.5)));
        double gray = 0.2989 * 0.8 + 0.587 * 0.4 + 0.114 * 0.2;
        Assert.Equal([Math.Round(gray, 6), Math.Round(gray, 6), Math.Round(gray, 6)], Change(pixel, p => Colours.Saturate(Of(p), 0.0)));
        Assert.Equal([Math.Round(0.4 + gray / 2, 6), Math.Round(0.2 + gray / 2, 6), Math.Round(0.1 + gray / 2, 6)], Change(pixel, p => Colours.Saturate(Of(p), 0.5)));
        Assert.Equal([Math.Round(0.4 + gray / 2, 6), Math.Round(0.2 + gray / 2, 6), Math.Round(0.1 + gray / 2, 6)], Change(pixel, p => Colours.Contrast(Of(p), 0.5)));
        // A third of the circle takes red to green, green to blue and blue to red; a whole one changes nothing.
        Assert.Equal([0.2, 0.8, 0.4], Change(pixel, p => Colours.Turn(Of(p), 1.0 / 3)));
        Assert.Equal([0.4, 0.2, 0.8], Change(pixel, p => Colours.Turn(Of(p), -1.0 / 3)));
        Assert.Equal(pixel, Change(pixel, p => Colours.Turn(Of(p), 1.0)));
        Assert.Equal([0.5, 0.5, 0.5], Change([0.5, 0.5, 0.5], p => Colours.Turn(Of(p), 0.3)));
        // Yellow, half way from red to green, turned by a sixth is green.
        Assert.Equal([0.0, 1, 0], Change([1, 1, 0], p => Colours.Turn(Of(p), 1.0 / 6)));
    }

    [Fact]
    public void A_blur_is_a_bell_of_weight_1()
    {
        var point = Tensor.Zeros([1, 9, 9], DType.Float64);
        point.AsSpan<double>()[4 * 9 + 4] = 1;
        var y = new GaussianBlur(5, (1, 1)).Apply(point, new(1));
        Assert.Equal(1, y.Sum().Item(), 1e-12);
        double one = Math.Exp(-0.5), two = Math.Exp(-2), all = 1 + 2 * one + 2 * two;
        Assert.Equal(one * two / (all * all), y[0, 3, 6].Item(), 1e-12);
        var flat = new GaussianBlur(5).Apply(Tensor.Full([1, 4, 5], 0.3, DType.Float64), new(2)).ToArray<double>();
        Assert.All(flat, v => Assert.Equal(0.3, v, 1e-12));
    }

    [Fact]
    public void Noise_and_normalisation_have_their_means_and_deviations()
    {
        var noisy = new GaussianNoise(0.5, 2, clip: false).Apply(Tensor.Full([1, 100, 100], 1.0), new(1));
        Assert.InRange(noisy.Mean().Item(), 2.98, 3.02);
        Assert.InRange(noisy.Std().Item(), 0.49, 0.51);
        var clipped = new GaussianNoise(0.5).Apply(Tensor.Full([1, 100, 100], 0.5), new(1));
        Assert.Equal((0, 1), (clipped.Min().Item(), clipped.Max().Item()));
        var y = new Normalize([0.5, 1], [2, 4]).Apply(Tensor.Full([2, 1, 1], 3.0), new(1));
        Assert.Equal([1.25f, 0.5f], y.ToArray<float>());
    }
}
