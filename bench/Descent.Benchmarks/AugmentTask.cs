using Descent.NN;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Augmentations of pictures in memory, in pictures per second.</summary>
static class AugmentTask
{
    public static void Run(Report report)
    {
        var usual = new Compose(new RandomAffine(10, (0.1, 0.1), (0.9, 1.1)), new RandomCrop(28, 28, padding: 2), new Cutout(6));
        (string Name, IAugmentation Augmentation, Shape Shape)[] rows =
        [
            ("flip", new RandomHorizontalFlip(), [256, 1, 28, 28]),
            ("crop", new RandomCrop(28, 28, padding: 2), [256, 1, 28, 28]),
            ("affine", new RandomAffine(10, (0.1, 0.1), (0.9, 1.1)), [256, 1, 28, 28]),
            ("affine+crop+cutout", usual, [256, 1, 28, 28]),
            ("noise", new GaussianNoise(), [256, 1, 28, 28]),
            ("blur", new GaussianBlur(5), [256, 3, 32, 32]),
            ("crop", new RandomCrop(32, 32, padding: 4), [256, 3, 32, 32]),
            ("resized crop", new RandomResizedCrop(32, 32), [256, 3, 32, 32]),
            ("colours", new ColorJitter(0.4, 0.4, 0.4, 0.1), [256, 3, 32, 32]),
        ];
        foreach (var (name, augmentation, shape) in rows)
        {
            if (!report.Wants(name)) continue;
            var x = Tensor.Rand(shape);
            var generator = new Generator(1);
            TrainTask.Measure(report, "augment", $"{name} {shape[1]}x{shape[2]}x{shape[3]}", "apply", 256, () => augmentation.Apply(x, generator));
        }
        if (!report.Wants("loader")) return;
        var set = new TensorDataset(Tensor.Rand([4096, 1, 28, 28]), Tensor.Zeros([4096], DType.Int64));
        foreach (var (name, dataset) in (IEnumerable<(string, IDataset<Example>)>)[("plain", set), ("affine+crop+cutout", set.Augmented(usual, 1))])
        {
            var loader = new DataLoader(dataset, 64, shuffle: true, seed: 1);
            TrainTask.Measure(report, "loader", $"{name} 1x28x28 b64 workers=1", "load", 4096, () =>
            {
                foreach (var (x, _) in loader) x.Dispose();
            });
        }
    }
}
