using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>A data set of one's own, augmented on the loader's thread, and a convolutional network that the trainer trains on it.</summary>
public static class AugmentedDigits
{
    /// <summary>Drawn digits. All that a set must have is a count and the example of a number.</summary>
    sealed class DrawnDigits(int count, ulong seed) : IDataset<Example>
    {
        const int Size = 28;

        readonly (byte[] Images, byte[] Labels) _digits = Digits.Generate(count, seed, Size);

        public int Count => count;

        public Example this[int index]
        {
            get
            {
                var pixels = _digits.Images.AsSpan(index * Size * Size, Size * Size);
                var x = new float[pixels.Length];
                for (int i = 0; i < x.Length; i++) x[i] = pixels[i] / 255f;
                return new(Tensor.From<float>(x, [1, Size, Size]), Tensor.Scalar((long)_digits.Labels[index]));
            }
        }
    }

    /// <param name="mnist">A folder of MNIST's files; digits are drawn if null.</param>
    /// <returns>The share of held-out digits that the network gets right.</returns>
    public static double Run(TextWriter output, string? mnist = null, int images = 6_000, int epochs = 4)
    {
        Generator.ManualSeed(1);
        IDataset<Example> train = new DrawnDigits(images, seed: 1), test = new DrawnDigits(images / 5, seed: 2);
        if (mnist is not null) (train, test) = IdxDataset.Load(mnist);

        // Anew in each epoch, and the same again when a run goes on from a checkpoint.
        var augmentation = new Compose(
            new RandomAffine(degrees: 10, translate: (0.08, 0.08), scale: (0.9, 1.1)),
            new RandomErasing(0.25, scale: (0.02, 0.1)));
        var batches = new DataLoader(train.Augmented(augmentation, seed: 1), batchSize: 64, shuffle: true, dropLast: true, seed: 1);

        var model = new Sequential(
            new Conv2d(1, 16, 3), new BatchNorm2d(16), new ReLU(), new MaxPool2d(2),
            new Conv2d(16, 32, 3), new BatchNorm2d(32), new ReLU(), new MaxPool2d(2),
            new Flatten(), new Linear(800, 10));
        var task = new ClassifierTask(model, new AdamW(model.Parameters(), learningRate: 2e-3), labelSmoothing: 0.05);
        var trainer = new Trainer<Example>(task, new() { Epochs = epochs }, batches, new DataLoader(test, batchSize: 256));
        trainer.Run();

        foreach (var row in trainer.State.Rows)
            output.WriteLine($"epoch {row.Epoch}: loss {row["train_loss"]:F4}, held out {row["validation_accuracy"]:P2}");
        return trainer.State.Rows[^1]["validation_accuracy"];
    }
}
