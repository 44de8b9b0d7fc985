using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class AugmentationTests
{
    public sealed record Row(string Name, IAugmentation Augmentation, Shape Input)
    {
        public Shape? Output { get; init; }

        /// <summary>Whether draws of float and double noise differ.</summary>
        public bool HasNoise { get; init; }

        public bool IsRandom { get; init; } = true;

        public override string ToString() => Name;
    }

    public static TheoryData<Row> Augmentations => new()
    {
        new("horizontal flip", new RandomHorizontalFlip(), [3, 5, 7]),
        new("vertical flip", new RandomVerticalFlip(), [1, 5, 4]),
        new("crop", new RandomCrop(4, 5), [2, 9, 8]) { Output = [2, 4, 5] },
        new("crop, padded", new RandomCrop(6, 6, padding: 2, fill: 0.5), [3, 6, 6]),
        new("crop, mirrored", new RandomCrop(6, 5, padding: 3, PaddingMode.Reflect), [3, 4, 6]) { Output = [3, 6, 5] },
        new("crop, edge", new RandomCrop(6, 5, padding: 3, PaddingMode.Replicate), [3, 4, 6]) { Output = [3, 6, 5] },
        new("crop, round", new RandomCrop(6, 5, padding: 3, PaddingMode.Circular), [3, 4, 6]) { Output = [3, 6, 5] },
        new("middle", new CenterCrop(3, 8), [2, 6, 5]) { Output = [2, 3, 8], IsRandom = false },
        new("resize", new Resize(4, 9), [3, 7, 5]) { Output = [3, 4, 9], IsRandom = false },
        new("resized crop", new RandomResizedCrop(6, 4), [3, 9, 12]) { Output = [3, 6, 4] },
        new("resized crop of a sliver", new RandomResizedCrop(2, 2), [1, 1, 40]) { Output = [1, 2, 2], IsRandom = false },
        new("affine", new RandomAffine(30, (0.1, 0.2), (0.8, 1.3), (10, 20), fill: 0.25), [3, 8, 11]),
        new("affine of one pixel", new RandomAffine(180, (0.9, 0.9)), [1, 1, 1]),
        new("erasing", new RandomErasing(0.9), [3, 12, 10]),
        new("erasing by noise", new RandomErasing(1, value: null), [3, 12, 10]) { HasNoise = true },
        new("cutout", new Cutout(4, count: 2, value: 0.5), [3, 12, 10]),
        new("noise", new GaussianNoise(), [2, 6, 6]) { HasNoise = true },
        new("blur", new GaussianBlur(5), [3, 6, 4]),
        new("grayscale", new RandomGrayscale(0.5), [3, 6, 4]),
        new("colours", new ColorJitter(0.4, 0.4, 0.4, 0.1), [3, 6, 4]),
        new("colours of gray", new ColorJitter(0.4, 0.4, 0.4, 0.1), [1, 6, 4]),
        new("normalize", new Normalize([0.1, 0.2, 0.3], [0.5]), [3, 6, 4]) { IsRandom = false },
        new("compose", new Compose(new RandomHorizontalFlip(), new RandomCrop(4, 4, 1), new Cutout(2)), [1, 5, 5]) { Output = [1, 4, 4] },
        new("apply", new RandomApply(new RandomVerticalFlip(1)), [1, 5, 5]),
        new("choice", new RandomChoice(new RandomVerticalFlip(1), new RandomHorizontalFlip(1)), [1, 5, 5]),
        new("custom", new CustomAugmentation((x, g) => x * g.NextDouble()), [1, 5, 5]),
    };

    static Tensor Picture(Shape shape, DType dtype = DType.Float32, ulong seed = 1) => Tensor.Rand(shape, dtype, new Generator(seed));

    [Theory, MemberData(nameof(Augmentations))]
    public void The_generator_decides_everything_and_the_picture_stays_as_it_was(Row row)
    {
        var x = Picture(row.Input);
        var before = x.ToArray<float>();
        var results = Enumerable.Range(0, 8).Select(s => row.Augmentation.Apply(x, new Generator((ulong)s))).ToArray();
        Assert.All(results, y => Assert.Equal((row.Output ?? row.Input, DType.Float32), (y.Shape, y.DType)));
        Assert.All(results, y => Assert.All(y.ToArray<float>(), v => Assert.True(float.IsFinite(v))));
        Assert.Equal(results[3].ToArray<float>(), row.Augmentation.Apply(x, new Generator(3)).ToArray<float>());
        Assert.Equal(row.IsRandom, results.Select(y => string.Join(' ', y.ToArray<float>())).Distinct().Count() > 1);
        Assert.Equal(before, x.ToArray<float>());
    }

    [Theory, MemberData(nameof(Augmentations))]
    public void Several_pictures_of_any_layout_are_changed_one_by_one(Row row)
    {
        var (c, h, w) = (row.Input[0], row.Input[1], row.Input[2]);
        var x = Picture([4, h, c, w]).Transpose(1, 2);
        var y = row.Augmentation.Apply(x, new Generator(5));
        var size = row.Output ?? row.Input;
        Assert.Equal(new Shape(4, size[0], size[1], size[2]), y.Shape);
        Assert.Equal(row.Augmentation.Apply(x[0], new Generator(5)).ToArray<float>(), y[0].ToArray<float>());
        Assert.Equal(new Shape(0, size[0], size[1], size[2]).Elements, row.Augmentation.Apply(Tensor.Zeros([0, .. row.Input.AsSpan()]), new Generator(5)).Elements);
        if (row.IsRandom && row.Name != "custom")
        {
            var same = Tensor.Stack([.. Enumerable.Repeat(x[0], 12)]);
            var changed = row.Augmentation.Apply(same, new Generator(6));
            Assert.Contains(Enumerable.Range(1, 11), i => !changed[i].ToArray<float>().SequenceEqual(changed[0].ToArray<float>()));
        }
    }

    [Theory, MemberData(nameof(Augmentations))]
    public void Types_are_kept_and_agree(Row row)
    {
        var x = Picture(row.Input, DType.Float64);
        var exact = row.Augmentation.Apply(x, new Generator(7));
        var half = row.Augmentation.Apply(x.To(DType.BFloat16), new Generator(7));
        Assert.Equal((DType.Float64, DType.BFloat16), (exact.DType, half.DType));
        if (row.HasNoise) return;
        var single = row.Augmentation.Apply(x.To(DType.Float32), new Generator(7));
        Assert.Equal(0, (exact - single.To(DType.Float64)).Abs().Max().Item(), 4e-6);
        Assert.Equal(0, (exact - half.To(DType.Float64)).Abs().Max().Item(), 0.06);
    }

    public static TheoryData<string, Func<object>> Refusals
    {
        get
        {
            var (g, x) = (new Generator(1), Picture([3, 6, 6]));
            return new()
            {
                { "probability is 2", () => new RandomHorizontalFlip(2) },
                { "probability is NaN", () => new RandomErasing(double.NaN) },
                { "expected (C, H, W)", () => new RandomHorizontalFlip().Apply(Tensor.Zeros(2, 2), g) },
                { "divide bytes by 255", () => new RandomHorizontalFlip().Apply(Tensor.Zeros([1, 2, 2], DType.UInt8), g) },
                { "do not hold 9 × 4", () => new RandomCrop(9, 4, padding: 1).Apply(x, g) },
                { "too small for Reflect padding", () => new RandomCrop(4, 4, 6, PaddingMode.Reflect).Apply(x, g) },
                { "low ≤ high", () => new RandomAffine(3, scale: (2, 1)) },
                { "90", () => new RandomAffine(3, shear: (90, 0)) },
                { "odd", () => new GaussianBlur(4) },
                { "too small for a kernel", () => new GaussianBlur(13).Apply(x, g) },
                { "4 channels", () => new ColorJitter(1).Apply(Tensor.Zeros(4, 2, 2), g) },
                { "[0, 0.5]", () => new ColorJitter(hue: 0.6) },
                { "2 means", () => new Normalize([1, 2], [1]).Apply(x, g) },
                { "above 0", () => new Normalize([0], [0]) },
                { "nothing to choose", () => new RandomChoice() },
                { "no pixels", () => new Resize(2, 2).Apply(Tensor.Zeros(1, 0, 3), g) },
                { "alpha is 0", () => new MixUp(3, 0) },
                { "expected classes (2,)", () => new MixUp(3).Apply(new(Tensor.Zeros(2, 3), Tensor.Zeros(2, 4)), g) },
                { "expected (N, C, H, W)", () => new CutMix(3).Apply(new(Tensor.Zeros(2, 3), Tensor.Zeros([2], DType.Int64)), g) },
            };
        }
    }

    [Theory, MemberData(nameof(Refusals))]
    public void What_does_not_fit_is_refused(string message, Func<object> act) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);
}
